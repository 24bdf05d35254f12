import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, Samples, frames_of
from generation.procedural.curve import CONTROL_FRAMES, points_of
from generation.procedural.effects import apply_gain, ducking, ensemble, ping_pong

FRAMES = 3 * SAMPLE_RATE


def stroke() -> Samples:
    sound = np.zeros((2, FRAMES), np.float32)
    sound[:, :480] = np.random.default_rng(0).standard_normal((2, 480))
    return sound


def level_db(sound: Samples, seconds: float) -> float:
    start = frames_of(seconds)
    return float(10.0 * np.log10(np.mean(sound[:, start : start + frames_of(0.2)] ** 2) + 1e-20))


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
