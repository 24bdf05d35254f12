"""How well a take fits its brief by a CLAP model (LAION), from a folder that the operator has. Nothing is fetched from the network.

The only file of the critic that imports transformers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dsp.block import SAMPLE_RATE, frames_of
from generation.brief import Brief
from generation.critic.assessor import AssessorMissing
from generation.take import Take

WINDOW_SECONDS: Final = 10.0
"""What the model hears at a time."""
WINDOWS: Final = 6
"""Evenly spread over the take."""
_CHANCE, _MATCH = 0.05, 0.45
"""Cosines of a text with any music, and with the music that it describes."""


@dataclass(frozen=True, slots=True)
class Embedders:
    """The two halves of the model; both make vectors of length 1."""

    sound: Callable[[NDArray[np.float32]], NDArray[np.float32]]
    """Of ten seconds in mono at 48 kHz."""
    words: Callable[[str], NDArray[np.float32]]


class Clap:
    """Loads its model when it is made, on one core."""

    name = "clap"
    share = 0.3

    def __init__(self, folder: Path, load: Callable[[Path], Embedders] | None = None) -> None:
        """Raises AssessorMissing."""
        if not (folder / "config.json").is_file():
            raise AssessorMissing(f"studio.critic.clap_weights: {folder} holds no model (config.json and its weights)")
        self._embedders = (load or _load)(folder)

    def assess(self, take: Take) -> tuple[float, Mapping[str, float]]:
        """The mean cosine of its sound with what was asked for."""
        mono = take.samples.mean(axis=0, dtype=np.float32)
        window = min(frames_of(WINDOW_SECONDS), mono.size)
        starts = np.linspace(0, mono.size - window, WINDOWS).astype(int)
        words = self._embedders.words(described(take.brief))
        cosine = float(np.mean([self._embedders.sound(np.ascontiguousarray(mono[at : at + window])) @ words for at in starts]))
        return min(1.0, max(0.0, (cosine - _CHANCE) / (_MATCH - _CHANCE))), {"clap_cosine": cosine}


def described(brief: Brief) -> str:
    """What was asked for, in words that the model knows."""
    return ", ".join(filter(None, (f"{brief.genre} music", brief.mood, brief.words[:200])))


def _load(folder: Path) -> Embedders:
    try:
        import torch
        from transformers import AutoTokenizer, ClapFeatureExtractor, ClapModel
    except Exception as error:  # a library that does not fit its neighbours raises anything
        raise AssessorMissing(f"transformers is not installed: pip install 'sonicforge[clap]' ({error})") from error
    try:
        model: Any = ClapModel.from_pretrained(str(folder), local_files_only=True).eval()
        prepare: Any = ClapFeatureExtractor.from_pretrained(str(folder), local_files_only=True)
        tokens: Any = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    except Exception as error:
        raise AssessorMissing(f"{folder} holds no CLAP model: {error}") from error

    def unit(told: Any) -> NDArray[np.float32]:
        vector = getattr(told, "pooler_output", told)[0].numpy()  # a tensor, or since transformers 5 an output that holds it
        return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)

    def sound(samples: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.inference_mode():
            return unit(model.get_audio_features(**prepare(samples, sampling_rate=SAMPLE_RATE, return_tensors="pt")))

    def words(text: str) -> NDArray[np.float32]:
        with torch.inference_mode():
            return unit(model.get_text_features(**tokens([text], return_tensors="pt", truncation=True)))

    return Embedders(sound, words)
