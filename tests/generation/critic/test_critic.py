"""The critic: the planted bad set is refused, each for its own reason; music passes; the score tells better from worse."""

import time
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from dsp.block import Samples, frames_of
from generation.brief import GENRES
from generation.critic.critic import Critic, judge
from generation.critic.limits import Limits
from generation.critic.profile import PROFILES
from generation.critic.verdict import Verdict
from generation.take import Take
from tests.generation.takes import SECONDS, music, take_of

FRAMES = frames_of(SECONDS)
NOISE = np.random.default_rng(0).standard_normal((2, FRAMES)).astype(np.float32)
TONE = (0.2 * np.sin(2.0 * np.pi * 440.0 * np.arange(FRAMES) / 48_000)).astype(np.float32)


def holed(start_seconds: float, seconds: float) -> Samples:
    sound = music()
    sound[:, frames_of(start_seconds) : frames_of(start_seconds + seconds)] = 0.0
    return sound


def one_sided() -> Samples:
    sound = music()
    sound[1] *= 0.1
    return sound


def test_music_passes_and_every_component_is_told() -> None:
    verdict = judge(take_of(music()))
    assert verdict.accepted, verdict.reasons
    assert -20.0 < verdict.measures["integrated_lufs"] < -10.0
    assert verdict.measures["pulse_clarity"] > 0.5
    assert verdict.measures["seconds"] == SECONDS
    assert set(verdict.scores) >= {"balance", "pulse", "key", "dynamics", "form", "distance", "end", "dsp", "score", "correlation"}
    assert 20.0 < verdict.score <= 100.0
    assert np.linalg.norm(verdict.vector) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(
    ("sound", "limit", "reason"),
    [
        (np.zeros((2, FRAMES), np.float32), "quietest_lufs", "too quiet"),
        (0.1 * NOISE, "greatest_flatness", "noise"),
        (np.clip(3.0 * music(), -1.0, 1.0), "clipped_share", "clipped"),
        (np.clip(2.0 * NOISE, -1.0, 1.0), "loudest_lufs", "too loud"),
        (music() + np.float32(0.05), "offset", "offset"),
        (music() * np.array([[1.0], [-1.0]], np.float32), "least_correlation", "cancel"),
        (one_sided(), "greatest_imbalance_db", "below the other"),
        (holed(12.0, 2.6), "longest_hole_seconds", "hole"),
        (holed(0.0, 6.0), "silent_share", "silence"),
        (music(40.0)[:, :FRAMES], "loudest_end_db", "cut off"),
        (np.stack((TONE, TONE)), "greatest_self_similarity", "stands still"),
        (np.stack((TONE, TONE)), "least_pulse", "does not beat"),
        (music(12.0), "length_seconds", "wished"),
        (music()[:1], "sound", "no finite stereo sound"),
        (np.full((2, FRAMES), np.nan, np.float32), "sound", "no finite stereo sound"),
        (music()[:, :100], "sound", "no finite stereo sound"),
    ],
)
def test_refuses_what_nobody_could_like(sound: Samples, limit: str, reason: str) -> None:
    verdict = judge(take_of(sound))
    assert not verdict.accepted
    assert reason in verdict.faults[limit], verdict.faults
    assert all(np.isfinite(value) for value in verdict.scores.values())


def test_a_short_pause_is_no_hole_and_a_quiet_end_is_none_either() -> None:
    assert judge(take_of(holed(12.0, 1.5))).accepted
    assert judge(take_of(holed(SECONDS - 2.5, 2.5))).accepted


def test_what_nobody_dances_to_needs_no_beat() -> None:
    pad = music() * 0.0 + np.stack((TONE, TONE)) + 0.3 * music()
    assert "least_pulse" not in judge(take_of(pad, genre="ambient")).faults


def test_limits_can_be_set() -> None:
    assert not judge(take_of(music()), Limits(greatest_flatness=0.0)).accepted
    wide = Limits(greatest_flatness=1.0, greatest_self_similarity=1.0, least_pulse=0.0, loudest_end_db=30.0, least_score=0.0)
    assert judge(take_of(0.1 * NOISE), wide).accepted


def test_a_long_take_may_miss_its_length_by_more() -> None:
    assert judge(take_of(music(40.0), 33.0)).accepted
    assert not judge(take_of(music(30.0), 40.0)).accepted


def test_what_was_made_before_is_refused_louder_shorter_or_noisier_and_other_music_is_not() -> None:
    sound = music()
    made = [judge(take_of(sound)).vector, np.zeros(3, np.float32)]
    copies = (0.5 * sound, sound[:, frames_of(1.0) :], sound + 0.002 * NOISE)
    for copy in copies:
        assert "greatest_likeness" in judge(take_of(copy), last=made).faults
    rng = np.random.default_rng(1)
    other = music(root_hz=311.0) * (1.0 + 0.8 * np.sign(rng.standard_normal(FRAMES // 48_000).repeat(48_000))).astype(np.float32)
    assert judge(take_of(other), last=made).measures["likeness"] < 0.98


def test_the_score_falls_with_what_is_wrong() -> None:
    right = judge(take_of(music()))
    wrong_key = judge(Take(music(), take_of(music()).brief, "T", "A", 120.0, "D# major", (), {}))
    assert wrong_key.parts["key"] < right.parts["key"]
    assert wrong_key.score < right.score


def test_every_genre_has_a_profile() -> None:
    assert set(PROFILES) == set(GENRES)


class Fan:
    """An assessor who likes all alike, or fails."""

    def __init__(self, name: str, share: float, value: float | None) -> None:
        self.name, self.share, self._value = name, share, value

    def assess(self, take: Take) -> tuple[float, Mapping[str, float]]:  # noqa: ARG002
        if self._value is None:
            raise RuntimeError("CUDA error")
        return self._value, {f"{self.name}_raw": 7.0}


def test_assessors_have_their_share_and_one_that_fails_has_none() -> None:
    take = take_of(music())
    measured = judge(take).parts["dsp"]
    both = Critic(assessors=(Fan("aesthetics", 0.5, 1.0), Fan("clap", 0.3, 0.5))).hear(take)
    assert both.score == pytest.approx(100.0 * (0.5 * 1.0 + 0.3 * 0.5 + 0.2 * measured))
    assert both.scores["aesthetics_raw"] == 7.0
    broken = Critic(assessors=(Fan("aesthetics", 0.5, None), Fan("clap", 0.3, float("nan"))))
    assert broken.hear(take).score == pytest.approx(100.0 * measured)
    assert broken.failures == {"aesthetics": 1}


def test_counts_what_it_said() -> None:
    critic = Critic()
    assert critic.approval_rate == 1.0
    for sound in (music(), 0.1 * NOISE, music()):
        critic.hear(take_of(sound))
    assert (critic.heard, critic.accepted) == (3, 2)
    assert critic.approval_rate == pytest.approx(2 / 3)
    assert critic.faults["greatest_flatness"] == 1


def heard(critic: Critic, last: Sequence[NDArray[np.float32]]) -> Verdict:
    return critic.hear(take_of(music()), last)


def test_a_take_like_the_last_ones_is_refused_by_the_critic_too() -> None:
    critic = Critic()
    first = heard(critic, ())
    assert first.accepted
    assert not heard(critic, [first.vector]).accepted


def test_three_minutes_cost_two_seconds_at_most() -> None:
    take = take_of(np.tile(music(60.0), 3), 180.0)
    judge(take)
    began = time.process_time()
    judge(take)
    assert time.process_time() - began < 2.0
