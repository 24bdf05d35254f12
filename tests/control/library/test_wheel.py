"""Keys on the Camelot wheel, read from three notations."""

import pytest

from control.library.wheel import camelot, neighbours, wheel_named, wheel_of, wheel_sought
from dsp.hearing import Key

KEYS = [Key(tonic, minor, 1.0, 0.0) for tonic in range(12) for minor in (False, True)]


def test_every_key_has_its_own_place_and_is_read_back_in_every_notation() -> None:
    assert sorted(map(wheel_of, KEYS)) == list(range(2, 26))
    for key in KEYS:
        wheel = wheel_of(key)
        assert camelot(wheel) == key.camelot
        assert wheel_named(key.name) == wheel_sought(key.camelot) == wheel_sought(key.open_key) == wheel


@pytest.mark.parametrize(
    ("name", "place"),
    [("A minor", "8A"), ("Am", "8A"), ("C", "8B"), ("f# min", "11A"), ("Gb minor", "11A"), ("A dorian", "8A"), ("Bb mixolydian", "6B")],
)
def test_keys_as_people_write_them(name: str, place: str) -> None:
    wheel = wheel_named(name)
    assert wheel is not None
    assert camelot(wheel) == place


@pytest.mark.parametrize("name", ["", "X minor", "A manor", "13A", "unknown", "A minor minor"])
def test_what_is_no_key(name: str) -> None:
    assert wheel_named(name) is None
    assert wheel_sought(name) is None


def test_neighbours_lie_beside_it_round_the_clock() -> None:
    assert sorted(map(camelot, neighbours(wheel_sought("12A") or 0))) == ["11A", "12A", "12B", "1A"]
    assert sorted(map(camelot, neighbours(wheel_sought("1B") or 0))) == ["12B", "1A", "1B", "2B"]
