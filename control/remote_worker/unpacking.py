"""A worker's FLAC, opened where every file is opened that nobody vouches for: in intake's sandbox. A WAV needs none of it."""

import tempfile
from pathlib import Path
from typing import Final

import numpy as np

from dsp.block import Samples
from generation.errors import GenerationFailed
from generation.remote.errors import Untrue
from server.intake.intake import Intake
from server.intake.minder import Policy
from server.intake.prepared import load
from server.intake.refusal import IntakeError, Refused

LARGEST_BYTES: Final = 256_000_000
LONGEST_SECONDS: Final = 660


class FlacUnpacker:
    """An Unpack (generation/remote/checking.py)."""

    def __init__(self, scratch: Path) -> None:
        """`scratch`: a folder in which it may make one of its own for each sound."""
        self._scratch = scratch

    def __call__(self, packed: bytes) -> Samples:
        """float32 [2, frames] at 48 kHz. Raises Untrue, and GenerationFailed where this machine is to blame."""
        with tempfile.TemporaryDirectory(prefix="take-", dir=self._scratch) as name:
            folder = Path(name).resolve()
            file, target = folder / "take.flac", folder / "take.npy"
            file.write_bytes(packed)
            try:
                Intake([folder], Policy(largest_bytes=LARGEST_BYTES, longest_seconds=LONGEST_SECONDS)).prepare_now(file, target)
                return np.array(load(target), np.float32)
            except Refused as refusal:
                raise Untrue(f"the worker's FLAC file cannot be opened: {refusal}") from None
            except (IntakeError, OSError) as error:
                raise GenerationFailed(f"the worker's FLAC file cannot be unpacked here: {error}") from None
