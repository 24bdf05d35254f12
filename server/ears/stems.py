"""Stems by Demucs, from a folder of weights that the operator has: drums, bass, voice and the rest of a track, each as a track of its own.

The only file that imports it. Nothing is fetched from the network. Weights are Python pickles: they run as a program does, so only files
that the operator trusts belong into that folder. It takes about as long as the track lasts on one core, and two gigabytes.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from dsp.block import SAMPLE_RATE, Samples
from server.ears.missing import EarMissing

Separate = Callable[[Samples], dict[str, Samples]]


class Separator:
    """Loads its model when it is made."""

    def __init__(self, folder: Path, model: str = "htdemucs", load: Callable[[Path, str], Separate] | None = None) -> None:
        """Raises EarMissing."""
        if not folder.is_dir():
            raise EarMissing(f"there is no folder {folder} with weights of Demucs")
        self._separate = (load or _load)(folder, model)

    def separate(self, samples: Samples) -> dict[str, Samples]:
        """The stems of float32 [2, frames] by name (drums, bass, other, vocals), each as long; their sum is the track, nearly."""
        frames = samples.shape[1]
        return {name: _fitted(stem, frames) for name, stem in self._separate(samples).items()}


def _fitted(stem: Samples, frames: int) -> Samples:
    """At 48 kHz a stem may come back some frames longer or shorter."""
    whole = np.zeros((2, frames), np.float32)
    length = min(frames, stem.shape[1])
    whole[:, :length] = stem[:, :length]
    return whole


def _load(folder: Path, model: str) -> Separate:
    try:
        import torch
        from demucs.api import Separator as Demucs
        from demucs.audio import convert_audio
    except Exception as error:  # a library that does not fit its neighbours raises anything
        raise EarMissing(f"demucs is not installed: pip install 'sonicforge[stems]' ({error})") from error
    device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        demucs: Any = Demucs(model=model, repo=folder, device=device, shifts=0)
    except Exception as error:
        raise EarMissing(f"{folder} holds no model {model}: {error}") from error

    def separate(samples: Samples) -> dict[str, Samples]:
        _, stems = demucs.separate_tensor(torch.from_numpy(np.ascontiguousarray(samples)), SAMPLE_RATE)
        at_ours = {name: convert_audio(stem, demucs.samplerate, SAMPLE_RATE, 2) for name, stem in stems.items()}
        return {name: np.asarray(stem.cpu().numpy(), np.float32) for name, stem in at_ours.items()}

    return separate
