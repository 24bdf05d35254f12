"""Blend: whatever two sounds have in common, together they are as loud as strangers would be."""

import numpy as np
import pytest

from dsp.blend import SHARED, correlation, levelling
from dsp.block import Samples, silence
from dsp.segue import falling, rising
from tests.dsp.sounds import music, rms_db, sine

FRAMES = 96_000


def noise(seed: int, frames: int = FRAMES) -> Samples:
    return np.random.default_rng(seed).standard_normal((2, frames)).astype(np.float32) * np.float32(0.1)


def passed(leaving: Samples, coming: Samples) -> tuple[Samples, Samples]:
    frames = leaving.shape[1]
    return leaving * falling(frames, 0, frames), coming * rising(frames, 0, frames)


def off_plan_db(leaving: Samples, coming: Samples) -> list[float]:
    """How far the mix of both lies from the power of strangers, in each 400 ms."""
    ours, theirs = passed(leaving, coming)
    gains = levelling(ours, theirs)
    mixed = (ours + theirs) * gains
    cuts = [slice(at, at + 19_200) for at in range(0, leaving.shape[1] - 19_200, 4_800)]
    plan = [10 * np.log10(np.mean(ours[:, cut] ** 2) + np.mean(theirs[:, cut] ** 2)) for cut in cuts]
    return [rms_db(mixed[:, cut]) - wanted for cut, wanted in zip(cuts, plan, strict=True)]


@pytest.mark.parametrize(
    ("leaving", "coming", "common"),
    [
        (noise(1), noise(1), 1.0),
        (noise(1), -noise(1), -1.0),
        (noise(1), noise(2), 0.0),
        (noise(1), 0.1 * noise(1), 1.0),
        (noise(1), silence(FRAMES), 0.0),
        (silence(0), silence(0), 0.0),
    ],
    ids=["the same", "turned over", "strangers", "the same, softly", "silence", "nothing"],
)
def test_correlation(leaving: Samples, coming: Samples, common: float) -> None:
    assert correlation(leaving, coming) == pytest.approx(common, abs=0.01)


def test_half_in_common_counts_as_shared() -> None:
    common = noise(3)
    assert correlation(common + noise(1), common + noise(2)) == pytest.approx(SHARED, abs=0.02)


def test_two_equal_sounds_pass_along_a_straight_line() -> None:
    sound = noise(1)
    ours, theirs = passed(sound, sound)
    gains = levelling(ours, theirs)
    away = (falling(FRAMES, 0, FRAMES) + rising(FRAMES, 0, FRAMES)) * gains
    assert np.abs(20 * np.log10(away[9_600:-9_600])).max() < 0.3
    assert (falling(FRAMES, 0, FRAMES) + rising(FRAMES, 0, FRAMES)).max() > 1.41, "without it they would rise by 3 dB"


def test_strangers_are_left_alone() -> None:
    ours, theirs = passed(noise(1), noise(2))
    assert np.abs(20 * np.log10(levelling(ours, theirs))).max() < 0.25


@pytest.mark.parametrize(
    ("leaving", "coming"),
    [
        (noise(1), noise(1)),
        (noise(1), noise(2)),
        (noise(1), noise(1) + noise(2)),
        (music(4.0, 1), music(4.0, 2)),
        (sine(440.0, 2.0, -12.0),) * 2,
    ],
    ids=["the same", "strangers", "half", "music", "one tone"],
)
def test_the_level_is_that_of_strangers(leaving: Samples, coming: Samples) -> None:
    assert max(map(abs, off_plan_db(leaving, coming))) < 1.0


def test_what_cancels_is_lifted_by_five_decibels_at_most() -> None:
    sound = noise(1)
    gains = levelling(*passed(sound, -sound))
    assert gains.max() == pytest.approx(np.sqrt(3.0), abs=1e-3)
    assert np.isfinite(gains).all()


def test_it_joins_what_is_around_it_without_a_step() -> None:
    gains = levelling(*passed(noise(1), noise(1)))
    assert gains.dtype == np.float32
    assert (gains[0], gains.shape) == (1.0, (FRAMES,))
    assert gains[-1] == pytest.approx(1.0, abs=1e-3)
    assert np.abs(np.diff(gains)).max() < 2e-4


@pytest.mark.parametrize("frames", [480, 481, 500, 719, 2_401, 50_001])
def test_whatever_its_length_it_moves_without_a_jump(frames: int) -> None:
    gains = levelling(*passed(noise(1, frames), noise(1, frames)))
    assert gains.shape == (frames,)
    assert np.abs(np.diff(gains)).max() < 0.02
    assert 0.5 < gains.min() <= gains.max() <= 1.74


@pytest.mark.parametrize("frames", [1, 100, 479])
def test_a_very_short_one_is_not_touched(frames: int) -> None:
    assert (levelling(noise(1, frames), noise(1, frames)) == 1.0).all()


def test_silence_is_not_touched() -> None:
    assert (levelling(silence(48_000), silence(48_000)) == 1.0).all()
