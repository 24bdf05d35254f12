"""What is measured of a prepared track."""

from pathlib import Path

import numpy as np
import pytest

from dsp.block import Samples, frames_of, silence
from dsp.cues import NothingToHear
from server.catalogue.measurement import measure, measure_prepared


def sine(seconds: float, dbfs: float) -> Samples:
    wave = 10 ** (dbfs / 20) * np.sin(2 * np.pi * 1000 * np.arange(frames_of(seconds)) / 48_000)
    return np.stack([wave, wave]).astype(np.float32)


def test_measures_loudness_peak_and_cues(tmp_path: Path) -> None:
    """EBU Tech 3341: a stereo sine of 1 kHz at -23 dBFS reads -23 LUFS."""
    samples = np.concatenate([silence(48_000), sine(20.0, -23.0), silence(96_000)], axis=1)
    np.save(tmp_path / "track.npy", samples)
    measured = measure_prepared(tmp_path / "track.npy")
    assert measured.frames == frames_of(23.0)
    assert measured.loudness_lufs == pytest.approx(-23.0, abs=0.1)
    assert measured.true_peak_dbtp == pytest.approx(-23.0, abs=0.2)
    assert measured.cues.cue_in_frames == pytest.approx(48_000, abs=4800)
    assert measured.cues.cue_out_frames == pytest.approx(frames_of(21.0), abs=4800)


@pytest.mark.parametrize("samples", [silence(96_000), np.full((2, 96_000), np.nan, np.float32)])
def test_what_cannot_be_heard_cannot_be_measured(samples: Samples) -> None:
    with pytest.raises(NothingToHear):
        measure(samples)
