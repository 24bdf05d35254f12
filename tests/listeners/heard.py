"""What a listener heard, judged as sound: how loud, whether it broke off, for how long.

Players write what they decode as WAV; nothing here looks at a status code.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dsp.block import SAMPLE_RATE, Samples
from tests.programs import program

SILENT = 10 ** (-60 / 20)


@dataclass(frozen=True, slots=True)
class Heard:
    """A stretch of decoded sound."""

    seconds: float
    level_dbfs: float
    """RMS over the whole stretch, both channels."""
    longest_gap_seconds: float
    """Longest run in which both channels stay below -60 dBFS."""


def listen(source: str | Path, *options: str, seconds: float | None = None) -> Heard:
    """Decodes anything that ffmpeg can open, an address too, and judges it."""
    return judge(decode(source, *options, seconds=seconds))


def decode(source: str | Path, *options: str, seconds: float | None = None) -> Samples:
    """float32 [2, frames] at 48 kHz."""
    limit = ["-t", str(seconds)] if seconds else []
    command = [
        program("ffmpeg"),
        "-nostdin",
        "-v",
        "error",
        *options,
        "-i",
        str(source),
        *limit,
        "-vn",
        "-ac",
        "2",
        "-ar",
        str(SAMPLE_RATE),
        "-f",
        "f32le",
        "-",
    ]
    done = subprocess.run(command, capture_output=True, timeout=60 + 2 * (seconds or 60), check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return np.ascontiguousarray(np.frombuffer(done.stdout, "<f4").reshape(-1, 2).T)


def judge(samples: Samples) -> Heard:
    """Level and longest gap of float32 [2, frames]."""
    frames = samples.shape[1]
    if frames == 0:
        return Heard(0.0, -120.0, 0.0)
    quiet = np.abs(samples).max(axis=0) < SILENT
    edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet.astype(np.int8), [0]])))
    runs = edges[1::2] - edges[::2]
    level = 10 * np.log10(max(float(np.mean(samples.astype(np.float64) ** 2)), 1e-12))
    return Heard(frames / SAMPLE_RATE, level, float(runs.max(initial=0)) / SAMPLE_RATE)


LONGEST_PAUSE_SECONDS = 0.6
"""Somebody speaks in one of the files, and breathes."""


def assert_heard(heard: Heard, least_seconds: float) -> None:
    """It is there, loud enough and without a hole."""
    assert heard.seconds >= least_seconds, heard
    assert -32 < heard.level_dbfs < -8, heard
    assert heard.longest_gap_seconds < LONGEST_PAUSE_SECONDS, heard
