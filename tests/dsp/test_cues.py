import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, Samples, frames_of, seconds_of, silence
from dsp.cues import LONGEST_OVERLAP_FRAMES, NothingToHear, find_cues
from tests.dsp.sounds import music, steps


def track(fade_seconds: float, fade_db: float = 60.0, lead_in: float = 0.5, whole: float = 60.0) -> Samples:
    """Noise-like music from `lead_in` to `lead_in + whole` seconds, whose last `fade_seconds` fall evenly by `fade_db`; 1 s of silence."""
    noise = np.random.default_rng(2).standard_normal((2, frames_of(whole))).astype(np.float32) * np.float32(0.1)
    fade = frames_of(fade_seconds)
    if fade:
        noise[:, -fade:] *= (10.0 ** (-fade_db * np.arange(fade) / fade / 20.0)).astype(np.float32)
    return np.concatenate((silence(frames_of(lead_in)), noise, silence(SAMPLE_RATE)), axis=1)


def in_seconds(sound: Samples) -> tuple[float, float, float]:
    cues = find_cues(sound)
    return seconds_of(cues.cue_in_frames), seconds_of(cues.start_next_frames), seconds_of(cues.cue_out_frames)


@pytest.mark.parametrize(
    ("fade_seconds", "start_next", "cue_out"),
    [
        (0.0, 60.5, 60.5),
        (4.0, 60.5 - 4.0 + 4.0 * 8.0 / 60.0, 60.5 - 4.0 + 4.0 * 42.0 / 60.0),
        (10.0, 50.5 + 10.0 * 8.0 / 60.0, 50.5 + 10.0 * 42.0 / 60.0),
        (30.0, 30.5 + 30.0 * 23.0 / 60.0, 30.5 + 30.0 * 42.0 / 60.0),
    ],
    ids=["cold end", "4 s tail", "10 s fade", "30 s fade"],
)
def test_ends_of_every_kind(fade_seconds: float, start_next: float, cue_out: float) -> None:
    found = in_seconds(track(fade_seconds))
    assert found[0] == pytest.approx(0.5, abs=0.011)
    assert found[1:] == pytest.approx((start_next, cue_out), abs=0.02 + fade_seconds / 60.0)


def test_an_overlap_is_never_longer_than_allowed() -> None:
    """A loud track with half a minute of quiet outro."""
    cues = find_cues(steps((40, -10), (30, -36)))
    assert cues.cue_out_frames - cues.start_next_frames == LONGEST_OVERLAP_FRAMES


def test_a_lone_click_in_the_lead_in_is_not_the_beginning() -> None:
    sound = np.concatenate((silence(2 * SAMPLE_RATE), 0.5 * music(5.0)), axis=1)
    sound[:, SAMPLE_RATE] = 0.004
    assert find_cues(sound).cue_in_frames >= 2 * SAMPLE_RATE - 480


def test_a_pause_in_the_middle_is_not_the_end() -> None:
    sound = np.concatenate((music(5.0), silence(6 * SAMPLE_RATE), music(5.0)), axis=1)
    assert seconds_of(find_cues(sound).start_next_frames) > 15.0


def test_a_track_without_silence_is_aired_to_its_last_frame() -> None:
    sound = music(5.0)[:, :-123]
    cues = find_cues(sound)
    assert (cues.cue_in_frames, cues.cue_out_frames) == (0, sound.shape[1])
    assert 0 < cues.start_next_frames <= sound.shape[1]


def test_cues_are_in_order_for_tracks_of_every_length() -> None:
    for seconds in (0.5, 1.0, 3.0, 20.0):
        cues = find_cues(track(0.3, lead_in=0.2, whole=seconds))
        assert 0 <= cues.cue_in_frames < cues.start_next_frames <= cues.cue_out_frames <= frames_of(seconds + 1.2)


def test_a_loudness_that_is_known_is_taken() -> None:
    sound = track(10.0)
    assert find_cues(sound, -40.0).start_next_frames > find_cues(sound).start_next_frames


@pytest.mark.parametrize("sound", [silence(SAMPLE_RATE), silence(0), 1e-5 * music(2.0)], ids=["silence", "nothing", "far below hearing"])
def test_nothing_to_hear(sound: Samples) -> None:
    with pytest.raises(NothingToHear, match="loud enough"):
        find_cues(sound)
