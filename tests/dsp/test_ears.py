"""The ears as a whole: everything is told of a track, the same each time, and no sound breaks them."""

import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, frames_of, silence
from dsp.cues import NothingToHear, find_cues
from dsp.ears import hear
from dsp.hearing import FEATURES, FEATURES_MODEL
from dsp.loudness import measure_loudness
from dsp.true_peak import true_peak_dbtp
from tests.dsp.playing import MAJOR, MINOR, chords, drums
from tests.dsp.sounds import hostile, music, sine

BPM, SECONDS = 120.0, 24.0
PIECE = ((9, MINOR), (2, MINOR), (4, MAJOR), (9, MINOR))


def a_track() -> np.ndarray:
    """A minor at 120 with a second of silence before it."""
    played = chords(PIECE, SECONDS, 2.0) + drums(BPM, SECONDS, 0.0)
    return np.concatenate((silence(SAMPLE_RATE), played), axis=1)


def test_everything_is_told_of_a_track() -> None:
    track = a_track()
    heard = hear(track)
    assert heard.loudness.integrated_lufs == measure_loudness(track).integrated_lufs
    assert heard.loudness.true_peak_dbtp == true_peak_dbtp(track)
    assert heard.cues == find_cues(track)
    assert heard.cues.cue_in_frames == pytest.approx(SAMPLE_RATE, abs=frames_of(0.02))
    assert heard.tempo.bpm == pytest.approx(BPM, rel=0.001)
    assert heard.key.camelot == "8A"
    assert heard.grid is not None
    assert heard.grid.bpm == pytest.approx(heard.tempo.bpm, rel=0.001)
    assert 0.0 < heard.energy < 1.0
    assert len(heard.features) == FEATURES
    assert heard.features_model == FEATURES_MODEL
    assert 0.0 < heard.quality.score <= 1.0


def test_the_same_sound_is_heard_the_same() -> None:
    assert hear(a_track()) == hear(a_track())


def test_silence_and_what_is_no_sound_are_refused() -> None:
    broken = music().copy()
    broken[0, 1000] = np.nan
    for sound in (silence(5 * SAMPLE_RATE), broken):
        with pytest.raises(NothingToHear):
            hear(sound)


@pytest.mark.parametrize("name", hostile())
def test_no_hostile_sound_breaks_them(name: str) -> None:
    heard = hear(hostile()[name])
    numbers = (*heard.features, heard.energy, heard.tempo.bpm, heard.key.confidence, heard.quality.score, heard.loudness.true_peak_dbtp)
    assert np.isfinite(numbers).all()


@pytest.mark.parametrize("seconds", [0.5, 1.0, 5.0])
def test_a_short_sound_is_heard_too(seconds: float) -> None:
    heard = hear(sine(440.0, seconds, -12.0))
    assert heard.tempo.bpm == 0.0
    assert heard.grid is None
    assert np.isfinite(heard.features).all()
