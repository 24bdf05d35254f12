import numpy as np
import pytest

from generation.critic.level import measure_level
from tests.generation.takes import music


def test_silence_is_measured_without_a_number_that_is_none() -> None:
    told = measure_level(np.zeros((2, 96_000), np.float32))
    assert all(np.isfinite(value) for value in told.values())
    assert told["silent_share"] == 1.0
    assert told["correlation"] == 1.0


def test_the_end_is_measured_beside_the_whole() -> None:
    whole = music(30)
    assert measure_level(whole)["end_db"] < -30.0
    assert measure_level(whole[:, : 20 * 48_000])["end_db"] > -18.0


def test_channels_that_cancel_and_one_that_is_away() -> None:
    sound = music(10)
    assert measure_level(np.stack((sound[0], -sound[0])))["correlation"] == pytest.approx(-1.0, abs=1e-3)
    assert measure_level(np.stack((sound[0], 0.0 * sound[0])))["imbalance_db"] > 60.0
