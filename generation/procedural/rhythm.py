"""Reads the rhythms of style.py: which steps of a bar are struck, and how hard."""

from typing import Final

from generation.procedural.grid import STEPS

VELOCITIES: Final = {"X": 1.0, "x": 0.78, "o": 0.45}


def bars_of(rhythm: str) -> int:
    """How many bars it is long."""
    return len(rhythm) // STEPS


def bar_of(rhythm: str, bar: int) -> str:
    """The 16 characters for `bar` of a rhythm that repeats."""
    start = bar % bars_of(rhythm) * STEPS
    return rhythm[start : start + STEPS]


def struck(rhythm: str, bar: int) -> list[tuple[int, float]]:
    """(step, velocity) of each stroke in that bar."""
    return [(step, VELOCITIES[mark]) for step, mark in enumerate(bar_of(rhythm, bar)) if mark != "."]


def lengths(rhythm: str, bar: int, longest: int) -> list[tuple[int, float, int]]:
    """(step, velocity, steps until the next stroke or the bar's end, at most `longest`)."""
    strokes = struck(rhythm, bar)
    ends = [*(step for step, _ in strokes), STEPS][1:]
    return [(step, velocity, min(end - step, longest)) for (step, velocity), end in zip(strokes, ends, strict=True)]
