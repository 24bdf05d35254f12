import numpy as np
import pytest

from generation.musicgen.melody import HOP, WINDOW, chroma, chroma_filters, no_melody, passage
from tests.models import RATE, models


@pytest.mark.parametrize(("hertz", "tone"), [(261.63, 0), (440.0, 9), (523.25, 0), (369.99, 6), (110.0, 9)])
def test_hears_the_tone_whatever_the_octave(hertz: float, tone: int) -> None:
    sound = np.sin(2.0 * np.pi * hertz * np.arange(2 * RATE) / RATE).astype(np.float32)
    heard = chroma(sound, RATE)
    assert heard.shape == (2 * RATE // HOP + 1, 12)
    assert (heard.sum(axis=1) == 1.0).all()
    assert (heard[2:-2].argmax(axis=1) == tone).all()


def test_a_sound_shorter_than_a_window_is_heard_too() -> None:
    assert chroma(np.zeros(100, np.float32), RATE).shape == (WINDOW // HOP + 1, 12)


def test_a_melody_begins_again_where_it_ends() -> None:
    tones = np.eye(12, dtype=np.float32)[[0, 2, 4]]
    assert passage(tones, 0.0, 7, RATE).argmax(axis=1).tolist() == [0, 2, 4, 0, 2, 4, 0]
    assert passage(tones, 4 * HOP / RATE, 2, RATE).argmax(axis=1).tolist() == [2, 4]
    assert no_melody(3).argmax(axis=1).tolist() == [0, 0, 0]


def test_the_filters_are_those_of_transformers() -> None:
    models("transformers")
    from transformers.audio_utils import chroma_filter_bank

    theirs = chroma_filter_bank(sampling_rate=RATE, num_frequency_bins=WINDOW, tuning=0, num_chroma=12)
    assert np.abs(chroma_filters(RATE) - theirs).max() < 1e-9


def test_the_spectrum_is_that_of_torch() -> None:
    models("torch")
    import torch

    sound = np.random.default_rng(0).standard_normal(3 * RATE).astype(np.float32)
    spectrum = torch.stft(torch.from_numpy(sound), WINDOW, HOP, window=torch.hann_window(WINDOW), return_complex=True).abs() ** 2
    theirs = (torch.from_numpy(chroma_filters(RATE)).float() @ spectrum).argmax(dim=0).numpy()
    assert (theirs == chroma(sound, RATE).argmax(axis=1)).all()
