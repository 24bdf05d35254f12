"""Energy: louder, busier and brighter is more; silence has none."""

import numpy as np

from dsp.block import SAMPLE_RATE, Samples, silence
from dsp.energy import find_energy
from dsp.spectrogram import make_spectrogram
from tests.dsp.playing import MAJOR, chords, drums
from tests.dsp.sounds import music


def energy(samples: Samples, lufs: float = -14.0) -> float:
    return find_energy(make_spectrogram(samples), lufs)


def test_a_louder_track_has_more() -> None:
    assert energy(music(), -24.0) < energy(music(), -14.0) < energy(music(), -8.0)


def test_drums_have_more_than_held_chords_and_faster_ones_than_slower() -> None:
    held = chords(((0, MAJOR),), 12.0, 6.0)
    assert energy(held) < energy(drums(70.0, 12.0)) < energy(drums(150.0, 12.0))


def test_a_dull_copy_has_less() -> None:
    spectrum = np.fft.rfft(music(), axis=1)
    spectrum[:, np.fft.rfftfreq(music().shape[1], 1 / SAMPLE_RATE) > 1000.0] = 0
    dull = np.fft.irfft(spectrum, music().shape[1], axis=1).astype(np.float32)
    assert energy(dull) < energy(music()) - 0.05


def test_it_lies_between_nothing_and_one() -> None:
    assert energy(silence(SAMPLE_RATE)) == 0.0
    assert energy(silence(1)) == 0.0
    assert 0.0 < energy(music(), -60.0) < energy(music(), 0.0) <= 1.0


def test_silence_around_a_track_takes_nothing_away() -> None:
    around = silence(8 * SAMPLE_RATE)
    padded = np.concatenate((around, music(), around), axis=1)
    assert abs(energy(padded) - energy(music())) < 0.05
