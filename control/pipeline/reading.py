"""What a wish in plain words says of itself: "three minutes of dark techno at 132 bpm in A minor". Words that are not understood are not
lost: they reach those backends that read.
"""

import re
from dataclasses import dataclass
from typing import Final

from generation.brief import GENRES, LONGEST_SECONDS, SHORTEST_SECONDS
from generation.errors import InvalidBrief
from generation.key import MODES, parse_key

_CALLED: Final = {
    "drum & bass": ("drum & bass", "drum and bass", "drum'n'bass", "drum n bass", "dnb", "d&b", "jungle"),
    "lo-fi": ("lo-fi", "lofi", "lo fi"),
    "synthwave": ("synthwave", "synth wave", "retrowave", "outrun"),
    "downtempo": ("downtempo", "down tempo", "trip hop", "trip-hop", "chillout", "chill-out"),
}
"""Genre -> what people call it, where that is not its name alone."""
_GENRE: Final = {name: genre for genre in GENRES for name in _CALLED.get(genre, (genre,))}
_GENRES: Final = re.compile("|".join(rf"(?<![\w&]){re.escape(name)}(?![\w&])" for name in sorted(_GENRE, key=len, reverse=True)))
_BPM: Final = re.compile(r"(?<![\w.])(\d{2,3}(?:\.\d{1,2})?)\s*bpm\b")
_SLOWEST_BPM, _FASTEST_BPM = 40.0, 220.0
"""What lies outside is a slip of the pen, and no tempo of music."""
_KEY: Final = re.compile(rf"(?<!\w)([a-g])(\s?sharp|\s?flat|#|b)?[ -]({'|'.join(MODES)})\b")
_NUMBERS: Final = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_LENGTH: Final = re.compile(
    rf"(?<![\w.:])(?:(\d{{1,2}}):([0-5]\d)(?![\w:])"
    rf"|(\d{{1,3}}(?:\.\d)?|{'|'.join(_NUMBERS)})[ -]?(seconds?|secs?|s|minutes?|mins?)\b)"
)
"""3:30, 90 s, three minutes."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was understood; None where nothing was said."""

    genre: str | None = None
    bpm: float | None = None
    key: str | None = None
    seconds: float | None = None


def read(words: str) -> Read:
    """The first of each that is named."""
    text = words.casefold()
    genre, bpm = _GENRES.search(text), _BPM.search(text)
    return Read(
        genre=_GENRE[genre[0]] if genre else None,
        bpm=float(bpm[1]) if bpm and _SLOWEST_BPM <= float(bpm[1]) <= _FASTEST_BPM else None,
        key=_key(text),
        seconds=_seconds(text),
    )


def _key(text: str) -> str | None:
    found = _KEY.search(text)
    if found is None:
        return None
    sign = {"s": "#", "#": "#", "f": "b", "b": "b"}.get((found[2] or "").strip()[:1], "")
    try:
        return str(parse_key(f"{found[1].upper()}{sign} {found[3]}"))
    except InvalidBrief:
        return None


def _seconds(text: str) -> float | None:
    """A length that a take may have; others are no lengths of takes."""
    for found in _LENGTH.finditer(text):
        if found[1] is not None:
            seconds = 60.0 * int(found[1]) + int(found[2])
        else:
            count = float(_NUMBERS.get(found[3]) or found[3])
            seconds = count * (60.0 if found[4].startswith("m") else 1.0)
        if SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
            return seconds
    return None
