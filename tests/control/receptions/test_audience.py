import pytest
from hypothesis import given
from hypothesis import strategies as st

from control.receptions.audience import Aired, audience_of
from server.nowplaying.listeners import Listening, Place

AIRED = Aired("main", "e-1", 1_000.0, 1_200.0)


def listening(began: float, seconds: float, who: bytes = b"a" * 16, station: str = "main") -> Listening:
    return Listening(Place(station, "hls", "live.m3u8"), None, began, seconds, who)


def told(*heard: Listening) -> tuple[int, int, float, float]:
    found = audience_of(AIRED, "front", heard)
    return found.exposed, found.left_early, found.listened_seconds, found.offered_seconds


def test_who_was_there_all_the_time_heard_it_all() -> None:
    assert told(listening(500.0, 2_000.0)) == (1, 0, 200.0, 200.0)


def test_who_came_in_the_middle_was_offered_the_rest() -> None:
    assert told(listening(1_150.0, 500.0)) == (1, 0, 50.0, 50.0)


def test_who_left_in_the_first_half_left_early_and_later_did_not() -> None:
    assert told(listening(900.0, 140.0)) == (1, 1, 40.0, 200.0)
    assert told(listening(900.0, 240.0)) == (1, 0, 140.0, 200.0)


def test_a_player_that_asks_every_few_seconds_has_stayed() -> None:
    assert told(listening(900.0, 290.0)) == (1, 0, 200.0, 200.0)


def test_who_came_back_has_not_left() -> None:
    assert told(listening(900.0, 130.0), listening(1_040.0, 400.0)) == (1, 0, 200.0, 200.0)


def test_two_devices_of_one_person_are_one() -> None:
    assert told(listening(900.0, 900.0), listening(950.0, 100.0)) == (1, 0, 200.0, 200.0)


def test_who_passed_by_has_not_judged() -> None:
    assert told(listening(1_000.0, 4.0)) == (0, 0, 0.0, 0.0)


def test_others_are_not_counted() -> None:
    before, after = listening(100.0, 800.0, b"b" * 16), listening(1_300.0, 100.0, b"c" * 16)
    assert told(before, after, listening(900.0, 900.0, b"d" * 16, "night")) == (0, 0, 0.0, 0.0)


@given(st.lists(st.tuples(st.floats(0, 2_000), st.floats(0, 2_000), st.integers(0, 5)), max_size=12))
def test_nobody_hears_more_than_he_was_offered(stays: list[tuple[float, float, int]]) -> None:
    exposed, left_early, listened, offered = told(*(listening(began, seconds, bytes([who]) * 16) for began, seconds, who in stays))
    assert 0 <= left_early <= exposed <= 6
    assert 0.0 <= listened <= offered + 1e-6 <= 200.0 * exposed + 1e-3


def test_it_is_written_with_its_front_and_its_beginning() -> None:
    row = audience_of(AIRED, "front", [listening(500.0, 2_000.0)]).row()
    assert row[:3] == ("main", "e-1", "front")
    assert row[4:] == pytest.approx((1, 0, 200.0, 200.0))
