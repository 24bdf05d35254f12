"""What is measured of a track before it may air: loudness, true peak, cues; and, where there is time, all that the ears say.

Works on prepared tracks only, which are our own: so it needs no sandbox, and may use the kernels of `dsp`, which would not fit into one.
"""

from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from dsp.block import Samples
from dsp.cues import NothingToHear, find_cues
from dsp.hearing import Cues
from dsp.loudness import measure_loudness
from dsp.true_peak import true_peak_dbtp
from server.catalogue.heard import Heard
from server.intake.prepared import load


@dataclass(frozen=True, slots=True)
class Measurement:
    """Of the whole track."""

    frames: int
    loudness_lufs: float
    """Integrated, EBU R 128."""
    true_peak_dbtp: float
    cues: Cues
    heard: Heard | None = None
    """None: measured in haste, to be heard later (server/catalogue/listening.py)."""


def measure(samples: Samples) -> Measurement:
    """Measures float32 [2, frames] in haste: what must be known before it airs. Raises NothingToHear."""
    loudness_lufs = measure_loudness(samples).integrated_lufs
    if not isfinite(loudness_lufs):
        raise NothingToHear("The track holds values that are no sound.")
    cues = find_cues(samples, loudness_lufs)
    return Measurement(samples.shape[1], loudness_lufs, true_peak_dbtp(samples), cues)


def measure_prepared(path: Path) -> Measurement:
    """Measures a prepared track in haste. Raises OSError, ValueError, NothingToHear."""
    return measure(load(path))
