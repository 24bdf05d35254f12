"""The listener of the live benchmark: what he takes for a silence, and whose tone he hears."""

import numpy as np
import pytest

from benchmarks.outs_live import LOWEST_HERTZ, RATE, STEP_HERTZ, Ear


def tone(number: int, seconds: float = 1.0) -> np.ndarray:
    wave = 0.3 * np.sin(2 * np.pi * (LOWEST_HERTZ + number * STEP_HERTZ) / RATE * np.arange(round(seconds * RATE)) + 0.1)
    return np.repeat(wave[:, None], 2, axis=1)


def silence(seconds: float) -> np.ndarray:
    return np.zeros((round(seconds * RATE), 2))


def heard(*sounds: np.ndarray, piece_bytes: int = 10_001) -> Ear:
    """An ear that got all of it in pieces, and a second of sound behind it."""
    ear = Ear()
    pcm = (np.concatenate([*sounds, tone(99)]) * 32_767).astype("<i2").tobytes()
    for at in range(0, len(pcm), piece_bytes):
        ear.take(pcm[at : at + piece_bytes])
    return ear


@pytest.mark.parametrize("before", [0.05, 0.09, 0.1, 0.1234])
@pytest.mark.parametrize(("seconds", "silences"), [(0.019, 0), (0.022, 1), (0.1, 1), (0.2, 1), (0.35, 1)])
def test_silences_wherever_they_lie(before: float, seconds: float, silences: int) -> None:
    assert heard(tone(1, before), silence(seconds)).silences == silences


def test_each_silence_counts_once() -> None:
    assert heard(tone(1), silence(0.05), tone(1), silence(0.5), tone(1), silence(0.03)).silences == 3


def test_whose_tone_it_was() -> None:
    noise = 0.1 * np.random.default_rng(1).standard_normal((RATE, 2))
    assert heard(tone(0), noise, tone(7), silence(0.2), tone(49)).heard == {0, 7, 49, 99}
