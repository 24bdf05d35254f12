import numpy as np
import pytest

from generation.procedural.saturation import clip_softly, saturate


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
