"""Keys on the Camelot wheel, as numbers that sort as DJs think: 1A, 1B, 2A, ... 12B. Tracks whose numbers are near sound well together."""

import re
from typing import Final

from dsp.hearing import Key

HOURS: Final = 12
_LETTERS: Final = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11, "h": 11}
_SHARPS: Final = {"#": 1, "♯": 1, "b": -1, "♭": -1}
_NAMED: Final = re.compile(r"([a-h])([#♯b♭]?)\s*(m|min|maj|\w{5,10})?", re.IGNORECASE)
_MINOR: Final = frozenset({"m", "min", "minor", "dorian", "phrygian", "aeolian"})
_MAJOR: Final = frozenset({"", "maj", "major", "mixolydian", "lydian", "ionian"})
_CAMELOT: Final = re.compile(r"(1[0-2]|[1-9])([AB])", re.IGNORECASE)
_OPEN_KEY: Final = re.compile(r"(1[0-2]|[1-9])([dm])", re.IGNORECASE)


def wheel_of(key: Key) -> int:
    """Twice the hour, and one more for major: 8A is 16, 8B is 17."""
    return 2 * int(key.camelot[:-1]) + (not key.minor)


def wheel_named(name: str) -> int | None:
    """Of a key as people write it: `A minor`, `F#m`, `Bb`; a church mode counts as the one it resembles. None if it is no key."""
    match = _NAMED.fullmatch(name.strip())
    if match is None:
        return None
    tonic = (_LETTERS[match[1].lower()] + _SHARPS.get(match[2], 0)) % HOURS
    mode = (match[3] or "").lower()
    return wheel_of(Key(tonic, mode in _MINOR, 1.0, 0.0)) if mode in _MINOR | _MAJOR else None


def wheel_sought(text: str) -> int | None:
    """Of Camelot's notation (`8A`) or the open one (`1m`); None if it is neither."""
    if (match := _CAMELOT.fullmatch(text)) is not None:
        return 2 * int(match[1]) + (match[2] in "Bb")
    if (match := _OPEN_KEY.fullmatch(text)) is not None:
        return 2 * ((int(match[1]) + 6) % HOURS + 1) + (match[2] in "dD")
    return None


def camelot(wheel: int) -> str:
    """As DJs write it."""
    return f"{wheel // 2}{'B' if wheel % 2 else 'A'}"


def neighbours(wheel: int) -> tuple[int, ...]:
    """Itself, the hours beside it, and the other mode of its hour: what mixes well with it."""
    hour, mode = wheel // 2, wheel % 2
    before, after = (hour - 2) % HOURS + 1, hour % HOURS + 1
    return (wheel, 2 * before + mode, 2 * after + mode, 2 * hour + 1 - mode)
