import numpy as np
import pytest

from generation.key import Key
from generation.procedural.ending import last_hits, write_ending
from generation.procedural.grid import Grid
from generation.procedural.harmony import chart_of
from generation.procedural.part import Part
from generation.procedural.plan import Kind, Plan, Section

GRID = Grid(96.0)
KEY = Key(9, "minor")
ALL = (0.0, 1.0)
VOICES = (Part.BASS, Part.PAD, Part.STAB, Part.KICK)
PLAN = Plan((Section(Kind.DROP, 0, 8), Section(Kind.OUTRO, 8, 4)), {Kind.DROP: dict.fromkeys(VOICES, ALL)})
CHART = chart_of(PLAN, KEY, "6 4", "6 4", "triad", 2)


def test_a_piece_comes_home_after_its_last_bar() -> None:
    ending = write_ending(PLAN, GRID, CHART, KEY, "triad", closes=True)
    assert set(ending) == {Part.BASS, Part.PAD, Part.STAB}
    assert CHART[-1].root != KEY.tonic
    assert {note.pitch % 12 for note in ending[Part.PAD]} == {9, 0, 4}
    assert [note.pitch % 12 for note in ending[Part.BASS]] == [9]
    first = GRID.frame_of(PLAN.bars)
    frames = [note.frame for notes in ending.values() for note in notes]
    assert min(frames) == first
    assert max(frames) - first < 0.2 * 48_000
    strummed = [note.frame for note in ending[Part.STAB]]
    assert strummed == sorted(set(strummed))


def test_it_moves_to_the_last_chord_by_the_nearest_way() -> None:
    ending = write_ending(PLAN, GRID, CHART, KEY, "triad", closes=True)
    before = np.mean(CHART[-1].voicing)
    assert abs(np.mean([note.pitch for note in ending[Part.PAD]]) - before) < 5.0


def test_what_is_mixed_into_the_next_ends_on_its_beat() -> None:
    ending = write_ending(PLAN, GRID, CHART, KEY, "triad", closes=False)
    assert set(ending) == {Part.BASS}
    assert ending[Part.BASS][0].frames < GRID.bar_frames / 4.0
    assert [hit.frame for hit in last_hits(PLAN, GRID)[Part.KICK]] == [GRID.frame_of(PLAN.bars)]


@pytest.mark.parametrize("closes", [True, False])
def test_nobody_enters_who_never_played(closes: bool) -> None:
    plan = Plan(PLAN.sections, {Kind.DROP: {Part.PAD: ALL}})
    assert set(write_ending(plan, GRID, CHART, KEY, "fifth", closes)) == ({Part.PAD} if closes else set())
    assert last_hits(plan, GRID) == {}
