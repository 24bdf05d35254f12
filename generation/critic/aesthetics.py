"""How a take is liked by audiobox-aesthetics, whose weights the operator has in a folder. Code and weights are CC-BY 4.0: credit Meta.

The only file that imports it. It wants torchaudio, which does not live beside every build of torch; so the operator installs it himself
(docs/studio.md), and nothing here is fetched from the network.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from dsp.block import SAMPLE_RATE, Samples
from generation.critic.assessor import AssessorMissing
from generation.take import Take

Predict = Callable[[Samples], Mapping[str, float]]
"""Sound, float32 [2, frames] at 48 kHz, in; what the model says of it (CE, CU, PC, PQ: 1 to 10) out."""
CHECKPOINT: Final = "checkpoint.pt"
_LEAST, _MOST = 1.0, 10.0


class Aesthetics:
    """Content enjoyment and production quality, in equal parts. Loads its model when it is made."""

    name = "aesthetics"
    share = 0.5

    def __init__(self, folder: Path, load: Callable[[Path], Predict] | None = None) -> None:
        """Raises AssessorMissing."""
        if not (folder / CHECKPOINT).is_file():
            raise AssessorMissing(f"studio.critic.aesthetics_weights: {folder} holds no {CHECKPOINT}")
        self._predict = (load or _load)(folder)

    def assess(self, take: Take) -> tuple[float, Mapping[str, float]]:
        """Of the whole take."""
        said = self._predict(take.samples)
        value = (0.5 * (said["CE"] + said["PQ"]) - _LEAST) / (_MOST - _LEAST)
        return min(1.0, max(0.0, value)), {f"aesthetics_{name.lower()}": float(one) for name, one in said.items()}


def _load(folder: Path) -> Predict:
    try:
        import torch
        from audiobox_aesthetics.infer import initialize_predictor
    except Exception as error:  # a library that does not fit its neighbours raises anything
        raise AssessorMissing(f"audiobox-aesthetics is not installed: pip install audiobox-aesthetics ({error})") from error
    try:
        predictor: Any = initialize_predictor(ckpt=str(folder / CHECKPOINT))
    except Exception as error:
        raise AssessorMissing(f"{folder} holds no model of audiobox-aesthetics: {error}") from error

    def predict(samples: Samples) -> Mapping[str, float]:
        [said] = predictor.forward([{"path": torch.from_numpy(samples), "sample_rate": SAMPLE_RATE}])
        return {name: float(value) for name, value in said.items()}

    return predict
