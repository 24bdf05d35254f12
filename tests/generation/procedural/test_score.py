from itertools import combinations

import numpy as np
import pytest

from dsp.block import SAMPLE_RATE
from generation.brief import GENRES, Brief
from generation.procedural.hand import LATEST_SECONDS
from generation.procedural.part import Part
from generation.procedural.plan import Kind
from generation.procedural.score import write_score
from generation.procedural.spec import Spec, generator, specify

DIFFERENT = {False: (Part.BASS, Part.KICK, Part.HATS), True: (Part.BASS, Part.PAD)}
"""What tells two pieces apart, with drums and without."""


def pieces(genre: str, seeds: int) -> list[Spec]:
    return [specify(Brief(genre, seed, 120.0)) for seed in range(seeds)]


@pytest.mark.parametrize("genre", GENRES)
def test_no_two_seeds_write_the_same(genre: str) -> None:
    scores = [write_score(spec) for spec in pieces(genre, 8)]
    for one, other in combinations(scores, 2):
        for part in DIFFERENT[one.hits[Part.KICK] == ()]:
            first, second = (score.notes.get(part) or score.hits.get(part) for score in (one, other))
            assert first != second, part


@pytest.mark.parametrize("genre", GENRES)
def test_every_event_is_on_the_grid_and_within_the_track(genre: str) -> None:
    for spec in pieces(genre, 4):
        score = write_score(spec)
        grid = sorted(spec.grid.frame_of(bar, step / 2) for bar in range(spec.plan.bars) for step in range(32))
        events = [event for part in (*score.hits.values(), *score.notes.values()) for event in part]
        end = spec.grid.frame_of(spec.plan.bars)
        frames = np.array([event.frame for event in events if event.frame < end])
        places = np.searchsorted(grid, frames).clip(1, len(grid) - 1)
        nearest = np.minimum(np.abs(frames - np.take(grid, places)), np.abs(frames - np.take(grid, places - 1)))
        assert nearest.max() <= (LATEST_SECONDS + spec.style.finish.drag_seconds) * SAMPLE_RATE + 1
        assert frames.min() < spec.grid.bar_frames
        assert frames.max() < grid[-1] + spec.grid.step_frames
        assert max(event.frame for event in events) < end + SAMPLE_RATE // 4
        assert all(part == tuple(sorted(part, key=lambda event: event.frame)) for part in score.notes.values())
        assert all(0.0 < event.velocity <= 1.0 for event in events)


@pytest.mark.parametrize("genre", [genre for genre in GENRES if genre != "ambient"])
def test_the_bass_drum_is_exact_and_rests_in_the_break(genre: str) -> None:
    spec = specify(Brief(genre, 3, 200.0))
    kicks = [hit.frame for hit in write_score(spec).hits[Part.KICK] if hit.velocity > 0.85]
    steps = {spec.grid.frame_of(bar, step) for bar in range(spec.plan.bars) for step in range(16)}
    assert kicks
    assert sum(kick in steps for kick in kicks) > 0.95 * len(kicks)
    rest = next(section for section in spec.plan.sections if section.kind is Kind.BREAK)
    start, end = spec.grid.frame_of(rest.first_bar), spec.grid.frame_of(rest.first_bar + rest.bars)
    assert not [kick for kick in kicks if start <= kick < end]


def test_the_same_brief_writes_the_same() -> None:
    brief = Brief("trance", 5, 120.0)
    assert write_score(specify(brief)) == write_score(specify(brief))


def test_each_stream_of_chance_is_its_own() -> None:
    brief = Brief("house", 5, 120.0)
    draws = {stream: generator(brief, stream).random() for stream in ("form", "kit", "tune", *Part)}
    assert len(set(draws.values())) == len(draws)
    assert generator(brief, "tune").random() == draws["tune"]


def test_pitches_stay_where_they_sound_well() -> None:
    ranges = {Part.BASS: (28, 58), Part.PAD: (40, 80), Part.STAB: (50, 80), Part.ARP: (50, 108), Part.LEAD: (55, 88)}
    for genre in GENRES:
        for spec in pieces(genre, 6):
            for part, notes in write_score(spec).notes.items():
                low, high = ranges[part]
                assert all(low <= note.pitch <= high for note in notes), (genre, part, {note.pitch for note in notes})


def test_every_note_of_a_chord_and_melody_is_of_the_key() -> None:
    for genre in GENRES:
        for spec in pieces(genre, 6):
            scale = {(spec.key.tonic + spec.key.semitones(degree)) % 12 for degree in range(7)}
            for part, notes in write_score(spec).notes.items():
                assert {note.pitch % 12 for note in notes} <= scale, (genre, part)


def test_ambient_has_no_drums_and_lo_fi_a_late_backbeat() -> None:
    assert not any(hits for spec in pieces("ambient", 6) for hits in write_score(spec).hits.values())
    spec = specify(Brief("lo-fi", 2, 120.0))
    drag = spec.style.finish.drag_seconds * SAMPLE_RATE
    beats = [spec.grid.frame_of(bar, step) for bar in range(spec.plan.bars) for step in (4, 12)]
    late = [min(hit.frame - beat for beat in beats if hit.frame - beat > -2000) for hit in write_score(spec).hits[Part.BACKBEAT]]
    close = [value for value in late if abs(value) < 1200]
    assert len(close) > 20
    assert abs(float(np.median(close)) - drag) < 0.002 * SAMPLE_RATE
