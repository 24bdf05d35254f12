"""The ceiling against sounds that are made to break it, and against settings that jump about under them."""

import numpy as np
import pytest

from benchmarks.sound_limiter import through_changes, worst
from benchmarks.sound_settings import bypassed, in_blocks
from dsp.mastering import Mastering
from dsp.presets import PRESETS, RADIO
from dsp.settings import MasteringSettings
from dsp.true_peak import true_peak_dbtp
from tests.dsp.seeds import KINDS, seeded, seeded_settings
from tests.dsp.sounds import hostile, padded

LOUD = PRESETS["loud"].settings


def through(settings: MasteringSettings, name: str) -> float:
    return true_peak_dbtp(in_blocks(Mastering(settings).process, padded(hostile()[name])), 16)


@pytest.mark.parametrize("name", hostile())
def test_the_loudest_preset_holds_the_ceiling(name: str) -> None:
    assert through(LOUD, name) <= -1.0


@pytest.mark.parametrize("seed", range(2 * KINDS))
def test_holds_the_ceiling_on_what_nobody_chose(seed: int) -> None:
    made = in_blocks(Mastering(seeded_settings(seed)).process, padded(seeded(seed, 0.5)))
    assert true_peak_dbtp(made, 16) <= -1.0


@pytest.mark.parametrize("seed", range(4))
def test_one_jump_of_every_setting_in_the_middle_of_a_hostile_sound_lifts_nothing(seed: int) -> None:
    sound = padded(16.0 * seeded(9, 1.0))
    mastering = Mastering(seeded_settings(seed))
    first = in_blocks(mastering.process, sound)
    mastering.change(seeded_settings(seed + 100))
    assert true_peak_dbtp(np.concatenate((first, in_blocks(mastering.process, sound)), axis=1), 16) <= -1.0


def test_a_lower_ceiling_holds_a_fifth_of_a_second_after_it_was_asked_for() -> None:
    sound = padded(8.0 * seeded(10, 1.0), 0.0)
    mastering = Mastering(RADIO)
    in_blocks(mastering.process, sound)
    mastering.change(MasteringSettings.from_table({"limiter": {"ceiling_dbtp": -6.0}}, RADIO))
    in_blocks(mastering.process, sound[:, :12_000])
    assert true_peak_dbtp(padded(in_blocks(mastering.process, sound[:, 12_000:])), 16) <= -5.5
    assert np.abs(in_blocks(mastering.process, sound)).max() <= 10.0 ** (-6.0 / 20.0)


def test_every_seed_is_another_sound_and_the_same_at_every_run() -> None:
    assert np.array_equal(seeded(3), seeded(3))
    assert not np.array_equal(seeded(3), seeded(3 + KINDS))
    assert seeded_settings(5) == seeded_settings(5) != seeded_settings(6)
    assert all(np.abs(seeded(seed)).max() > 0.01 for seed in range(KINDS))


@pytest.mark.real
@pytest.mark.timeout(900)
def test_two_hundred_seeds_and_the_set_through_the_limiter_alone() -> None:
    peak, sample, _, which = worst(lambda _: bypassed("limiter"), range(200))
    assert peak <= -1.0, which
    assert sample <= -1.0


@pytest.mark.real
@pytest.mark.timeout(900)
def test_two_hundred_seeds_and_the_set_through_every_preset_even_to_an_ideal_converter() -> None:
    presets = [preset.settings for preset in PRESETS.values()]
    peak, _, ideal, which = worst(lambda number: presets[number % len(presets)], range(200))
    assert peak <= -1.0, which
    assert ideal <= -1.0


@pytest.mark.real
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [1, 2])
def test_through_tracks_that_are_cut_and_settings_that_jump(seed: int) -> None:
    peak, sample, changes = through_changes(seed, 40)
    assert changes > 50
    assert peak <= -1.0
    assert sample <= -1.0
