"""What is measured of a track before it may air: loudness, true peak, cues.

Works on prepared tracks only, which are our own: so it needs no sandbox, and may use the kernels of `dsp`, which would not fit into one.
"""

from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from dsp.block import Samples
from dsp.cues import Cues, NothingToHear, find_cues
from dsp.loudness import measure_loudness
from dsp.true_peak import true_peak_dbtp
from server.intake.prepared import load


@dataclass(frozen=True, slots=True)
class Measurement:
    """Of the whole track."""

    frames: int
    loudness_lufs: float
    """Integrated, EBU R 128."""
    true_peak_dbtp: float
    cues: Cues


def measure(samples: Samples) -> Measurement:
    """Measures float32 [2, frames]. Raises NothingToHear."""
    loudness_lufs = measure_loudness(samples).integrated_lufs
    if not isfinite(loudness_lufs):
        raise NothingToHear("The track holds values that are no sound.")
    cues = find_cues(samples, loudness_lufs)
    return Measurement(samples.shape[1], loudness_lufs, true_peak_dbtp(samples), cues)


def measure_prepared(path: Path) -> Measurement:
    """Measures a prepared track. Raises OSError, ValueError, NothingToHear."""
    return measure(load(path))
