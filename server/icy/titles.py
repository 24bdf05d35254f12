"""What a listener is told he hears: which airing a position belongs to, and the block that says so between the sound.

Titles come from strangers' tags: what leaves here has no control characters and nothing that ends a field before its time.
"""

import unicodedata
from functools import lru_cache
from typing import Final

from server.track import Airing, Track
from server.wire.wire import NowPlaying

METAINT: Final = 4_096
"""Bytes of sound between two blocks: 0.17 s at 192 kbit/s. The smaller, the closer a title is to its sound."""
LONGEST_BLOCK: Final = 255 * 16
UNCHANGED: Final = b"\0"
"""The block that says nothing new."""


class Titles:
    """A station's airings as far back as its engine tells, asked by position."""

    def __init__(self) -> None:
        self._airings: tuple[Airing, ...] = ()

    def take(self, now: NowPlaying) -> None:
        """Learns what airs and what aired before."""
        self._airings = (*reversed(now.history), now.airing)

    def at(self, position: int) -> Airing | None:
        """What is heard at `position`; the oldest that is known if it is older than all; None before the first NowPlaying."""
        for airing in reversed(self._airings):
            if airing.started_position <= position:
                return airing
        return self._airings[0] if self._airings else None

    def starts_within(self, first: int, end: int) -> list[int]:
        """The positions in (first, end) at which an airing begins, in order."""
        return sorted({a.started_position for a in self._airings if first < a.started_position < end})


def plain(text: str, longest: int = 256) -> str:
    """`text` on one line without control, format or unpaired surrogate characters, NFC, at most `longest` characters."""
    kept = (" " if character in "\t\n\r" else character for character in text)
    visible = "".join(c for c in kept if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"})
    return unicodedata.normalize("NFC", " ".join(visible.split()))[:longest]


def spoken(airing: Airing | None) -> str:
    """`Artist - Title`, or what of it is known; empty if nothing is."""
    return named(airing.entry.track) if airing else ""


def named(track: Track) -> str:
    """`Artist - Title`, or what of it is known."""
    return " - ".join(part for part in (plain(track.artist), plain(track.title)) if part)


@lru_cache(maxsize=64)
def block(title: str) -> bytes:
    """The ICY block for a title: a byte that counts sixteens, then `StreamTitle='...';` in UTF-8, padded with NUL.

    ICY knows no escape: a quote would end the title for a strict reader, a semicolon for a naive one, so both are replaced.
    """
    harmless = plain(title).replace("'", "\N{RIGHT SINGLE QUOTATION MARK}").replace(";", ",")
    room = LONGEST_BLOCK - len("StreamTitle='';")
    shortened = harmless.encode()[:room].decode(errors="ignore").encode()
    said = b"StreamTitle='" + shortened + b"';"
    sixteens = -(-len(said) // 16)
    return bytes([sixteens]) + said.ljust(sixteens * 16, b"\0")
