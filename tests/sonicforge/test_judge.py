"""The judge of simulations finds what is put before it: each fault is made on purpose, and a clean run has none."""

import numpy as np
import pytest

from dsp.block import BLOCK_FRAMES, SAMPLE_RATE, Samples, frames_of
from server.air import Levels, Moment, Standing
from server.rundown.separation import Separation
from server.track import Airing, Entry, Reason, Source, Track
from sonicforge.judge import Judge, Verdict

LEVELS = Levels(-16.0, -16.0, -16.0, -3.0, 0.0)
STANDING = Standing(0, 0.0, 0.0, {}, 0, 0, 100.0)
SECONDS = 6.0
SEAM = frames_of(3.0)


def airing(name: str, reason: Reason, begin: int, end: int) -> Airing:
    track = Track(name, name, "Someone", Source.LIBRARY, "", end - begin, -16.0, -2.0, 0, end - begin, end - begin)
    return Airing(Entry(name, track, reason), begin, end)


def tone(frames: int, level: float = 0.28) -> Samples:
    """A pair of detuned tones: steady, without anything that a judge could take for a fault."""
    turn = 2 * np.pi * np.arange(frames) / SAMPLE_RATE
    return (level * np.stack((np.sin(220 * turn) + 0.3 * np.sin(661 * turn), np.sin(221 * turn)))).astype(np.float32)


def heard(sound: Samples, *, hole: int | None = None, second: Reason = Reason.LIBRARY) -> Verdict:
    """The verdict on `sound`, in which another entry begins at SEAM; `hole` leaves out one block's position."""
    judge = Judge(target_lufs=-16.0)
    first, last = airing("one", Reason.LIBRARY, 0, SEAM), airing("two", second, SEAM, sound.shape[1])
    position = 0
    for start in range(0, sound.shape[1], BLOCK_FRAMES):
        if start == hole:
            position += BLOCK_FRAMES
        on_air = first if start < SEAM else last
        judge.take(Moment(position, 1, sound[:, start : start + BLOCK_FRAMES], (), LEVELS, on_air, (), STANDING))
        position += BLOCK_FRAMES
    return judge.verdict([first, last], Separation(0.0, 0.0))


@pytest.fixture
def clean() -> Samples:
    return tone(frames_of(SECONDS))


def test_a_clean_run_has_no_fault(clean: Samples) -> None:
    verdict = heard(clean)
    assert (verdict.gaps, verdict.clicks, verdict.position_errors, verdict.fallbacks, verdict.playlist_violations) == (0, 0, 0, 0, 0)
    assert verdict.joins == 1
    assert verdict.seconds_aired == pytest.approx(SECONDS)
    assert verdict.longest_gap_ms < 5


def test_a_gap_is_found_and_measured(clean: Samples) -> None:
    clean[:, frames_of(2.0) : frames_of(2.3)] = 0.0
    verdict = heard(clean)
    assert verdict.gaps == 1
    assert verdict.longest_gap_ms == pytest.approx(300, abs=5)
    (gap,) = verdict.gapped_at
    position, words = gap.split(": ")
    assert int(position) == pytest.approx(frames_of(2.0), abs=frames_of(0.005))
    assert words == "300 ms, one"


def test_a_run_that_ends_in_silence_has_a_gap(clean: Samples) -> None:
    clean[:, frames_of(5.0) :] = 0.0
    verdict = heard(clean)
    assert verdict.gaps == 1
    assert verdict.longest_gap_ms == pytest.approx(1_000, abs=5)


def test_what_comes_before_the_first_sound_is_no_gap_but_is_told(clean: Samples) -> None:
    clean[:, : frames_of(0.07)] = 0.0
    verdict = heard(clean)
    assert verdict.gaps == 0
    assert verdict.longest_gap_ms < 5
    assert verdict.first_sound_ms == pytest.approx(70, abs=5)


def test_a_run_without_any_sound_never_had_a_first_one(clean: Samples) -> None:
    assert heard(clean * 0.0).first_sound_ms == pytest.approx(1_000 * SECONDS)


def test_a_click_at_the_join_is_found(clean: Samples) -> None:
    clean[:, SEAM:] *= -1.0
    clean[:, SEAM:] += 0.1
    verdict = heard(clean)
    assert verdict.clicks == 1
    assert verdict.clicked_at == (f"{SEAM}: one -> two",)


def test_a_missing_position_is_found(clean: Samples) -> None:
    assert heard(clean, hole=10 * BLOCK_FRAMES).position_errors == 1


def test_a_fallback_is_counted(clean: Samples) -> None:
    assert heard(clean, second=Reason.BED).fallbacks == 1


def test_true_peak_between_the_samples_is_found() -> None:
    quarter = np.sin(np.pi / 2 * np.arange(frames_of(SECONDS)) + np.pi / 4).astype(np.float32)  # peaks lie between the samples
    assert heard(np.stack((quarter, quarter))).true_peak_dbtp == pytest.approx(0.0, abs=0.1)


def test_rules_of_separation_are_judged() -> None:
    judge = Judge(target_lufs=-16.0)
    twice = [airing("same", Reason.LIBRARY, 0, SEAM), airing("same", Reason.LIBRARY, SEAM, 2 * SEAM)]
    assert judge.verdict(twice, Separation(artist_seconds=0.0, title_seconds=60.0)).playlist_violations == 1


def test_loudness_is_measured(clean: Samples) -> None:
    quiet, loud = heard(clean * np.float32(0.5)), heard(clean)
    assert loud.integrated_lufs - quiet.integrated_lufs == pytest.approx(6.02, abs=0.05)
    assert loud.loudness_error_lu == pytest.approx(loud.integrated_lufs + 16.0)
