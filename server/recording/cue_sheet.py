"""A cue sheet: which titles lie where in a recording, as players and editors of sound read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dsp.block import SAMPLE_RATE
from server.icy.titles import plain

FRAMES_PER_SECOND: Final = 75
"""Of a compact disc, in which a cue sheet counts."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a title begins."""

    frames: int
    """From the recording's first sample, at 48 kHz."""
    title: str
    artist: str


def cue_sheet(file: str, title: str, station: str, marks: Sequence[Mark]) -> str:
    """The sheet of the recording in `file`; its marks in order."""
    lines = [f"PERFORMER {_quoted(station)}", f"TITLE {_quoted(title)}", f"FILE {_quoted(file)} WAVE"]
    for number, mark in enumerate(marks, 1):
        lines += [f"  TRACK {number:02d} AUDIO", f"    TITLE {_quoted(mark.title)}"]
        lines += [f"    PERFORMER {_quoted(mark.artist)}"] if mark.artist else []
        lines += [f"    INDEX 01 {_index(mark.frames)}"]
    return "\n".join(lines) + "\n"


def _index(frames: int) -> str:
    """mm:ss:ff, rounded down, so that no title begins late."""
    seconds, rest = divmod(frames, SAMPLE_RATE)
    return f"{seconds // 60:02d}:{seconds % 60:02d}:{rest * FRAMES_PER_SECOND // SAMPLE_RATE:02d}"


def _quoted(text: str) -> str:
    """A cue sheet knows no escape for a quote."""
    return '"' + plain(text).replace('"', "'") + '"'
