import numpy as np

from dsp.key_profiles import PROFILES


def test_the_tonic_speaks_loudest_and_each_mode_is_known_by_its_third() -> None:
    major, minor = PROFILES
    assert int(major.argmax()) == int(minor.argmax()) == 0
    assert major[4] > 0.0 > major[3]
    assert minor[3] > 0.0 > minor[4]
    assert np.abs(PROFILES.sum(axis=1)).max() < 0.1, "only shapes count: what speaks for all notes alike speaks for none"
