"""Typesetting: a text becomes a mask, once; nothing is typeset while pictures are drawn.

Roboto comes with the house and knows Latin, Greek and Cyrillic. For other scripts the fonts of the machine are looked at, where Linux and
macOS keep them; the first one that knows all of a text sets it. What that font does not know (emoji, mostly) is left out, since an empty
box says less. Titles come from strangers' tags: no text is wider or higher than its room.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import font_roboto
import numpy as np
from PIL import Image, ImageDraw
from PIL.ImageFont import FreeTypeFont, truetype

from server.icy.titles import plain
from server.video.canvas import Canvas
from server.video.colour import Ink
from server.video.paint import Mask, mask_of, stain

BOLD: Final[str] = font_roboto.RobotoBold
MEDIUM: Final[str] = font_roboto.RobotoMedium
REGULAR: Final[str] = font_roboto.Roboto

FOLDERS: Final = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/System/Library/Fonts"))
FAMILIES: Final = (
    *("NotoSans-", "NotoSansCJK", "NotoSansArabic", "NotoSansHebrew", "NotoSansDevanagari", "NotoSansThai", "DroidSansFallback"),
    *("wqy-", "DejaVuSans", "FreeSans", "PingFang", "Arial Unicode", "unifont"),
)
"""How the names of fonts begin that are tried for other scripts, the best first."""
WEIGHTS: Final = ("-Medium", "-Regular", "")
ENDINGS: Final = {".ttf", ".otf", ".ttc"}

ELLIPSIS: Final = "\N{HORIZONTAL ELLIPSIS}"
LONGEST: Final = 160
"""Characters of a text that are looked at."""
MOST_MARKS: Final = 2
"""Combining marks on one letter that are kept: scripts need two, pranks need more."""
VARIANTS: Final = frozenset(map(chr, range(0xFE00, 0xFE10)))
"""They choose between a letter's forms, most often an emoji's, and would leave a gap where that is left out."""
UNASSIGNED: Final = "\uffff"
"""No font knows it: it looks like everything that a font does not know."""
LEADING: Final = 1.16
"""From one line to the next, in sizes."""


@dataclass(frozen=True, slots=True)
class Lettering:
    """A text as it was set."""

    mask: Mask
    width: float
    """Of its longest line."""
    ascent: int
    """From the mask's first pixel down to the first line's baseline."""
    overhang: int
    """From the mask's first pixel right to where the text begins: letters may reach out."""
    size: int
    lines: tuple[str, ...]

    @property
    def depth(self) -> float:
        """From the first line's baseline to the last one's."""
        return (len(self.lines) - 1) * round(self.size * LEADING)


def write(canvas: Canvas, text: Lettering, left: float, baseline: float, ink: Ink, share: float = 1.0) -> None:
    """The text, from `left` on, its first line on `baseline`; both may lie between pixels."""
    stain(canvas, text.mask, left - text.overhang, baseline - text.ascent, ink, share)


def set_in(text: str, face: str, width: float, sizes: Sequence[int], broken: Sequence[int] = ()) -> Lettering:
    """On one line at the largest of `sizes` that lets it fit into `width`; else on two at the largest of `broken`; else with an ellipsis.

    Nothing that can be read gives an empty one.
    """
    face, text = readable(text, face)
    for size in sizes:
        if _length(face, size, text) <= width:
            return _set(face, size, (text,))
    for size in broken:
        if lines := _halves(face, size, text, width):
            return _set(face, size, lines)
    if broken:
        return _set(face, broken[-1], _shortened_halves(face, broken[-1], text, width))
    return _set(face, sizes[-1], (_shortened(face, sizes[-1], text, width),))


def spaced(text: str, face: str, size: int, tracking: float, width: float) -> Lettering:
    """On one line with `tracking` pixels more between letters, for a few words in capitals; other scripts are set as they are."""
    found, text = readable(text, face)
    if found != face:
        return _set(found, size, (_shortened(found, size, text, width),))
    font = _font(face, size)
    text = _shortened(face, size, text, width, tracking)
    image, ascent, overhang = _sheet(font, width, 1)
    draw = ImageDraw.Draw(image)
    place = 0.0
    for character in text:
        draw.text((overhang + place, ascent), character, fill=255, font=font, anchor="ls")
        place += font.getlength(character) + tracking
    return Lettering(mask_of(np.asarray(image)), max(0.0, place - tracking), ascent, overhang, size, (text,))


def legible(*texts: str) -> str:
    """The first of them of which something can be read here."""
    return next((text for text in texts if readable(text, REGULAR)[1]), "On air")


@lru_cache(maxsize=64)
def readable(text: str, face: str) -> tuple[str, str]:
    """The face that knows most letters of `text`, the given one first; and what of the text it knows, on one line, without pranks."""
    cleaned = _without_pranks(plain(text, LONGEST))
    letters = {character for character in cleaned if unicodedata.category(character)[0] in "LN"}
    best, most = face, -1
    for candidate in (face, *_machine_fonts()):
        known = sum(_knows(candidate, letter) for letter in letters)
        if known > most:
            best, most = candidate, known
        if known == len(letters):
            break
    return best, " ".join("".join(character for character in cleaned if _knows(best, character)).split())


def _without_pranks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MOST_MARKS and character not in VARIANTS:
            kept.append(character)
    return "".join(kept)


@cache
def _machine_fonts() -> tuple[str, ...]:
    """The fonts of this machine that know other scripts, looked up once."""
    files = [path for folder in FOLDERS if folder.is_dir() for path in folder.rglob("*") if path.suffix.lower() in ENDINGS]
    return tuple(found for family in FAMILIES for found in _of_family(family, files))


def _of_family(family: str, files: Sequence[Path]) -> Iterator[str]:
    members = {path.stem: path for path in files if path.stem.startswith(family)}
    for weight in WEIGHTS:
        for stem, path in sorted(members.items()):
            if stem == family.removesuffix("-") + weight or (weight and stem.endswith(weight)):
                yield str(path)
                return
    if members:
        yield str(members[min(members, key=len)])


@lru_cache(maxsize=64)
def _font(face: str, size: int) -> FreeTypeFont:
    return truetype(face, size)


@lru_cache(maxsize=8_192)
def _knows(face: str, character: str) -> bool:
    if character.isspace() or unicodedata.combining(character):
        return True
    font = _font(face, 16)
    return bytes(font.getmask(character)) != bytes(font.getmask(UNASSIGNED))


def _length(face: str, size: int, text: str, tracking: float = 0.0) -> float:
    return _font(face, size).getlength(text) + tracking * max(0, len(text) - 1)


def _shortened(face: str, size: int, text: str, width: float, tracking: float = 0.0) -> str:
    """`text`, or its beginning with an ellipsis; at least that."""
    if _length(face, size, text, tracking) <= width:
        return text
    shorter = (text[:end].rstrip(" -,.;:(") + ELLIPSIS for end in range(len(text), 0, -1))
    return next((short for short in shorter if _length(face, size, short, tracking) <= width), ELLIPSIS)


def _halves(face: str, size: int, text: str, width: float) -> tuple[str, ...]:
    """Broken at the blank that makes both lines most alike; empty if none does."""
    words = text.split(" ")
    breaks = [(" ".join(words[:count]), " ".join(words[count:])) for count in range(1, len(words))]
    fitting = [(max(lengths), pair) for pair in breaks if max(lengths := [_length(face, size, line) for line in pair]) <= width]
    return min(fitting)[1] if fitting else ()


def _shortened_halves(face: str, size: int, text: str, width: float) -> tuple[str, ...]:
    """As much as fits into the first line, broken in a word if need be; what fits of the rest with an ellipsis."""
    end = next(count for count in range(len(text), 0, -1) if count == 1 or _length(face, size, text[:count]) <= width)
    blank = text.rfind(" ", 0, end + 1)
    first = text[:blank] if blank > end // 2 else text[:end]
    return first, _shortened(face, size, text[len(first) :].strip(), width)


def _sheet(font: FreeTypeFont, width: float, lines: int) -> tuple[Image.Image, int, int]:
    """An empty image with room for so many lines; where the first baseline is, and where the text begins."""
    ascent, descent = font.getmetrics()
    overhang = round(font.size / 6)
    height = ascent + descent + (lines - 1) * round(font.size * LEADING)
    return Image.new("L", (int(width) + 2 * overhang + 1, height)), ascent, overhang


def _set(face: str, size: int, lines: tuple[str, ...]) -> Lettering:
    font = _font(face, size)
    width = max((font.getlength(line) for line in lines), default=0.0)
    image, ascent, overhang = _sheet(font, width, len(lines))
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((overhang, ascent + number * round(size * LEADING)), line, fill=255, font=font, anchor="ls")
    return Lettering(mask_of(np.asarray(image)), width, ascent, overhang, size, lines)
