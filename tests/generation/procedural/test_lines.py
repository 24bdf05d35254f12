"""The writers of bass, chords, arpeggios and drums, on a chart and plan small enough to know by heart."""

import numpy as np

from generation.key import Key
from generation.procedural.arpeggio import Arpeggio, write_arpeggio
from generation.procedural.bassline import root_pitch, write_bass
from generation.procedural.beat import Beat, write_beat
from generation.procedural.chords import write_pad, write_stabs
from generation.procedural.grid import Grid
from generation.procedural.hand import Hand
from generation.procedural.harmony import chart_of
from generation.procedural.kit import Drum
from generation.procedural.part import DRUMS, Part
from generation.procedural.plan import Kind, Plan, Section

KEY = Key(9, "minor")
GRID = Grid(120.0)
ALL = (0.0, 1.0)
EVERYBODY = dict.fromkeys(Part, ALL)
DROP = Plan((Section(Kind.DROP, 0, 8),), {Kind.DROP: EVERYBODY})
CHART = chart_of(DROP, KEY, "1 6 3 7", "1 6 3 7", "triad", 2)
BUILD = Plan((Section(Kind.BUILD, 0, 8), Section(Kind.DROP, 8, 8)), {Kind.BUILD: EVERYBODY, Kind.DROP: EVERYBODY})
GROOVES = {
    Part.KICK: {Drum.KICK: "X...X...X...X..."},
    Part.BACKBEAT: {Drum.CLAP: "....X.......X..."},
    Part.HATS: {Drum.CLOSED: "..x...x...x...x.", Drum.RIDE: "x...x...x...x..."},
    Part.PERCUSSION: {Drum.LOW: "......x........."},
}


def hand() -> Hand:
    return Hand(GRID, np.random.default_rng(0), 0.0)


def test_a_bass_line_is_read_over_the_chords() -> None:
    notes = write_bass("R--.f...o...~t.n", 0.9, DROP, CHART, KEY, hand())
    first = [note for note in notes if note.frame < GRID.frame_of(1)]
    root = root_pitch(CHART[0])
    assert root % 12 == 9
    assert [note.pitch for note in first] == [root, root + 7, root + 12, root + 3, root_pitch(CHART[1])]
    assert [round(note.frame / GRID.step_frames) for note in first] == [0, 4, 8, 13, 15]
    assert first[0].frames == round(2.9 * GRID.step_frames)
    assert [note.glide_from for note in first] == [None, None, None, root + 12, None]
    last = [note for note in notes if GRID.frame_of(1) <= note.frame < GRID.frame_of(2)][-1]
    assert last.pitch == root_pitch(CHART[2])


def test_a_pad_holds_each_chord_as_long_as_it_lasts() -> None:
    notes = write_pad(DROP, CHART, hand())
    assert [note.frame for note in notes[::3]] == [GRID.frame_of(bar) for bar in (0, 2, 4, 6)]
    assert {note.frames for note in notes} == {GRID.frame_of(2)}
    assert tuple(note.pitch for note in notes[:3]) == CHART[0].voicing


def test_stabs_strike_the_chord_of_the_bar() -> None:
    notes = write_stabs("x.....x.........", 2, DROP, CHART, hand())
    assert len(notes) == 8 * 2 * 3
    assert all(note.pitch in CHART[int(note.frame // GRID.bar_frames)].voicing for note in notes)
    assert max(note.frames for note in notes) <= 2 * GRID.step_frames


def test_an_arpeggio_takes_the_chord_apart_in_order() -> None:
    notes = write_arpeggio(Arpeggio("up", "x.x.x.x.x.x.x.x.", 1, 0.9), DROP, CHART, hand())
    chord = CHART[0].voicing
    assert [note.pitch - 12 for note in notes[:5]] == [*chord, chord[0] + 12, chord[0]]
    assert len(notes) == 64


def test_the_drums_fill_at_the_end_of_a_phrase_and_the_ride_waits() -> None:
    hits = write_beat(Beat(GROOVES, GROOVES, True), DROP, hand(), np.random.default_rng(3))
    assert set(hits) == set(DRUMS)
    bars = [
        [
            (round((hit.frame - GRID.frame_of(bar)) / GRID.step_frames, 1), hit.drum)
            for part in DRUMS
            for hit in hits[part]
            if GRID.frame_of(bar) <= hit.frame < GRID.frame_of(bar + 1)
        ]
        for bar in range(8)
    ]
    assert sorted(bars[0]) == sorted(bars[1]) == sorted(bars[2])
    assert sorted(bars[7]) != sorted(bars[6])
    assert Drum.RIDE not in {drum for _, drum in bars[0]}
    assert Drum.RIDE in {drum for _, drum in bars[5]}


def test_the_fourth_bar_is_played_a_little_otherwise_and_the_loud_strokes_stay() -> None:
    hits = write_beat(Beat(GROOVES, GROOVES, True), DROP, hand(), np.random.default_rng(3))
    for part, changes in ((Part.KICK, False), (Part.BACKBEAT, False), (Part.HATS, True), (Part.PERCUSSION, True)):
        bars = [[hit for hit in hits[part] if GRID.frame_of(bar) <= hit.frame < GRID.frame_of(bar + 1)] for bar in (2, 3)]
        places = [
            {round((hit.frame - GRID.frame_of(bar)) / GRID.step_frames) for hit in found} for bar, found in zip((2, 3), bars, strict=True)
        ]
        assert (places[0] != places[1]) is changes, part
        assert len(places[0] ^ places[1]) <= 4


def test_a_line_that_moves_leads_to_the_next_chord_at_the_end_of_four_bars_and_a_held_one_does_not() -> None:
    moving = write_bass("R..r..r...r.o...", 0.9, DROP, CHART, KEY, hand())
    last = [note for note in moving if GRID.frame_of(3) <= note.frame < GRID.frame_of(4)]
    root = root_pitch(CHART[3])
    assert [note.pitch for note in last[-2:]] == [root + 7, root_pitch(CHART[4])]
    held = write_bass("R---------------", 0.9, DROP, CHART, KEY, hand())
    assert len(held) == DROP.bars


def test_a_pad_that_stands_alone_has_its_root_below() -> None:
    alone = Plan(DROP.sections, {Kind.DROP: {Part.PAD: ALL}})
    lowest = [min(note.pitch for note in write_pad(plan, CHART, hand())) for plan in (alone, DROP)]
    assert lowest[0] < 52 <= lowest[1]
    roots = {note.pitch % 12 for note in write_pad(alone, CHART, hand()) if note.pitch < 52}
    assert roots == {chord.root for chord in CHART}


def test_an_arpeggio_turns_round_with_each_phrase_and_climbs_at_the_height() -> None:
    plan = Plan((Section(Kind.DROP2, 0, 32),), {Kind.DROP2: EVERYBODY})
    chart = chart_of(plan, KEY, "1", "1", "triad", 2)
    notes = write_arpeggio(Arpeggio("up", "x.x.x.x.x.x.x.x.", 0, 0.9), plan, chart, hand())
    first, second, third = ([note.pitch for note in notes[8 * bar : 8 * bar + 4]] for bar in (0, 8, 16))
    voicing = chart[0].voicing
    assert first == [*voicing, voicing[0] + 12]
    assert second[1:] == [voicing[2], voicing[1], voicing[0]]
    assert {pitch - 12 for pitch in third} == set(first)


def test_a_build_rolls_grows_and_holds_its_breath() -> None:
    hits = write_beat(Beat(GROOVES, GROOVES, True), BUILD, hand(), np.random.default_rng(3))
    roll = [hit for hit in hits[Part.BACKBEAT] if GRID.frame_of(4) <= hit.frame < GRID.frame_of(8)]
    counts = [sum(GRID.frame_of(bar) <= hit.frame < GRID.frame_of(bar + 1) for hit in roll) for bar in (4, 7)]
    assert counts[1] > counts[0] > 4
    assert roll[-1].frame < GRID.frame_of(7, 12)
    assert not [hit for hit in hits[Part.KICK] if GRID.frame_of(7) <= hit.frame < GRID.frame_of(8)]
    assert any(hit.frame == GRID.frame_of(8) for hit in hits[Part.KICK])
