"""What a genre is expected to sound like: each part of the score falls with what it looks at, and with nothing else."""

from functools import cache

import numpy as np
import pytest

from dsp.spectrogram import Spectrogram, make_spectrogram
from generation.critic import profile
from generation.critic.profile import BANDS_HZ, PROFILES, WEIGHTS

HOUSE = PROFILES["house"]
SIZE = 48_000 * 10


@cache
def shaped(*levels_db: float) -> Spectrogram:
    """Noise with so much power in each band."""
    rng = np.random.default_rng(0)
    hertz = np.fft.rfftfreq(SIZE, 1.0 / 48_000)
    spectrum = np.zeros(hertz.size, np.complex128)
    for (low, high), level in zip(BANDS_HZ, levels_db, strict=True):
        inside = (hertz >= low) & (hertz < high)
        noise = rng.standard_normal(inside.sum()) + 1j * rng.standard_normal(inside.sum())
        spectrum[inside] = noise / np.linalg.norm(noise) * 10.0 ** (level / 20.0)
    sound = np.fft.irfft(spectrum, SIZE)
    return make_spectrogram((0.1 * np.stack((sound, sound)) / sound.std()).astype(np.float32))


def test_a_balance_as_expected_is_worth_all_and_one_far_off_nothing() -> None:
    assert profile.balance(HOUSE, shaped(*HOUSE.balance_db)) == pytest.approx(1.0, abs=0.05)
    dull = profile.balance(HOUSE, shaped(-1.0, -3.0, -20.0, -35.0, -45.0))
    shrill = profile.balance(HOUSE, shaped(-40.0, -30.0, -6.0, -2.0, -3.0))
    assert 0.0 <= shrill < 0.3
    assert 0.0 <= dull < 0.6


def test_silence_has_no_balance_and_a_key_that_nobody_knows_costs_half() -> None:
    silence = make_spectrogram(np.zeros((2, SIZE), np.float32))
    assert profile.balance(HOUSE, silence) == 0.0
    assert profile.in_key("A minor", silence) == 0.5
    assert profile.in_key("", shaped(*HOUSE.balance_db)) == 0.5


def test_dynamics_have_a_range() -> None:
    low, high = HOUSE.range_lu
    assert profile.dynamics(HOUSE, (low + high) / 2.0) == 1.0
    assert profile.dynamics(HOUSE, 0.0) < 1.0
    assert profile.dynamics(HOUSE, 40.0) == 0.0


def test_distance_and_end_are_shares() -> None:
    assert profile.distance(0.0) == 1.0
    assert 0.0 < profile.distance(0.8) < profile.distance(0.6) <= 1.0
    assert profile.distance(1.0) == 0.0
    assert profile.ending(-80.0, -18.0) == 1.0
    assert profile.ending(-10.0, -18.0) == 0.0


def test_the_score_is_their_weighted_mean_and_the_pulse_counts_less_where_nobody_dances() -> None:
    whole = dict.fromkeys(WEIGHTS, 1.0)
    assert profile.score(HOUSE, whole) == pytest.approx(1.0)
    without = whole | {"pulse": 0.0}
    assert profile.score(HOUSE, without) < profile.score(PROFILES["ambient"], without) < 1.0
