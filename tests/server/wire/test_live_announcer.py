"""Who is live is said when the floor has something new to say, and never else."""

from pathlib import Path

from server.live.session import State
from server.wire.live_announcer import LiveAnnouncer
from server.wire.wire import LiveStanding
from tests.server.live.dj import Dj
from tests.server.virtual_station import VirtualStation, catalogue


def test_it_says_who_is_in_at_the_start_at_changes_and_four_times_a_second(tmp_path: Path) -> None:
    station, said = VirtualStation(tmp_path, catalogue(5)), list[LiveStanding]()
    dj = Dj(station.floor)
    station.conductor._sinks = (LiveAnnouncer(lambda *messages: said.extend(messages), station.floor), dj)
    dj.sends = lambda _: False
    station.run(2.0)
    assert [standing.seats for standing in said] == [[]]
    dj.sends = lambda _: True
    dj.come()
    station.run(2.0)
    assert 8 <= len(said) <= 13
    assert said[-1].seats[0].state is State.ON_AIR
    assert {state for standing in said for seat in standing.seats for state in [seat.state]} == {State.WAITING, State.ON_AIR}
    dj.leave()
    station.run(0.1)
    assert said[-1].seats == []
    count = len(said)
    station.run(2.0)
    assert len(said) == count
