"""The referee of the sound: that its figures tell good from bad, and that none of its rows is missing."""

import numpy as np
import pytest

from benchmarks import sound_codecs, sound_fifteen, sound_limiter, sound_programme, sound_purity, sound_seams, sound_steadiness
from benchmarks.area import wanted
from benchmarks.ebur128 import hear
from benchmarks.sound import MEASUREMENTS
from benchmarks.sound_settings import bypassed
from dsp.block import frames_of
from dsp.presets import RADIO
from dsp.settings import MasteringSettings
from tests.dsp.sounds import music, padded, sine


def test_no_two_bars_have_one_name() -> None:
    names = [bar.name for measurement in MEASUREMENTS for bar in measurement.bars]
    assert len(names) == len(set(names))


def test_each_of_the_fifteen_has_its_rows_and_one_word_chooses_them() -> None:
    bars = [bar for measurement in sound_fifteen.MEASUREMENTS for bar in measurement.bars]
    assert {bar.name.split()[1] for bar in bars} == {f"{number:02}" for number in range(1, 16)}
    everything = [bar for measurement in MEASUREMENTS for bar in measurement.bars]
    assert wanted(everything, ["fifteen"]) == bars


def test_without_a_limiter_the_ceiling_is_found_broken() -> None:
    assert sound_limiter.worst(lambda _: bypassed(), range(0))[0] > 6.0


def test_the_limiter_leaves_no_bit_touched_below_its_ceiling() -> None:
    assert sound_limiter.null_db() <= -120.0


def test_a_chain_that_is_not_flat_is_found_out() -> None:
    assert sound_purity.furthest_from_flat(bypassed()) < 0.001
    assert sound_purity.furthest_from_flat(bypassed("rumble")) > 1.0


def test_the_crossover_adds_up_and_falls() -> None:
    assert sound_purity.crossover_sum_db() <= 0.01
    assert sound_purity.crossover_slope_db() >= 24.0


def test_every_change_that_a_setting_can_make_is_tried() -> None:
    names = [name for name, *_ in sound_steadiness.changes()]
    assert len(names) == len(set(names))
    assert {"limiter.ceiling_dbtp", "crossover.mid_hz", "exciter.bypass", "radio -> loud"} <= set(names)
    assert all(first != second for _, first, second in sound_steadiness.changes())


def test_a_change_of_target_is_not_heard() -> None:
    louder = MasteringSettings.from_table({"servo": {"target_lufs": -14.0}}, RADIO)
    assert sound_steadiness.click_dbfs(RADIO, louder) <= -85.0


def test_a_straight_cut_between_records_is_found_out() -> None:
    ours, theirs = music(6.0), -music(6.0, 3)
    assert sound_seams.step_at_seams(ours, theirs, frames_of(2.0)) < 1.0
    assert sound_seams.level_off_db(1.0, 2.0) <= 0.5


def test_records_are_as_loud_as_a_deck_plays_them() -> None:
    sound = sound_programme.levelled(music(10.0), -16.0)
    assert hear(sound, with_peaks=False).integrated_lufs == pytest.approx(-16.0, abs=0.05)


def test_distance_to_the_curve_knows_no_level_and_grows_with_a_tilt() -> None:
    sound = music(10.0)
    assert sound_programme.distance_db(sound) == pytest.approx(sound_programme.distance_db(0.1 * sound), abs=0.01)
    curve = sound_programme.target_db()
    assert curve.mean() == pytest.approx(0.0)
    assert (np.diff(curve) <= 1e-9).all()


@pytest.mark.parametrize("recipe", sound_codecs.RECIPES, ids=lambda recipe: recipe.name)
def test_what_a_listener_decodes_is_what_was_encoded(recipe: sound_codecs.Recipe) -> None:
    sound = padded(sine(1000.0, 2.0, -12.0), 0.5)
    heard = sound_codecs.decoded(recipe, sound)
    assert heard.shape[1] >= sound.shape[1] - 8192
    middle = heard[:, frames_of(1.2) : frames_of(1.8)]
    assert 20.0 * np.log10(np.abs(middle).max()) == pytest.approx(-12.0 + recipe.trim_db, abs=0.6)
