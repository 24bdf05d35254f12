"""The values that the ears leave: keys in every notation, beats in their places."""

import pytest

from dsp.hearing import BeatGrid, Key


@pytest.mark.parametrize(
    ("tonic", "minor", "name", "camelot", "open_key"),
    [
        (0, False, "C major", "8B", "1d"),
        (9, True, "A minor", "8A", "1m"),
        (7, False, "G major", "9B", "2d"),
        (4, True, "E minor", "9A", "2m"),
        (5, False, "F major", "7B", "12d"),
        (6, True, "F# minor", "11A", "4m"),
        (11, False, "B major", "1B", "6d"),
        (8, True, "Ab minor", "1A", "6m"),
        (1, False, "Db major", "3B", "8d"),
        (10, True, "Bb minor", "3A", "8m"),
    ],
)
def test_a_key_is_written_as_musicians_and_as_djs_write_it(tonic: int, minor: bool, name: str, camelot: str, open_key: str) -> None:
    key = Key(tonic, minor, 1.0, 0.0)
    assert (key.name, key.camelot, key.open_key) == (name, camelot, open_key)


def test_no_two_keys_have_one_place_on_the_wheel() -> None:
    keys = [Key(tonic, minor, 1.0, 0.0) for tonic in range(12) for minor in (False, True)]
    assert len({key.camelot for key in keys}) == len({key.open_key for key in keys}) == len({key.name for key in keys}) == 24


def test_beats_are_even() -> None:
    grid = BeatGrid(120.0, 1_000.0, 2, 4, 0.9)
    assert grid.beat_frames == 24_000.0
    assert [grid.beat_at(number) for number in (0, 1, 10)] == [1_000.0, 25_000.0, 241_000.0]
