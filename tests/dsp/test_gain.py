import math

import pytest

from dsp.block import silence
from dsp.gain import FLOOR_DB, db_to_gain, gain_to_db, peak_db


@pytest.mark.parametrize(("db", "gain"), [(0.0, 1.0), (20.0, 10.0), (-6.0, 0.501187), (-120.0, 1e-6)])
def test_decibels_and_gain_are_each_others_inverse(db: float, gain: float) -> None:
    assert db_to_gain(db) == pytest.approx(gain, rel=1e-5)
    assert gain_to_db(gain) == pytest.approx(db, abs=1e-4)


def test_no_gain_is_the_floor_and_not_minus_infinity() -> None:
    assert gain_to_db(0.0) == gain_to_db(1e-30) == FLOOR_DB
    assert gain_to_db(0.0, -70.0) == -70.0


def test_peak_is_the_highest_magnitude_of_either_channel() -> None:
    block = silence(960)
    block[1, 7] = -0.5
    block[0, 9] = 0.25
    assert peak_db(block) == pytest.approx(20.0 * math.log10(0.5))
    assert peak_db(silence(960)) == peak_db(silence(0)) == FLOOR_DB
