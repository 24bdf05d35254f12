"""The ledger."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from server.nowplaying.crowd import MOST_CALLERS
from server.nowplaying.listeners import Audience, Listeners, Listening, Place

MP3 = Place("main", "icy", "radio.mp3")
HLS = Place("main", "hls", "live.m3u8")
BEGAN = 1_800_000_000.0


@dataclass
class Watch:
    """Goes when it is told to."""

    seconds: float = 100.0

    def monotonic(self) -> float:
        return self.seconds

    def wall(self) -> float:
        return BEGAN - 100.0 + self.seconds


@dataclass
class House:
    """A ledger, its clock, and what it told of those who have gone."""

    watch: Watch = field(default_factory=Watch)
    ended: list[Listening] = field(default_factory=list)
    country_of: Callable[[str], str | None] = {"a": "NZ", "b": "IS"}.get

    def __post_init__(self) -> None:
        self.listeners = Listeners(self.watch.monotonic, self.watch.wall, self.country_of, self.ended.append)

    def later(self, seconds: float) -> None:
        self.watch.seconds += seconds


def test_counts_all_and_each_once() -> None:
    listeners = Listeners()
    with listeners.listening(MP3, "a", "vlc"), listeners.listening(MP3, "a", "vlc"), listeners.listening(MP3, "a", "mpv"):
        assert listeners.audience("main") == Audience(3, 2)
        assert listeners.audience("night") == Audience(0, 0)
        assert listeners.by_output() == {("main", "icy"): 3}
    assert listeners.audience("main") == Audience(0, 0)


def test_one_who_hears_two_mounts_is_one() -> None:
    listeners = Listeners()
    with listeners.listening(MP3, "a", "vlc"), listeners.listening(Place("main", "hls", "live"), "a", "vlc"):
        assert listeners.audience("main") == Audience(2, 1)
        assert listeners.audience("main", "live") == Audience(1, 1)


def test_a_listener_who_ends_in_an_error_is_gone_too() -> None:
    listeners = Listeners()
    with pytest.raises(ConnectionError), listeners.listening(MP3, "a", "vlc"):
        raise ConnectionError
    assert listeners.audience("main").total == 0


def test_one_who_asks_for_piece_after_piece_counts_as_long_as_he_asks() -> None:
    house = House()
    listeners = house.listeners
    for _ in range(5):
        listeners.called(HLS, "a", "hls.js")
        listeners.called(HLS, "b", "hls.js")
        house.later(4.0)
    assert listeners.audience("main") == Audience(2, 2)
    assert listeners.by_output() == {("main", "hls"): 2}
    for _ in range(3):
        house.later(4.0)
        listeners.called(HLS, "b", "hls.js")
    assert listeners.audience("main") == Audience(1, 1)
    house.later(20.0)
    assert listeners.audience("main") == Audience(0, 0)
    assert [(ended.country, ended.seconds) for ended in house.ended] == [("NZ", 16.0), ("IS", 32.0)]


def test_two_players_behind_one_address_are_told_apart_by_their_sessions() -> None:
    house = House()
    for session in ("one", "two", "one", ""):
        house.listeners.called(HLS, "a", "hls.js", session)
    assert house.listeners.audience("main") == Audience(3, 1), "the one without a session is a third listener, and the same person"
    house.later(4.0)
    house.listeners.called(HLS, "elsewhere", "hls.js", "one")
    assert house.listeners.audience("main").total == 3, "a player that moved to another address is the same listener"


def test_what_somebody_heard_is_told_when_he_goes() -> None:
    house = House()
    with house.listeners.listening(MP3, "b", "vlc"):
        house.later(90.5)
    [ended] = house.ended
    assert (ended.place, ended.country, ended.began_at, ended.seconds) == (MP3, "IS", BEGAN, 90.5)
    assert len(ended.pseudonym) == 16


def test_who_leaves_within_a_second_has_not_listened() -> None:
    house = House()
    with house.listeners.listening(MP3, "a", "vlc"):
        house.later(0.9)
    house.listeners.called(HLS, "a", "hls.js")
    house.later(60.0)
    house.listeners.sweep()
    assert house.ended == []


def test_safaris_probe_and_its_stream_are_one_listener() -> None:
    house = House()
    with house.listeners.listening(MP3, "a", "Safari", probe=True):
        assert house.listeners.audience("main").total == 1, "until the second connection comes it is all there is"
        house.later(0.3)
        with house.listeners.listening(MP3, "a", "Safari"):
            assert house.listeners.audience("main") == Audience(1, 1)
            house.later(300.0)
    assert [ended.seconds for ended in house.ended] == [300.0]


def test_a_probe_that_comes_second_does_not_count_either() -> None:
    house = House()
    with house.listeners.listening(MP3, "a", "Safari"), house.listeners.listening(MP3, "a", "Safari", probe=True):
        house.later(30.0)
        assert house.listeners.audience("main").total == 1
    assert len(house.ended) == 1


def test_a_probe_that_stays_alone_is_a_listener() -> None:
    house = House()
    with house.listeners.listening(MP3, "a", "odd", probe=True):
        house.later(30.0)
        with house.listeners.listening(MP3, "a", "odd"):
            assert house.listeners.audience("main").total == 2
            house.later(30.0)
    assert [ended.seconds for ended in house.ended] == [30.0, 60.0]


def test_a_connection_given_up_for_another_is_not_told_of() -> None:
    house = House()
    first = house.listeners.listening(MP3, "a", "Safari")
    second = house.listeners.listening(MP3, "a", "Safari")
    first.__enter__()
    house.later(1.0)
    second.__enter__()
    house.later(0.8)
    first.__exit__(None, None, None)
    house.later(60.0)
    second.__exit__(None, None, None)
    assert [ended.seconds for ended in house.ended] == [pytest.approx(60.8)]


def test_two_of_a_household_who_tune_in_together_and_stay_are_two() -> None:
    house = House()
    with house.listeners.listening(MP3, "a", "Safari"), house.listeners.listening(MP3, "a", "Safari"):
        house.later(60.0)
        assert house.listeners.audience("main") == Audience(2, 1)
    assert len(house.ended) == 2


def test_countries_and_who_came_last() -> None:
    house = House()
    with house.listeners.listening(MP3, "a", "vlc"):
        house.later(5.0)
        house.listeners.called(HLS, "b", "hls.js")
        house.listeners.called(HLS, "c", "hls.js")
        house.later(2.0)
        assert house.listeners.by_country("main") == {"NZ": 1, "IS": 1, None: 1}
        assert house.listeners.by_country("night") == {}
        latest = house.listeners.latest("main", 2)
        assert [(each.place.output, each.seconds) for each in latest] == [("hls", 2.0), ("hls", 2.0)]
        assert [each.seconds for each in house.listeners.latest("main", 9)] == [2.0, 2.0, 7.0]


def test_a_pseudonym_lasts_a_day_and_belongs_to_one_process() -> None:
    house, other = House(), House()

    def heard(one: House, address: str) -> bytes:
        with one.listeners.listening(MP3, address, "vlc"):
            one.later(10.0)
        return one.ended[-1].pseudonym

    first = heard(house, "a")
    assert heard(house, "a") == first
    assert heard(house, "b") != first
    assert heard(other, "a") != first
    house.later(86_400.0)
    assert heard(house, "a") != first


def test_at_the_end_everybody_who_calls_has_gone() -> None:
    house = House()
    house.listeners.called(HLS, "a", "hls.js")
    house.later(5.0)
    house.listeners.called(HLS, "a", "hls.js")
    house.listeners.sweep()
    assert house.ended == []
    house.listeners.sweep(everybody=True)
    assert [ended.seconds for ended in house.ended] == [5.0]
    assert house.listeners.audience("main").total == 0


def test_a_flood_of_sessions_is_served_and_not_counted_beyond_the_bound() -> None:
    house = House()
    for number in range(MOST_CALLERS + 10):
        house.listeners.called(HLS, "a", "flood", f"{number}")
    assert house.listeners.audience("main") == Audience(MOST_CALLERS, 1)
    house.later(13.0)
    house.listeners.called(HLS, "b", "hls.js")
    assert house.listeners.audience("main") == Audience(1, 1)
