import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, Samples
from dsp.loudness import measure_loudness
from dsp.true_peak import true_peak_dbtp
from generation.brief import Brief
from generation.procedural.mastering import balance_db, master
from generation.procedural.spec import Spec, specify

SPEC: Spec = specify(Brief("house", 1, 30.0))
WINDOW = 32_768


def coloured_noise(slope: float) -> Samples:
    """Noise whose power falls by f^slope, a little apart on the sides."""
    rng = np.random.default_rng(0)
    hz = np.maximum(15.0, np.fft.rfftfreq(SPEC.frames, 1.0 / SAMPLE_RATE))
    shared, left, right = (rng.standard_normal(len(hz)) + 1j * rng.standard_normal(len(hz)) for _ in range(3))
    sides = [np.fft.irfft((shared + 0.5 * own) * hz ** (slope / 2.0), SPEC.frames) for own in (left, right)]
    return (np.stack(sides) / np.abs(sides).max()).astype(np.float32)


def distance_db(sound: Samples) -> float:
    windows = [sound[:, start : start + WINDOW] for start in range(SAMPLE_RATE * 8, SAMPLE_RATE * 20, WINDOW)]
    return float(np.abs(np.array(balance_db(windows)) - SPEC.style.finish.balance_db).max())


@pytest.mark.parametrize("slope", [-1.1, -1.9])
def test_brings_what_is_off_balance_nearer(slope: float) -> None:
    sound = coloured_noise(slope)
    before = distance_db(sound)
    assert distance_db(master(sound.copy(), SPEC)) < before - 0.8


def test_ends_at_its_loudness_below_the_ceiling_and_without_a_cut() -> None:
    sound = coloured_noise(-1.5)
    sound[:, ::24_000] *= 30.0
    mastered = master(sound, SPEC)
    assert measure_loudness(mastered).integrated_lufs == pytest.approx(-16.0, abs=0.3)
    assert true_peak_dbtp(mastered) <= -1.0
    assert np.abs(mastered[:, -480:]).max() < 0.01


def test_moves_nothing_in_time() -> None:
    sound = np.zeros((2, SPEC.frames), np.float32)
    strokes = range(SAMPLE_RATE, SPEC.frames - 3 * SAMPLE_RATE, SAMPLE_RATE // 2)
    for frame in strokes:
        sound[:, frame] = 1.0
    mastered = master(sound, SPEC)
    assert all(abs(int(np.argmax(np.abs(mastered[0, frame - 100 : frame + 100]))) - 100) <= 2 for frame in strokes)
