"""What is measured of a track before it may air: loudness, true peak, cues.

Works on prepared tracks only, which are our own: so it needs no sandbox, and may use the kernels of `dsp`, which would not fit into one.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from dsp.cues import Cues, find_cues

from dsp.block import Samples
from dsp.loudness import measure_loudness
from dsp.true_peak import true_peak_dbtp
from server.prepared import load


class UnmeasurableError(Exception):
    """The track has no loudness: it is silent, or no sound."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """Of the whole track."""

    frames: int
    loudness_lufs: float
    """Integrated, EBU R 128."""
    true_peak_dbtp: float
    cues: Cues


def measure(samples: Samples) -> Measurement:
    """Measures float32 [2, frames]. Raises UnmeasurableError."""
    loudness_lufs = measure_loudness(samples).integrated_lufs
    if not np.isfinite(loudness_lufs) or loudness_lufs <= -70.0:
        raise UnmeasurableError("has no measurable loudness")
    return Measurement(samples.shape[1], loudness_lufs, true_peak_dbtp(samples), find_cues(samples))


def measure_prepared(path: Path) -> Measurement:
    """Measures a prepared track. Raises OSError, ValueError, UnmeasurableError."""
    return measure(load(path))
