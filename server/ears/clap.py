"""Feature vectors by a CLAP model (LAION), from a folder that the operator has: 512 numbers that know more of a track than ours do.

The only file that imports transformers here. Nothing is fetched from the network. Vectors carry the model's name, so that none is
compared with ours, and every track is heard again when the operator changes the model.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dsp.block import SAMPLE_RATE, Samples, frames_of
from dsp.hearing import Hearing
from server.ears.missing import EarMissing

WINDOW_SECONDS: Final = 10.0
"""What the model hears at a time."""
MOST_WINDOWS: Final = 12
"""Evenly spread over a long track."""
Embed = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""Mono sound at 48 kHz of ten seconds in, its vector out."""


class ClapEar:
    """Loads its model when it is made, on one core."""

    name = "clap"

    def __init__(self, folder: Path, load: Callable[[Path], Embed] | None = None) -> None:
        """Raises EarMissing."""
        if not (folder / "config.json").is_file():
            raise EarMissing(f"ears.clap_weights: {folder} holds no model (config.json and its weights)")
        self.features_model = f"clap/{folder.name}"
        self._embed = (load or _load)(folder)

    def refine(self, samples: Samples, hearing: Hearing) -> Hearing:
        """With the mean of its vectors between the cues, of length 1."""
        cues = hearing.cues
        sound = samples[:, cues.cue_in_frames : cues.cue_out_frames].mean(axis=0, dtype=np.float32)
        window = frames_of(WINDOW_SECONDS)
        if sound.size < window:
            sound = np.tile(sound, window // max(1, sound.size) + 1)[:window]
        count = min(MOST_WINDOWS, sound.size // window)
        starts = np.linspace(0, sound.size - window, count).astype(int)
        vector = np.mean([self._embed(np.ascontiguousarray(sound[start : start + window])) for start in starts], axis=0)
        vector = vector / max(float(np.linalg.norm(vector)), 1e-9)
        features = tuple(round(float(number), 6) for number in vector)
        return replace(hearing, features=features, features_model=self.features_model)


def _load(folder: Path) -> Embed:
    try:
        import torch
        from transformers import ClapFeatureExtractor, ClapModel
    except Exception as error:  # a library that does not fit its neighbours raises anything
        raise EarMissing(f"transformers is not installed: pip install 'sonicforge[clap]' ({error})") from error
    torch.set_num_threads(1)  # the air needs the others
    try:
        model: Any = ClapModel.from_pretrained(str(folder), local_files_only=True).eval()
        prepare: Any = ClapFeatureExtractor.from_pretrained(str(folder), local_files_only=True)
    except Exception as error:
        raise EarMissing(f"{folder} holds no CLAP model: {error}") from error

    def embed(sound: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.inference_mode():
            told = model.get_audio_features(**prepare(sound, sampling_rate=SAMPLE_RATE, return_tensors="pt"))
            vector = getattr(told, "pooler_output", told)  # a tensor, or since transformers 5 an output that holds it
        return np.asarray(vector[0].numpy(), np.float32)

    return embed
