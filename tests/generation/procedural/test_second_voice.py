from generation.key import Key
from generation.procedural.event import Note
from generation.procedural.grid import Grid
from generation.procedural.harmony import chart_of
from generation.procedural.plan import Kind, Plan, Section
from generation.procedural.second_voice import write_second_voice

GRID = Grid(120.0)
PLAN = Plan((Section(Kind.DROP, 0, 4), Section(Kind.DROP2, 4, 8)), {})
CHART = chart_of(PLAN, Key(0, "major"), "1 5", "1 5", "triad", 2)


def notes(pitch: int) -> list[Note]:
    """One in the middle of each bar, a little early."""
    return [Note(GRID.frame_of(bar, 8) - 90, 4_000, pitch, 0.8, glide_from=60) for bar in range(PLAN.bars)]


def test_it_waits_for_the_second_half_of_the_second_drop() -> None:
    second = write_second_voice(notes(76), PLAN, GRID, CHART)
    assert [int(note.frame // GRID.bar_frames) for note in second] == [8, 9, 10, 11]


def test_it_sings_a_chord_tone_a_third_to_a_sixth_below_and_softer() -> None:
    for pitch in range(67, 80):
        for note in write_second_voice(notes(pitch), PLAN, GRID, CHART):
            assert 3 <= pitch - note.pitch <= 9
            assert note.pitch % 12 in CHART[int(note.frame // GRID.bar_frames)].tones
            assert note.velocity < 0.6
            assert note.glide_from is None


def test_a_note_just_before_its_bar_belongs_to_it() -> None:
    early = [Note(GRID.frame_of(10) - 100, 4_000, 74, 0.8)]
    assert CHART[9].tones != CHART[10].tones
    assert [note.pitch % 12 in CHART[10].tones for note in write_second_voice(early, PLAN, GRID, CHART)] == [True]
