"""A track's four tags, as they may be shown: whatever a file says, these are short, printable, and in one spelling.

Owns what may stand in a tag. Every other place escapes for its own format; none needs to fear control characters, line breaks,
marks that turn the text around, or a title of a megabyte.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 256
"""Characters."""
ANNOTATED_PLACES: Final = ("liq_cue_in", "liq_cue_out", "liq_cross_start_next", "liq_cross_duration")
ANNOTATED_GAINS: Final = ("liq_amplify", "replaygain_track_gain", "r128_track_gain")
ANNOTATIONS: Final = (*ANNOTATED_PLACES, *ANNOTATED_GAINS)
"""Tags that say how to air a file, in small letters; what they mean stands in server/catalogue/annotations.py."""
_READ_AT_MOST: Final = 4 * LONGEST
_JOINERS: Final = "\u200c\u200d"
"""Format characters that spell words (Persian) and join emoji; every other one goes, those that turn text around above all."""
_TRACK_NUMBER: Final = re.compile(r"\d{1,3}(?:\.| -) +")
_UNDERSCORES: Final = re.compile(r"_+")


@dataclass(frozen=True, slots=True)
class Tags:
    """Empty where nothing is known."""

    title: str = ""
    artist: str = ""
    album: str = ""
    genre: str = ""


def clean(text: str) -> str:
    """`text` as it may be shown, on one line."""
    kept = "".join(_shown(character) for character in text[:_READ_AT_MOST])
    return " ".join(unicodedata.normalize("NFC", kept).split())[:LONGEST].rstrip()


def cleaned(tags: Tags) -> Tags:
    """All of them as they may be shown."""
    return Tags(clean(tags.title), clean(tags.artist), clean(tags.album), clean(tags.genre))


def entitled(tags: Tags, stem: str) -> Tags:
    """`tags` with title and artist filled in from a file's name without its ending: `Artist - Title`, or all of it as the title."""
    if tags.title and tags.artist:
        return tags
    name = _TRACK_NUMBER.sub("", clean(_UNDERSCORES.sub(" ", stem)), count=1)
    left, dash, right = (part.strip() for part in name.partition(" - "))
    artist, title = (left, right) if dash and left and right else ("", name)
    return Tags(tags.title or title or "Untitled", tags.artist or artist, tags.album, tags.genre)


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    return "" if category == "Cs" or (category == "Cf" and character not in _JOINERS) else character
