"""Chords: which tones, and in which octaves, so that each voice moves as little as it can from one chord to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from generation.key import Key
from generation.procedural.plan import Kind, Plan

COLOURS: Final[dict[str, tuple[int, ...]]] = {
    "fifth": (0, 4),
    "triad": (0, 2, 4),
    "seventh": (0, 2, 4, 6),
    "ninth": (2, 4, 6, 8),
    "added ninth": (0, 2, 4, 8),
    "sus2": (0, 1, 4),
    "sus4": (0, 3, 4),
    "eleventh": (0, 6, 8, 10),
    "six nine": (0, 2, 5, 8),
}
"""Scale steps above the root. The bass plays the root of the ninth, whose chord leaves it out."""
_HARSH: Final = {(1, 1), (8, 1), (3, 6), (10, 6)}
"""(scale step, semitones modulo 12) that a chord leaves out: the ninth or second a semitone above its root, the augmented fourth."""
LOWEST_PITCH: Final = 52
HIGHEST_PITCH: Final = 79
_CENTRE: Final = 64.0


@dataclass(frozen=True, slots=True)
class Chord:
    """One chord of the chart."""

    degree: int
    """Of the scale, 0 is the tonic."""
    root: int
    """Pitch class."""
    tones: tuple[int, ...]
    """Pitch classes, the root's triad first."""
    voicing: tuple[int, ...]
    """Pitches, rising."""


def without_diminished(key: Key, degree: int) -> int:
    """The degree itself, or, if its triad is diminished, the one a third below, whose upper part it is."""
    return degree - 2 if (key.semitones(degree + 4) - key.semitones(degree)) % 12 == 6 else degree


def tones_of(key: Key, degree: int, colour: str) -> tuple[int, ...]:
    """Pitch classes of a chord, without what would be harsh; at least a fifth remains."""
    base = key.semitones(degree)
    kept = []
    for step in COLOURS[colour]:
        above = (key.semitones(degree + step) - base) % 12
        if (step, above) not in _HARSH:
            kept.append((key.tonic + base + above) % 12)
    return tuple(kept) if len(kept) > 2 or colour == "fifth" else tones_of(key, degree, "triad")


def voicings(tones: Sequence[int]) -> list[tuple[int, ...]]:
    """Every close position of the tones within the register, and those with the second voice from below an octave up; each rising."""
    found: list[tuple[int, ...]] = []
    ordered = sorted(set(tones))
    for turn in range(len(ordered)):
        inversion = ordered[turn:] + [tone + 12 for tone in ordered[:turn]]
        for octave in range(3, 7):
            close = [tone + 12 * octave for tone in inversion]
            opened = sorted([close[0], *close[2:], close[1] + 12]) if len(close) > 2 else close
            found += [tuple(pitches) for pitches in (close, opened) if pitches[0] >= LOWEST_PITCH and pitches[-1] <= HIGHEST_PITCH]
    return found


def lead_to(previous: tuple[int, ...] | None, tones: Sequence[int]) -> tuple[int, ...]:
    """The voicing that moves least from `previous`, keeps near the middle of the register and has no two voices a semitone apart."""

    def effort(pitches: tuple[int, ...]) -> float:
        rubs = sum(above - below == 1 for below, above in pairwise(pitches))
        home = 0.35 * abs(sum(pitches) / len(pitches) - _CENTRE) + 3.0 * rubs
        if previous is None:
            return home
        return sum(min(abs(pitch - before) for before in previous) for pitch in pitches) + home

    return min(voicings(tones), key=lambda pitches: (effort(pitches), pitches))


def chart_of(plan: Plan, key: Key, progression: str, other: str, colour: str, bars_a_chord: int) -> tuple[Chord, ...]:
    """One chord for each bar. Each section begins the progression anew; the break has its own (`other`), in full chords."""
    chart: list[Chord] = []
    previous: tuple[int, ...] | None = None
    for bar in plan.walk():
        degrees = [without_diminished(key, int(degree) - 1) for degree in (other if bar.kind is Kind.BREAK else progression).split()]
        degree = degrees[bar.place // bars_a_chord % len(degrees)]
        if chart and bar.place % bars_a_chord and chart[-1].degree == degree:
            chart.append(chart[-1])
            continue
        tones = tones_of(key, degree, "triad" if colour == "fifth" and bar.kind is Kind.BREAK else colour)
        previous = lead_to(previous, tones)
        chart.append(Chord(degree, (key.tonic + key.semitones(degree)) % 12, tones, previous))
    return tuple(chart)
