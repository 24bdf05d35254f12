"""librosa and aubio beside our ears: where their environment is, and asking them of one track after the other.

They pin other versions than we do, so they live in an environment of their own. What is missing there is said with how to install it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.signal import resample_poly

from benchmarks import sound_ears_peer
from dsp.block import SAMPLE_RATE, Samples

LIBROSA, AUBIO = "librosa", "aubio"
PACKAGES: Final = {LIBROSA: "librosa", AUBIO: "aubio-ledfx"}
"""What each is called where packages are had; aubio's own has no wheels for Python 3.11."""
HOUSE: Final = Path(__file__).resolve().parents[1]
VARIABLE: Final = "SONICFORGE_BENCH_PEERS"
PLACE: Final = Path(os.environ.get(VARIABLE) or HOUSE / ".venv" / "peers")
"""Their environment."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one peer says of one track."""

    bpm: float
    cpu_seconds: float
    tonic: int | None = None
    minor: bool | None = None


def missing(name: str) -> str:
    """What to do about a peer that is not there."""
    there = "" if PLACE.is_dir() else f"{sys.executable} -m venv {PLACE} && "
    command = f"{there}{PLACE / 'bin' / 'pip'} install {PACKAGES[name]}"
    return f"the package {PACKAGES[name]} is missing: {command} (or name an environment that has it in {VARIABLE})"


class Peers:
    """At work, in a process of their own."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self.versions: dict[str, str] = self._answer()
        """By name, of those that are there."""

    def send(self, samples: Samples) -> None:
        """Gives them a track; they work while we do. Every track that is sent must be asked after."""
        assert self._process.stdin is not None
        mono = samples.mean(axis=0, dtype=np.float64)
        sound = resample_poly(mono, sound_ears_peer.RATE // 300, SAMPLE_RATE // 300).astype("<f4")
        self._process.stdin.write(len(sound).to_bytes(8, "little") + sound.tobytes())
        self._process.stdin.flush()

    def answers(self) -> dict[str, Answer]:
        """What they say of the track that was sent last, by name."""
        return {name: Answer(**told) for name, told in self._answer().items()}

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the peers' process ended with {self._process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def peers_at_work() -> Iterator[Peers | None]:
    """As long as the block lasts; None if their environment is not there."""
    python = PLACE / "bin" / "python"
    if not python.exists():
        yield None
        return
    command = [python, Path(sound_ears_peer.__file__)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        try:
            yield Peers(process)
        finally:
            process.kill()
