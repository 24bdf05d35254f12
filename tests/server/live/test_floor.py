"""Whose turn it is: by priority, by coming, by being heard. Without a programme: the floor and its DJs alone."""

from collections.abc import Iterator
from itertools import count

import pytest

from dsp.block import BLOCK_FRAMES, frames_of
from server.live.floor import NOBODY, RETURN_FRAMES, Floor, Turn
from server.live.session import LONGEST_TEXT, Mode, State
from tests.server.live.dj import Dj, session

LATENCY = 240


def ids() -> Iterator[str]:
    return map("entry-{}".format, count(1))


class Studio:
    """A floor and its time."""

    def __init__(self, max_sessions: int = 8, *, expecting: bool = False) -> None:
        self.floor = Floor(max_sessions, 0.5, 2.0, ids(), expecting=expecting)
        self.position = 0
        self.turn: Turn = NOBODY
        self.djs: list[Dj] = []

    def come(self, dj: Dj) -> Dj:
        self.djs.append(dj.come())
        return dj

    def run(self, seconds: float, *, barred: bool = False) -> Turn:
        for _ in range(frames_of(seconds) // BLOCK_FRAMES):
            for dj in self.djs:
                dj.take()
            self.turn = self.floor.advance(self.position, self.position + LATENCY, barred=barred)
            self.position += BLOCK_FRAMES
        return self.turn

    def states(self) -> dict[str, State]:
        return {seat.session.id[0]: seat.state for seat in self.floor.seats}

    def on(self) -> str:
        return self.turn.on.session.id[0] if self.turn.on else ""

    def over(self) -> str:
        return self.turn.over.session.id[0] if self.turn.over else ""


def test_a_dj_waits_until_his_sound_lies_ready_and_is_on_air_where_it_is_heard() -> None:
    studio = Studio()
    studio.come(Dj(studio.floor))
    studio.run(0.4)
    assert studio.states() == {"a": State.WAITING}
    studio.run(0.3)
    seat = studio.floor.seats[0]
    assert seat.state is State.ON_AIR
    assert seat.on_air_position is not None
    assert (seat.on_air_position - LATENCY) % BLOCK_FRAMES == 0
    assert frames_of(0.45) < seat.on_air_position < frames_of(0.6)
    assert studio.on() == "a"


def test_a_dj_who_sends_silence_is_not_on_air() -> None:
    studio = Studio()
    studio.come(Dj(studio.floor, sounds=lambda _: False))
    studio.run(5.0)
    assert studio.turn == NOBODY
    assert studio.states() == {"a": State.WAITING}


def test_the_higher_priority_is_on_and_of_equals_the_first() -> None:
    studio = Studio()
    studio.come(Dj(studio.floor, session("a", began_at=20.0)))
    studio.come(Dj(studio.floor, session("b", began_at=10.0)))
    studio.run(1.0)
    assert studio.on() == "b"
    assert [seat.session.id[0] for seat in studio.floor.seats] == ["b", "a"]
    boss = studio.come(Dj(studio.floor, session("c", priority=90, began_at=30.0)))
    studio.run(1.0)
    assert studio.on() == "c"
    assert studio.states() == {"c": State.ON_AIR, "b": State.WAITING, "a": State.WAITING}
    boss.leave()
    studio.run(0.1)
    assert studio.on() == "b"
    assert studio.states() == {"b": State.ON_AIR, "a": State.WAITING}


def test_a_priority_can_be_changed_on_air() -> None:
    studio = Studio()
    studio.come(Dj(studio.floor, session("a", began_at=1.0)))
    second = studio.come(Dj(studio.floor, session("b", began_at=2.0)))
    studio.run(1.0)
    second.say(priority=51)
    studio.run(0.1)
    assert studio.on() == "b"


def test_who_is_silent_gives_way_after_two_seconds_and_is_back_when_he_is_heard() -> None:
    studio = Studio()
    talks = {"on": True}
    studio.come(Dj(studio.floor, sounds=lambda _: talks["on"]))
    studio.run(1.0)
    talks["on"] = False
    studio.run(2.3)
    assert studio.on() == "a"
    studio.run(0.4)
    assert studio.turn == NOBODY
    assert studio.states() == {"a": State.SILENT}
    talks["on"] = True
    studio.run(0.7)
    assert studio.on() == "a"
    assert studio.states() == {"a": State.ON_AIR}


def test_a_dead_line_gives_way_and_the_next_dj_follows() -> None:
    studio = Studio()
    dead = {"is": False}
    studio.come(Dj(studio.floor, session("a", began_at=1.0), sends=lambda _: not dead["is"]))
    studio.come(Dj(studio.floor, session("b", began_at=2.0)))
    studio.run(1.0)
    assert studio.on() == "a"
    dead["is"] = True
    studio.run(2.7)
    assert [seat.gaps for seat in studio.floor.seats] == [1, 0]
    assert studio.on() == "b"
    assert studio.states() == {"a": State.SILENT, "b": State.ON_AIR}


def test_talking_over_goes_over_what_would_air_without_it() -> None:
    studio = Studio()
    studio.come(Dj(studio.floor, session("a", priority=40)))
    host = studio.come(Dj(studio.floor, session("b", priority=60, mode=Mode.TALK_OVER)))
    studio.come(Dj(studio.floor, session("c", priority=30, mode=Mode.TALK_OVER)))
    studio.run(1.0)
    assert (studio.on(), studio.over()) == ("a", "b")
    assert studio.states() == {"b": State.ON_AIR, "a": State.ON_AIR, "c": State.WAITING}
    host.say(mode=Mode.TAKEOVER)
    studio.run(0.1)
    assert (studio.on(), studio.over()) == ("b", "")


def test_a_barred_floor_is_nobodys_and_everybody_waits() -> None:
    studio = Studio()
    studio.come(Dj(studio.floor))
    studio.run(1.0)
    assert studio.run(0.1, barred=True) == NOBODY
    assert studio.states() == {"a": State.WAITING}
    studio.run(0.1)
    assert studio.on() == "a"


def test_more_than_the_station_lets_in_are_refused_and_counted() -> None:
    floor = Floor(2, 0.5, 2.0, ids())
    assert floor.open(session("a"))
    assert floor.open(session("b"))
    assert not floor.open(session("c"))
    assert floor.open(session("a", title="Still known"))
    floor.close("a" * 16)
    assert floor.open(session("c"))
    assert floor.refused_total == 1


@pytest.mark.parametrize(
    "changes", [{"id": ""}, {"id": "x" * 100}, {"priority": -1}, {"priority": 101}, {"title": "x" * (LONGEST_TEXT + 1)}]
)
def test_a_session_that_makes_no_sense_is_refused(changes: dict[str, object]) -> None:
    floor = Floor(2, 0.5, 2.0, ids())
    assert not floor.open(session("a", **changes))
    assert floor.refused_total == 1


def test_sound_and_end_of_a_stranger_are_refused() -> None:
    floor = Floor(2, 0.5, 2.0, ids())
    floor.sound("nobody", bytes(3_840))
    floor.close("nobody")
    floor.open(session("a"))
    floor.sound("a" * 16, bytes(4 * 961))
    assert floor.refused_total == 3


def test_the_first_title_is_known_before_any_sound_and_stays_with_it() -> None:
    studio = Studio()
    dj = studio.come(Dj(studio.floor))
    studio.run(0.2)
    dj.say(title="First", artist="Somebody")
    studio.run(0.5)
    assert studio.turn.on is not None
    assert (studio.turn.on.entry.track.title, studio.turn.on.entry.track.artist) == ("First", "Somebody")


def test_without_a_title_it_is_live_and_the_dj() -> None:
    studio = Studio()
    studio.come(Dj(studio.floor))
    studio.run(1.0)
    assert studio.turn.on is not None
    track = studio.turn.on.entry.track
    assert (track.title, track.artist) == ("Live", "DJ A")
    assert track.provenance == {"session": "a" * 16, "dj": "DJ A", "way": "icecast"}


def test_a_later_title_comes_with_the_sound_that_it_was_sent_with() -> None:
    studio = Studio()
    dj = studio.come(Dj(studio.floor, session("a", title="One")))
    studio.run(2.0)
    dj.say(title="Two")
    studio.run(0.4)
    assert studio.turn.on is not None
    assert studio.turn.on.entry.track.title == "One"
    studio.run(0.2)
    assert studio.turn.on.entry.track.title == "Two"
    entry = studio.turn.on.entry
    dj.say(title="Two")
    studio.run(1.0)
    assert studio.turn.on.entry is entry


def test_each_time_on_air_is_an_entry_of_its_own() -> None:
    studio = Studio()
    talks = {"on": True}
    studio.come(Dj(studio.floor, sounds=lambda _: talks["on"]))
    studio.run(1.0)
    assert studio.turn.on is not None
    first = studio.turn.on.entry
    talks["on"] = False
    studio.run(3.0)
    talks["on"] = True
    studio.run(1.0)
    assert studio.turn.on is not None
    assert studio.turn.on.entry.id != first.id
    assert studio.turn.on.entry.track == first.track


def test_seats_are_new_four_times_a_second_while_somebody_is_in_and_never_else() -> None:
    studio = Studio()
    empty = studio.floor.seats
    studio.run(1.0)
    assert studio.floor.seats is empty
    studio.come(Dj(studio.floor))
    seen = []
    for _ in range(100):
        studio.run(0.02)
        if not seen or studio.floor.seats is not seen[-1]:
            seen.append(studio.floor.seats)
    assert 9 <= len(seen) <= 12
    assert seen[-1][0].level_dbfs == pytest.approx(-14.0, abs=0.2)
    assert seen[-1][0].ready_seconds == pytest.approx(0.5, abs=0.03)
    assert seen[-1][0].gaps == 0


def test_after_a_restart_the_music_waits_for_the_dj_but_not_for_ever() -> None:
    studio = Studio(expecting=True)
    assert studio.floor.expecting
    studio.come(Dj(studio.floor))
    studio.run(1.0)
    assert studio.on() == "a"
    assert not studio.floor.expecting
    alone = Studio(expecting=True)
    alone.run(RETURN_FRAMES / 48_000)
    assert not alone.floor.expecting


def test_a_session_that_is_opened_again_under_its_id_begins_anew() -> None:
    studio = Studio()
    first = studio.come(Dj(studio.floor))
    studio.run(1.0)
    first.leave()
    studio.come(Dj(studio.floor))
    studio.run(0.3)
    assert studio.turn == NOBODY
    studio.run(0.4)
    assert studio.on() == "a"
