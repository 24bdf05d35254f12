import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, Samples, frames_of
from generation.procedural.curve import CONTROL_FRAMES, points_of
from generation.procedural.effects import add_reverb, apply_gain, ducking, ensemble, ping_pong, shimmer
from generation.procedural.formants import VOWELS, sing
from generation.procedural.saturation import clip_softly, saturate

FRAMES = 3 * SAMPLE_RATE


def stroke() -> Samples:
    sound = np.zeros((2, FRAMES), np.float32)
    sound[:, :480] = np.random.default_rng(0).standard_normal((2, 480))
    return sound


def level_db(sound: Samples, seconds: float) -> float:
    start = frames_of(seconds)
    return float(10.0 * np.log10(np.mean(sound[:, start : start + frames_of(0.2)] ** 2) + 1e-20))


@pytest.mark.parametrize("seconds", [1.0, 2.0])
def test_a_hall_falls_by_sixty_decibels_in_its_time(seconds: float) -> None:
    wet = np.zeros((2, FRAMES), np.float32)
    add_reverb(wet, stroke(), seconds, 1.25, 18_000.0, 0.5)
    fall = level_db(wet, 0.3) - level_db(wet, 0.3 + seconds / 2.0)
    assert fall == pytest.approx(30.0, abs=8.0)
    assert np.isfinite(wet).all()
    early = wet[:, frames_of(0.1) : frames_of(0.6)]
    assert abs(np.corrcoef(early)[0, 1]) < 0.4


def test_a_hall_adds_to_what_is_there() -> None:
    wet = np.full((2, FRAMES), 0.25, np.float32)
    add_reverb(wet, np.zeros((2, FRAMES), np.float32), 1.0, 1.0, 5000.0, 0.5)
    assert np.all(wet == 0.25)


def test_echoes_change_sides_and_fade() -> None:
    sound = stroke()
    ping_pong(sound, frames_of(0.4), 0.5, 0.6, 0.9)
    left, right = ([level_db(side[np.newaxis], 0.4 * echo) for echo in range(1, 5)] for side in sound)
    assert left[0] > right[0] + 20.0
    assert right[1] > left[1] + 20.0
    assert left[2] < left[0] - 6.0


def test_an_ensemble_widens_what_is_mono() -> None:
    time = np.arange(FRAMES) / SAMPLE_RATE
    sound = np.tile(np.sin(2.0 * np.pi * 330.0 * time), (2, 1)).astype(np.float32)
    ensemble(sound, 1.0, 0.6)
    assert 0.0 < np.corrcoef(sound)[0, 1] < 0.97
    assert np.abs(np.diff(sound)).max() < 0.15


def test_a_shimmer_rises_by_octaves_and_fades() -> None:
    time = np.arange(FRAMES) / SAMPLE_RATE
    sound = np.tile(np.sin(2.0 * np.pi * 440.0 * time), (2, 1)).astype(np.float32)
    shimmer(sound, 0.5)
    power = np.abs(np.fft.rfft(sound[0, SAMPLE_RATE:] * np.hanning(FRAMES - SAMPLE_RATE))) ** 2
    hz = np.fft.rfftfreq(FRAMES - SAMPLE_RATE, 1.0 / SAMPLE_RATE)
    here, octave, double, between = (float(power[np.abs(hz - at) < 30.0].sum()) for at in (440.0, 880.0, 1760.0, 660.0))
    assert here > octave > double > 10.0 * between
    tail = stroke()
    shimmer(tail, 0.5)
    assert level_db(tail, 1.5) < level_db(tail, 0.1) - 12.0


def test_the_music_gives_way_to_each_kick_and_comes_back() -> None:
    gain = ducking(FRAMES, [0, SAMPLE_RATE], 0.25)
    assert gain[0] == 0.0
    assert len(gain) == points_of(FRAMES)
    assert gain[SAMPLE_RATE // CONTROL_FRAMES] == 0.0
    assert gain[points_of(frames_of(0.3))] == 1.0
    assert np.abs(np.diff(gain)).max() < 0.25
    sound = np.ones((2, FRAMES), np.float32)
    apply_gain(sound, gain, 0.6)
    assert sound.min() == pytest.approx(0.4)
    assert np.abs(np.diff(sound)).max() < 0.006
    assert sound[0, frames_of(0.3)] == 1.0


def test_a_kick_at_the_very_end_is_no_trouble() -> None:
    assert ducking(100, [99], 0.25)[-1] == 0.0


def test_saturation_keeps_quiet_sound_and_bends_loud() -> None:
    quiet = np.full((2, 8), 0.001, np.float32)
    saturate(quiet, 2.0)
    assert quiet == pytest.approx(0.001, rel=1e-3)
    loud = np.full((2, 8), 5.0, np.float32)
    saturate(loud, 2.0)
    assert loud == pytest.approx(0.5)


def test_soft_clipping_never_passes_its_ceiling_and_leaves_the_rest_alone() -> None:
    sound = np.linspace(-9.0, 9.0, 2001, dtype=np.float32)[np.newaxis].copy()
    before = sound.copy()
    clip_softly(sound, 0.6, 0.95)
    assert np.abs(sound).max() < 0.95
    small = np.abs(before) <= 0.6
    assert np.array_equal(sound[small], before[small])
    assert np.all(np.diff(sound) >= 0.0)


def test_vowels_stand_where_they_are_whatever_the_pitch() -> None:
    noise = np.random.default_rng(0).standard_normal((2, FRAMES)).astype(np.float32)
    sing(noise, "uu", 1.0)
    power = np.abs(np.fft.rfft(noise[0])) ** 2
    first = VOWELS["u"][0][0]
    band = [power[int(hz * 3 * 0.9) : int(hz * 3 * 1.1)].mean() for hz in (first, 1500.0, 6000.0)]
    assert band[0] > 4.0 * band[1] > 0.0
    assert band[0] > 10.0 * band[2]
