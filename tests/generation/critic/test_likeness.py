import numpy as np
import pytest

from dsp.spectrogram import make_spectrogram
from generation.critic.form import heights
from generation.critic.likeness import greatest_likeness, vector_of
from tests.generation.takes import music


def test_a_vector_has_length_one_and_silence_has_none() -> None:
    spectrogram = make_spectrogram(music(20))
    assert np.linalg.norm(vector_of(spectrogram, heights(spectrogram))) == pytest.approx(1.0, abs=1e-5)
    silent = make_spectrogram(np.zeros((2, 480_000), np.float32))
    assert not vector_of(silent, heights(silent)).any()


def test_the_greatest_likeness_is_told_and_what_cannot_be_compared_is_passed_over() -> None:
    one, other = np.array([1.0, 0.0], np.float32), np.array([0.6, 0.8], np.float32)
    assert greatest_likeness(one, [other, -one]) == pytest.approx(0.6)
    assert greatest_likeness(one, []) == 0.0
    assert greatest_likeness(one, [np.ones(3, np.float32), np.zeros(0, np.float32)]) == 0.0
