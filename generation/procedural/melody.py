"""Writes the melody: two phrases of two bars, played A A B A over the chart.

A phrase is a rhythm and a contour. Its tones are of the scale, on the beats of the chord; the range is about an octave; after a leap
it steps back; the last A comes to rest on the chord.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from generation.key import Key
from generation.procedural.event import Note
from generation.procedural.grid import STEPS
from generation.procedural.hand import Hand
from generation.procedural.harmony import Chord
from generation.procedural.part import Part
from generation.procedural.plan import Kind, Plan
from generation.procedural.rhythm import struck

CONTOURS: Final[dict[str, tuple[float, ...]]] = {
    "arch": (0.0, 0.5, 1.0, 0.7, 0.3),
    "fall": (1.0, 0.8, 0.55, 0.3, 0.1),
    "rise": (0.1, 0.3, 0.5, 0.75, 1.0),
    "wave": (0.4, 0.9, 0.3, 0.8, 0.2),
    "bowl": (0.9, 0.4, 0.0, 0.4, 0.8),
    "late": (0.2, 0.25, 0.2, 0.6, 1.0),
    "level": (0.5, 0.6, 0.45, 0.55, 0.5),
}
"""Height over the length of a phrase, 0 to 1 of the range."""
_RANGE_STEPS: Final = 7
_LEAP: Final = 4
"""More scale steps than this are a leap."""
_REPEATING: Final = 1.6
"""How many semitones off the contour it may go rather than repeat a tone."""
_PHRASE_BARS: Final = 2
_FORM: Final = "AABA"


@dataclass(frozen=True, slots=True)
class Tune:
    """What a melody is made of."""

    rhythms: tuple[str, str]
    """Of A and B, two bars each."""
    contours: tuple[str, str]
    jitter: tuple[tuple[float, ...], tuple[float, ...]]
    """How far each note of A and B lies off its contour, in scale steps."""
    centre: int
    """The pitch in the middle of the range."""


def compose_tune(rhythms: Sequence[str], centre: int, rng: np.random.Generator) -> Tune:
    """A tune from the rhythms of a style."""
    first, second = (rhythms[i] for i in rng.permutation(len(rhythms))[:2])
    contours = [list(CONTOURS)[i] for i in rng.permutation(len(CONTOURS))[:2]]
    jitter = tuple(tuple(float(x) for x in rng.choice((-1.0, 0.0, 0.0, 1.0, 2.0), 2 * STEPS)) for _ in range(2))
    return Tune((first, second), (contours[0], contours[1]), (jitter[0], jitter[1]), centre)


def write_melody(tune: Tune, plan: Plan, chart: Sequence[Chord], key: Key, hand: Hand) -> tuple[Note, ...]:
    """The tune wherever the lead plays; in the break at half velocity and from its second half on fuller."""
    notes: list[Note] = []
    before: int | None = None
    for bar in plan.playing(Part.LEAD):
        letter = _FORM[bar.place // _PHRASE_BARS % len(_FORM)]
        resting = bar.place // _PHRASE_BARS % len(_FORM) == 3 and bar.place % _PHRASE_BARS == 1
        for step, meant, steps in _strokes(tune, letter, bar.place, resting):
            pitch = _pitch(tune, letter, bar.place % _PHRASE_BARS, step, chart[bar.index], key, before, resting and steps > 3)
            velocity = hand.velocity(meant) * (0.75 if bar.kind is Kind.BREAK and bar.along < 0.5 else 1.0)
            notes.append(Note(hand.frame(bar.index, step), hand.frames(steps * 0.95), pitch, velocity, before))
            before = pitch
    return tuple(notes)


def _strokes(tune: Tune, letter: str, place: int, resting: bool) -> Iterator[tuple[int, float, int]]:
    """(step, velocity, steps) of a bar. The resting bar keeps its first half and holds its last note."""
    rhythm = tune.rhythms[letter == "B"]
    strokes = struck(rhythm, place)
    if resting:
        strokes = [stroke for stroke in strokes if stroke[0] <= STEPS // 2] or strokes[:1]
    ends = [step for step, _ in strokes[1:]] + [STEPS]
    for (step, velocity), end in zip(strokes, ends, strict=True):
        yield step, velocity, min(end - step, 8 if resting else 6)


def _pitch(tune: Tune, letter: str, place: int, step: int, chord: Chord, key: Key, before: int | None, resting: bool) -> int:
    """The tone for a stroke: of the chord on a beat or at rest, else of the scale, near the contour."""
    which = int(letter == "B")
    along = (place * STEPS + step) / (_PHRASE_BARS * STEPS)
    points = CONTOURS[tune.contours[which]]
    height = float(np.interp(along, np.linspace(0.0, 1.0, len(points)), points)) - 0.5
    wished = height * _RANGE_STEPS + tune.jitter[which][place * STEPS + step] + (1.0 if which else 0.0)
    target = tune.centre + wished * 12.0 / 7.0
    allowed = chord.tones if step % 4 == 0 or resting else tuple((key.tonic + key.semitones(d)) % 12 for d in range(7))
    near = [pitch for pitch in range(tune.centre - 8, tune.centre + 9) if pitch % 12 in allowed]
    if before is not None:
        stepwise = [pitch for pitch in near if abs(pitch - before) <= _LEAP * 12 / 7]
        near = stepwise or near
        target += 0.15 * (before - target)
    return min(near, key=lambda pitch: (abs(pitch - target) + _REPEATING * (pitch == before), pitch))
