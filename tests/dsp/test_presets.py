import numpy as np
import pytest

from dsp.block import Samples, frames_of
from dsp.loudness import measure_loudness
from dsp.mastering import Mastering
from dsp.presets import PRESETS, RADIO
from dsp.true_peak import true_peak_dbtp
from tests.dsp.sounds import in_blocks, music

TARGETS = {"transparent": -16.0, "radio": -16.0, "loud": -14.0, "broadcast": -23.0}


def programme() -> Samples:
    """As a deck hands it over."""
    sound = np.tile(music(10.0), (1, 4))
    return np.asarray(sound * 10.0 ** ((-16.0 - measure_loudness(sound).integrated_lufs) / 20.0), np.float32)


def crest_db(sound: Samples) -> float:
    return 20.0 * float(np.log10(np.abs(sound).max() / np.sqrt(np.mean(np.square(sound, dtype=np.float64)))))


def test_there_are_four_and_each_says_why() -> None:
    assert set(PRESETS) == set(TARGETS)
    assert all(preset.name == name and len(preset.why) > 80 for name, preset in PRESETS.items())
    assert PRESETS["radio"].settings is RADIO


@pytest.mark.parametrize("name", TARGETS)
def test_brings_a_programme_to_its_loudness_and_leaves_it_alive(name: str) -> None:
    mastered = in_blocks(Mastering(PRESETS[name].settings).process, programme(), 960)
    settled = mastered[:, frames_of(20.0) :]
    assert measure_loudness(settled).integrated_lufs == pytest.approx(TARGETS[name], abs=0.5)
    assert crest_db(settled) >= (9.0 if name == "loud" else 11.0)
    assert true_peak_dbtp(mastered, 16) <= -1.0


@pytest.mark.parametrize("name", TARGETS)
def test_the_servo_has_little_to_mend(name: str) -> None:
    """Its gain is the way from -16 LUFS to the target, give or take a decibel and a half."""
    mastering = Mastering(PRESETS[name].settings)
    in_blocks(mastering.process, programme(), 960)
    assert mastering.levels.servo_gain_db == pytest.approx(TARGETS[name] + 16.0, abs=1.5)


def test_the_louder_preset_compresses_more_and_the_transparent_one_not_at_all() -> None:
    reductions = {}
    for name in TARGETS:
        mastering = Mastering(PRESETS[name].settings)
        in_blocks(mastering.process, programme()[:, : frames_of(5.0)], 960)
        reductions[name] = sum(mastering.levels.band_reductions_db)
    assert reductions["transparent"] == reductions["broadcast"] == 0.0
    assert 0.5 < reductions["radio"] < reductions["loud"]
