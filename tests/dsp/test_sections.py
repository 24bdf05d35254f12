import numpy as np
from scipy.signal import butter, sosfilt

from dsp.guard import widened
from dsp.sections import Sections
from tests.dsp.sounds import music


def test_filters_as_scipy_does_block_by_block() -> None:
    coefficients = butter(5, [300.0, 4000.0], "bandpass", fs=48_000, output="sos")
    sections, sound = Sections(coefficients), widened(music(1.0))
    pieces = [np.ascontiguousarray(sound[:, start : start + 700]) for start in range(0, 48_000, 700)]
    for piece in pieces:
        sections.process(piece)
    assert np.abs(np.concatenate(pieces, axis=1) - sosfilt(coefficients, sound)).max() < 1e-13


def test_what_dies_away_is_gone() -> None:
    sections = Sections(butter(2, 20.0, "highpass", fs=48_000, output="sos"))
    sections.process(widened(music(1.0)))
    for _ in range(50):
        silence = np.zeros((2, 9600))
        sections.process(silence)
    assert not silence.any()
