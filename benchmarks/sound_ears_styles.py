"""Rhythms and harmonies that players of many kinds of music would know: what the set of known tracks is made of.

A pattern is one bar, a letter a step: `x` is a stroke, `o` a soft one, `.` none. A progression is one root a bar, in degrees of the key.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Style:
    """How a kind of music moves."""

    name: str
    bpm: tuple[float, float]
    """From the slowest to the fastest."""
    beats: int
    """In a bar."""
    steps: int
    """In a beat."""
    kick: tuple[str, ...]
    snare: tuple[str, ...]
    hat: tuple[str, ...]
    bass: tuple[str, ...]
    chords: tuple[str, ...]
    swing: float = 0.5
    """Where the second of two steps begins, as a share of both."""


_FOUR: Final = "x...x...x...x..."
_BACKBEAT: Final = "....x.......x..."
_EIGHTHS: Final = "x.x.x.x.x.x.x.x."
_HELD: Final = "x..............."

STYLES: Final = (
    Style(
        "house", (116, 130), 4, 4, (_FOUR,), (_BACKBEAT, "....x..o.o..x..."), ("..x...x...x...x.", "..xo..x...xo..x."),
        ("..x...x...x...x.", "x..x..x...x..x.."), ("..x..x....x..x..", _HELD, "x..x..x.........")
    ),
    Style(
        "techno", (126, 148), 4, 4, (_FOUR,), ("................", "....o.......o..."), ("..x...x...x...x.", "o.x.o.x.o.x.o.x."),
        ("..xx..xx..xx..xx", ".xxx.xxx.xxx.xxx"), (_HELD, "x..x..x.........")
    ),
    Style(
        "disco", (104, 126), 4, 4, (_FOUR,), (_BACKBEAT,), ("ooxoooxoooxoooxo", "o.xoo.xoo.xoo.xo"),
        ("x.x.x.x.x.x.x.x.", "x..xx..xx..xx..x"), ("..x...x...x...x.", "x.....x...x.....")
    ),
    Style(
        "rock", (92, 150), 4, 4, ("x.......x.x.....", "x......xx.......", "x.x.....x......."), (_BACKBEAT,), (_EIGHTHS, "x.o.x.o.x.o.x.o."),
        (_EIGHTHS, "x.....x.x.......", "x.x.x.x.x.xxx.x."), (_HELD, "x.......x.......", _EIGHTHS)
    ),
    Style(
        "punk", (156, 190), 4, 4, ("x.......x.x.....", "x.......x......."), (_BACKBEAT,), (_EIGHTHS, _FOUR),
        (_EIGHTHS,), (_EIGHTHS, "x.......x.......")
    ),
    Style(
        "boom bap", (76, 98), 4, 4, ("x......x..x.....", "x..x......x....o", "x.....x..xx....."), (_BACKBEAT, "....x..o....x..."),
        (_EIGHTHS, "x.xxx.x.x.x.x.xx"), ("x......x..x.....", "x.....x..x......"), (_HELD, "x.....x.........", "..x...x...x...x."), 0.57
    ),
    Style(
        "drum & bass", (164, 180), 4, 4, ("x.........x.....", "x.x.......x....."), (_BACKBEAT, "....x..o.o..x..."),
        (_EIGHTHS, "x.xxx.xxx.xxx.xx"),
        (_HELD, "x.....x...x.....", "x..x..x..x..x..."), (_HELD, "x.....x.........")
    ),
    Style(
        "ballad", (60, 84), 4, 4, ("x.......x.......", "x.......x.x....."), (_BACKBEAT,), (_EIGHTHS, "xoxoxoxoxoxoxoxo"),
        ("x.......x.......", "x.....x.x......."), (_EIGHTHS, "x...x...x...x...", _HELD)
    ),
    Style(
        "dembow", (86, 106), 4, 4, (_FOUR,), ("...x..x....x..x.",), ("..x...x...x...x.", _EIGHTHS),
        ("x..x..x.x..x..x.", "x...x...x...x..."), (_HELD, "..x...x...x...x.")
    ),
    Style(
        "waltz", (84, 186), 3, 2, ("x.....", "x....."), ("..o.o.",), ("..x.x.", "x.x.x."), ("x.....",), ("..x.x.", "x.....")
    ),
    Style(
        "shuffle", (88, 138), 4, 3, ("x.....x.....", "x....xx....."), ("...x.....x..",), ("x.xx.xx.xx.x", "x..x.xx..x.x"),
        ("x..x..x..x..", "x.xx.xx.xx.x"), ("x...........", "..x.....x...", "x.....x.....")
    ),
    Style(
        "no drums", (62, 132), 4, 4, ("................",), ("................",), ("................",),
        (_HELD, "x.......x......."), (_FOUR, _EIGHTHS, "x.x.x...x.x.x...")
    ),
)  # fmt: skip

MAJOR: Final = ((0, 4, 5, 3), (0, 5, 3, 4), (0, 3, 4, 0), (0, 3, 0, 4), (0, 2, 3, 4), (0, 1, 4, 0))
MINOR: Final = ((0, 5, 2, 6), (0, 3, 4, 0), (0, 6, 5, 6), (0, 5, 3, 4), (0, 3, 6, 0), (0, 6, 3, 0))
"""Progressions that rest on the tonic, as those do whose key a listener can name."""
