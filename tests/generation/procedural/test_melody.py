from itertools import pairwise

import numpy as np

from generation.key import Key
from generation.procedural.event import Note
from generation.procedural.grid import Grid
from generation.procedural.hand import Hand
from generation.procedural.harmony import Chord, chart_of
from generation.procedural.melody import compose_tune, write_melody
from generation.procedural.part import Part
from generation.procedural.plan import Kind, Plan, Section

RHYTHMS = ("x..x..x.x...x...x..x..x.x.......", "x.x.x..x..x.x...x.x.x..x..x.....")
KEY = Key(9, "minor")
GRID = Grid(120.0)
PLAN = Plan((Section(Kind.DROP2, 0, 16),), {Kind.DROP2: {Part.LEAD: (0.0, 1.0)}})
CHART = chart_of(PLAN, KEY, "1 6 3 7", "1 6 3 7", "triad", 2)


def melody(seed: int) -> tuple[Note, ...]:
    rng = np.random.default_rng(seed)
    return write_melody(compose_tune(RHYTHMS, 72, rng), PLAN, CHART, KEY, Hand(GRID, rng, 0.0))


def bars(notes: tuple[Note, ...], first: int, count: int) -> list[tuple[int, int]]:
    """(frames from the first bar, pitch) of some bars."""
    start, end = GRID.frame_of(first), GRID.frame_of(first + count)
    return [(note.frame - start, note.pitch) for note in notes if start <= note.frame < end]


def chord_at(frame: int) -> Chord:
    return CHART[int(frame // GRID.bar_frames)]


def test_chord_tones_on_the_beats() -> None:
    for seed in range(10):
        for note in melody(seed):
            if round(note.frame / GRID.step_frames) % 4 == 0:
                assert note.pitch % 12 in chord_at(note.frame).tones


def test_the_range_is_little_more_than_an_octave_and_leaps_are_rare() -> None:
    for seed in range(10):
        pitches = [note.pitch for note in melody(seed)]
        assert max(pitches) - min(pitches) <= 17
        steps = np.abs(np.diff(pitches))
        assert steps.max() <= 12
        assert np.mean(steps > 7) < 0.15


def test_the_form_is_a_a_b_a() -> None:
    notes = melody(3)
    rhythm = [[frame for frame, _ in bars(notes, first, 2)] for first in (0, 2, 4, 6)]
    assert rhythm[0] == rhythm[1]
    assert rhythm[0] != rhythm[2]
    assert bars(notes, 6, 1)[0][0] == bars(notes, 0, 1)[0][0]
    assert bars(notes, 0, 8) == bars(notes, 8, 8)


def test_the_last_phrase_comes_to_rest_on_the_chord() -> None:
    for seed in range(10):
        last = [note for note in melody(seed) if note.frame < GRID.frame_of(8)][-1]
        assert last.pitch % 12 in CHART[7].tones
        assert last.frames >= 4 * GRID.step_frames


def test_no_two_notes_sound_at_once() -> None:
    notes = melody(1)
    assert all(note.frame + note.frames <= after.frame + 1 for note, after in pairwise(notes))


def test_seeds_make_other_tunes() -> None:
    assert len({tuple(note.pitch for note in melody(seed)) for seed in range(12)}) == 12
