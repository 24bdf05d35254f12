"""Every command of a station on air: what it does, what it answers, what it refuses."""

from pathlib import Path

import pytest

from dsp.block import frames_of
from server.commands import Answer, Command, Cue, Done, Master, Refused, Remove, Reorder, Skip, Start, Stop, Veto
from server.track import Reason
from tests.server.virtual_station import VirtualStation, catalogue


@pytest.fixture
def station(tmp_path: Path) -> VirtualStation:
    """Two seconds into a track of a minute, the next one cued."""
    one = VirtualStation(tmp_path, catalogue(8, seconds=60.0))
    one.run(4.0)
    assert one.airing.entry.reason is Reason.LIBRARY
    assert one.programme.situation.cued is not None
    return one


def queued(station: VirtualStation) -> list[str]:
    return [entry.track.id for entry in station.programme.situation.queue.entries]


def done(answer: Answer) -> str:
    assert isinstance(answer, Done), answer
    return answer.entry_id or ""


def reason(answer: Answer) -> str:
    assert isinstance(answer, Refused), answer
    return answer.reason


def test_skip_ends_what_airs_and_says_which(station: VirtualStation) -> None:
    before = station.airing.entry.id
    position = station.programme.position
    answer = station.ask(Skip("1"))
    assert answer == Done("1", position, before)
    station.run(0.1)
    assert station.airing.entry.id != before
    station.run(2.0)
    ended = station.history.recent(1)[0]
    assert ended.entry.id == before
    assert 0 <= ended.ends_position - station.airing.started_position <= frames_of(1.5)


def test_skip_of_another_entry_is_refused(station: VirtualStation) -> None:
    before = station.airing.entry.id
    assert "not on air" in reason(station.ask(Skip("1", entry_id="someone")))
    station.run(2.0)
    assert station.airing.entry.id == before
    assert done(station.ask(Skip("2", entry_id=before))) == before


def test_the_same_skip_twice_skips_once(station: VirtualStation) -> None:
    first = station.ask(Skip("1"))
    station.run(3.0)
    now = station.airing.entry.id
    assert station.ask(Skip("1")) == first
    station.run(3.0)
    assert station.airing.entry.id == now


def test_a_cued_track_airs_next_and_then_leaves_the_queue(station: VirtualStation) -> None:
    entry_id = done(station.ask(Cue("1", "0007")))
    assert station.programme.latest is not None
    assert station.programme.latest.upcoming[0].id == entry_id
    station.run(1.0)
    assert station.programme.situation.cued is not None
    assert station.programme.situation.cued.id == entry_id
    station.ask(Skip("2"))
    station.run(2.0)
    assert (station.airing.entry.id, station.airing.entry.reason) == (entry_id, Reason.QUEUE)
    assert queued(station) == []


def test_cue_and_skip_in_one_breath_air_the_cued_track(station: VirtualStation) -> None:
    entry_id = done(station.ask(Cue("1", "0007")))
    station.ask(Skip("2"))
    station.run(1.0, cue_every_blocks=40)
    assert station.airing.entry.id == entry_id


def test_a_skip_does_not_wait_for_ever_for_its_successor(station: VirtualStation) -> None:
    station.ask(Cue("1", "0007"))
    before = station.airing.entry.id
    station.ask(Skip("2"))
    for _ in range(frames_of(3.1) // 960):
        station.conductor.step()
    assert station.airing.entry.id != before


@pytest.mark.parametrize(("index", "order"), [(0, ["c", "a", "b"]), (1, ["a", "c", "b"]), (None, ["a", "b", "c"])])
def test_cue_at_a_place(station: VirtualStation, index: int | None, order: list[str]) -> None:
    names = {"a": "0001", "b": "0002", "c": "0003"}
    station.ask(Cue("a", names["a"]))
    station.ask(Cue("b", names["b"]))
    station.ask(Cue("c", names["c"], index))
    assert queued(station) == [names[name] for name in order]


def test_the_whole_queue_airs_in_its_order(station: VirtualStation) -> None:
    wanted = ["0003", "0001", "0002", "0003"]
    for number, name in enumerate(wanted):
        station.ask(Cue(str(number), name))
    station.run(60.0 * 5)
    heard = [airing.entry.track.id for airing in station.ear.airings() if airing.entry.reason is Reason.QUEUE]
    assert heard == wanted


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (Cue("x", "nothing"), "no track nothing"),
        (Cue("x", "0001", 5), "no place 5"),
        (Cue("x", "0001", -1), "no place -1"),
        (Remove("x", "nobody"), "no entry nobody"),
        (Reorder("x", ["nobody"]), "each queued entry once"),
        (Veto("x", "nothing"), "no track nothing"),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(station: VirtualStation, command: Command, why: str) -> None:
    before = station.programme.situation
    assert why in reason(station.ask(command))
    assert station.programme.situation == before


def test_remove_takes_the_entry_off_its_deck_too(station: VirtualStation) -> None:
    entry_id = done(station.ask(Cue("1", "0007")))
    station.run(1.0)
    done(station.ask(Remove("2", entry_id)))
    assert station.programme.situation.cued is None
    station.run(120.0)
    assert "0007" not in [airing.entry.track.id for airing in station.ear.airings() if airing.entry.id == entry_id]


def test_reorder_changes_what_is_cued(station: VirtualStation) -> None:
    first, second = done(station.ask(Cue("1", "0001"))), done(station.ask(Cue("2", "0002")))
    station.run(1.0)
    station.ask(Reorder("3", [second, first]))
    assert queued(station) == ["0002", "0001"]
    station.run(1.0)
    assert station.programme.situation.cued is not None
    assert station.programme.situation.cued.id == second


def test_a_veto_ends_it_now_and_for_ever(station: VirtualStation) -> None:
    victim = station.airing.entry.track.id
    station.ask(Cue("1", victim))
    station.ask(Veto("2", victim))
    assert queued(station) == []
    station.run(1.0)
    assert station.airing.entry.track.id != victim
    assert "vetoed" in reason(station.ask(Cue("3", victim)))
    heard = len(station.ear.moments)
    station.run(60.0 * 9)
    assert victim not in {moment.airing.entry.track.id for moment in station.ear.moments[heard:]}


def test_a_veto_of_what_is_cued_takes_it_off_the_deck(station: VirtualStation) -> None:
    cued = station.programme.situation.cued
    assert cued is not None
    station.ask(Veto("1", cued.track.id))
    assert station.programme.situation.cued is None
    station.run(0.5)
    assert station.programme.situation.cued is not None
    assert station.programme.situation.cued.track.id != cued.track.id


def test_stop_airs_the_bed_until_start(station: VirtualStation) -> None:
    station.ask(Stop("1"))
    station.run(120.0)
    assert station.airing.entry.reason is Reason.BED
    assert station.programme.situation.stopped
    assert station.programme.latest is not None
    assert station.programme.latest.standing.fallback_level == 1
    assert "no track" in reason(station.ask(Skip("2")))
    station.ask(Start("3"))
    station.run(2.0)
    assert station.airing.entry.reason is Reason.LIBRARY
    assert station.programme.latest.standing.fallbacks_total["bed"] == 0


def test_stop_and_start_twice_are_no_error(station: VirtualStation) -> None:
    for number, command in enumerate((Stop, Stop, Start, Start)):
        done(station.ask(command(str(number))))


def test_the_mastering_is_set_at_the_tick_and_what_cannot_be_is_refused(station: VirtualStation) -> None:
    assert done(station.ask(Master("1", "loud", {"servo": {"target_lufs": -13.0}}))) == ""
    assert station.mastering.settings.servo.target_lufs == -13.0
    station.run(0.2)
    assert station.programme.latest is not None
    assert station.programme.latest.levels.preset == "loud"
    assert reason(station.ask(Master("2", changes={"servo": {"target_lufs": 0.0}}))) == "servo.target_lufs is 0, not from -31 to -9"
    assert station.mastering.settings.servo.target_lufs == -13.0
    assert not station.faults.counts


def test_what_goes_into_mastering_is_there_beside_what_comes_out(station: VirtualStation) -> None:
    station.ear.moments.clear()
    station.run(0.1)
    for moment in station.ear.moments:
        assert moment.unmastered is not None
        assert (moment.unmastered == moment.block).all()
