import pytest

from generation.errors import InvalidBrief
from generation.key import MODES, TONICS, Key, parse_key


def test_what_is_written_is_read_again() -> None:
    for mode in MODES:
        for tonic in range(len(TONICS)):
            assert parse_key(str(Key(tonic, mode))) == Key(tonic, mode)


def test_flats_are_read_as_the_sharps_they_sound_like() -> None:
    assert str(parse_key("Eb minor")) == "D# minor"
    assert str(parse_key(" Bb major ")) == "A# major"


@pytest.mark.parametrize("written", ["", "a minor", "A  minor", "E# minor", "A blues", "A minor!"])
def test_refuses_what_is_no_key(written: str) -> None:
    with pytest.raises(InvalidBrief):
        parse_key(written)


def test_degrees_go_on_above_and_below_the_octave() -> None:
    key = Key(9, "minor")
    assert [key.semitones(degree) for degree in (-1, 0, 2, 7, 9)] == [-2, 0, 3, 12, 15]
