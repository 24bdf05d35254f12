"""The referee of the ears: that its set is what it says, that it tells right from wrong, and that missing peers are named."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks import sound_ears
from benchmarks.sound_ears import ACC2, AUBIO, BARS, BEATS, GRIDS, KEYS, LIBROSA, OF_AUBIO, OF_LIBROSA, ONES, Told
from benchmarks.sound_ears_fit import SEEDS, Choice, fit
from benchmarks.sound_ears_peers import PACKAGES, Answer
from benchmarks.sound_ears_tracks import KnownTrack, known_tracks
from dsp.block import SAMPLE_RATE, silence
from dsp.hearing import BeatGrid, Key, Tempo

TRACK = KnownTrack("house", silence(0), 120.0, 12_000.0, 4, 9, True, 10.0)
KEY = Key(9, True, 0.9, 12.0)
GRID = BeatGrid(120.0, 12_000.0, 0, 4, 0.9)
VERSIONS = {LIBROSA: "0.11.0", AUBIO: "0.4.12"}


def told(bpm: float = 120.0, grid: BeatGrid | None = GRID, key: Key = KEY, theirs: float = 120.0) -> Told:
    answers = {LIBROSA: Answer(theirs, 0.3, 9, True), AUBIO: Answer(theirs / 2.0, 0.1)}
    return Told(TRACK, Tempo(bpm, 0.9, ()), grid, key, 0.2, answers)


def test_the_set_is_the_same_each_time_and_not_what_the_weights_were_fitted_to() -> None:
    one, again, other = (next(known_tracks(1, seed)) for seed in (sound_ears.SEED, sound_ears.SEED, 1))
    assert (one.samples == again.samples).all()
    assert one.bpm == again.bpm
    assert other.bpm != one.bpm
    assert sound_ears.SEED not in SEEDS
    assert sound_ears.TRACKS >= 100


def test_a_known_track_begins_its_bars_where_it_says() -> None:
    """On the mean there is more bass in the twentieth of a second after the ones than between them."""
    track = next(known_tracks(1, sound_ears.SEED))
    bar = track.beats_a_bar * 60.0 * SAMPLE_RATE / track.bpm
    starts = track.downbeat_frames + bar * np.arange(8, 20)
    loud, quiet = (
        np.mean([np.square(track.samples[:, round(at) : round(at) + 2400]).mean() for at in starts + shift]) for shift in (0.0, -3600.0)
    )
    assert loud > 1.5 * quiet


@pytest.mark.parametrize(
    ("bpm", "acc1", "acc2"),
    [
        (120.0, True, True),
        (124.0, True, True),
        (126.0, False, False),
        (60.0, False, True),
        (241.0, False, True),
        (40.0, False, True),
        (0.0, False, False),
    ],
)
def test_a_tempo_is_judged_with_and_without_its_octave(bpm: float, acc1: bool, acc2: bool) -> None:
    assert sound_ears.is_right(bpm, TRACK) is acc1
    assert sound_ears.is_right(bpm, TRACK, sound_ears.OCTAVES) is acc2


def test_a_grid_is_judged_by_its_worst_beat() -> None:
    assert sound_ears.worst_beat_ms(GRID, TRACK, 60.0) == pytest.approx(0.0, abs=1e-6)
    assert sound_ears.worst_beat_ms(replace(GRID, first_beat_frames=12_480.0), TRACK, 60.0) == pytest.approx(10.0)
    assert sound_ears.worst_beat_ms(replace(GRID, bpm=240.0), TRACK, 60.0) == pytest.approx(0.0, abs=1e-6)
    assert sound_ears.worst_beat_ms(replace(GRID, bpm=60.0), TRACK, 60.0) == pytest.approx(0.0, abs=1e-6)
    assert sound_ears.worst_beat_ms(replace(GRID, bpm=120.06), TRACK, 60.0) == pytest.approx(29.7, abs=0.5), "it drifts away"


def test_bars_must_begin_on_the_ones() -> None:
    assert sound_ears.begins_on_the_one(GRID, TRACK)
    assert not sound_ears.begins_on_the_one(replace(GRID, downbeat=1), TRACK)
    assert not sound_ears.begins_on_the_one(replace(GRID, beats_a_bar=3), TRACK)
    assert sound_ears.begins_on_the_one(replace(GRID, first_beat_frames=12_000.0 + 24_000.0, downbeat=3), TRACK)


def test_every_bar_has_its_row_and_they_hold_where_all_is_right() -> None:
    made = {row.name: row for row in sound_ears.rows([told(), told()], VERSIONS)}
    assert made.keys() == {bar.name for bar in BARS}
    assert all(row.holds for row in made.values())
    assert made[OF_LIBROSA.name].peer == 1.0
    assert made[OF_AUBIO.name].value == 1.0, "aubio said the half"


def test_what_is_wrong_is_found_out() -> None:
    worse = [
        told(bpm=60.0, theirs=120.0),
        told(bpm=90.0, grid=replace(GRID, first_beat_frames=15_000.0, downbeat=1), key=Key(9, False, 0.9, 0.0)),
        told(grid=replace(GRID, confidence=0.2)),
        told(grid=None),
    ]
    made = {row.name: row for row in sound_ears.rows(worse, VERSIONS)}
    assert made[OF_LIBROSA.name].value == pytest.approx(-0.5)
    assert made[ACC2.name].value == 0.75
    assert made[KEYS.name].value == 0.75
    assert made[BEATS.name].value == pytest.approx(62.5)
    assert made[ONES.name].value == 0.5
    assert made[GRIDS.name].value == 0.5
    assert not any(row.holds for row in (made[bar.name] for bar in (OF_LIBROSA, ACC2, KEYS, BEATS, ONES, GRIDS)))


def test_a_peer_that_is_missing_is_named_with_how_to_install_it() -> None:
    made = {row.name: row for row in sound_ears.rows([told()], {})}
    for bar, name in ((OF_LIBROSA, LIBROSA), (OF_AUBIO, AUBIO)):
        row = made[bar.name]
        assert not row.holds
        assert row.value is None
        assert f"pip install {PACKAGES[name]}" in row.note
    assert made[KEYS.name].holds, "a peer is no bar of ours"


def test_the_fit_finds_what_tells_the_right_ones() -> None:
    rng = np.random.default_rng(0)
    choices = []
    for _ in range(200):
        evidence = rng.standard_normal((5, 3))
        choices.append(Choice(evidence, np.arange(5) == evidence[:, 1].argmax()))
    weights = fit(choices, np.full(3, 0.1))
    assert weights[1] > 3.0
    assert np.abs(weights[[0, 2]]).max() < 1.0
