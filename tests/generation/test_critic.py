import numpy as np
import pytest

from dsp.block import Samples, frames_of
from generation.critic import Limits, judge
from tests.generation.takes import SECONDS, music, take_of

FRAMES = frames_of(SECONDS)
NOISE = np.random.default_rng(0).standard_normal((2, FRAMES)).astype(np.float32)


def holed(start_seconds: float, seconds: float) -> Samples:
    sound = music()
    sound[:, frames_of(start_seconds) : frames_of(start_seconds + seconds)] = 0.0
    return sound


def test_music_passes_and_every_component_is_told() -> None:
    verdict = judge(take_of(music()))
    assert verdict.accepted
    assert verdict.reasons == ()
    assert -20.0 < verdict.integrated_lufs < -10.0
    assert verdict.clipped_share == 0.0
    assert 0.5 < verdict.correlation <= 1.0
    assert verdict.flatness < 0.1
    assert verdict.seconds == SECONDS


@pytest.mark.parametrize(
    ("sound", "reason"),
    [
        (np.zeros((2, FRAMES), np.float32), "too quiet"),
        (0.1 * NOISE, "noise"),
        (np.clip(3.0 * music(), -1.0, 1.0), "clipped"),
        (np.clip(2.0 * NOISE, -1.0, 1.0), "too loud"),
        (music() + np.float32(0.05), "offset"),
        (music() * np.array([[1.0], [-1.0]], np.float32), "cancel"),
        (holed(12.0, 2.6), "hole"),
        (holed(0.0, 6.0), "silence"),
        (music(12.0), "wished"),
        (music()[:1], "no finite stereo sound"),
        (np.full((2, FRAMES), np.nan, np.float32), "no finite stereo sound"),
        (music()[:, :100], "no finite stereo sound"),
    ],
)
def test_refuses_what_nobody_could_like(sound: Samples, reason: str) -> None:
    verdict = judge(take_of(sound))
    assert not verdict.accepted
    assert any(reason in one for one in verdict.reasons), verdict


def test_a_short_pause_is_no_hole_and_a_quiet_end_is_none_either() -> None:
    assert judge(take_of(holed(12.0, 1.5))).accepted
    assert judge(take_of(holed(SECONDS - 2.5, 2.5))).accepted


def test_limits_can_be_set() -> None:
    assert not judge(take_of(music()), Limits(greatest_flatness=0.0)).accepted
    assert judge(take_of(0.1 * NOISE), Limits(greatest_flatness=1.0)).accepted


def test_a_long_take_may_miss_its_length_by_more() -> None:
    assert judge(take_of(music(40.0), 33.0)).accepted
    assert not judge(take_of(music(30.0), 40.0)).accepted
