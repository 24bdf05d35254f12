"""Beats and bars by beat_this, a neural tracker, from a weight file that the operator has. The only file that imports it.

Its beats are laid onto an even grid, for a station mixes by grids; where they are not even the core's grid stays. Nothing is fetched
from the network: a name that is no file is refused here, because the library would take it for an address.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dsp.block import SAMPLE_RATE, Samples
from dsp.hearing import Hearing
from server.ears.even_beats import even_grid
from server.ears.missing import EarMissing

TRUSTED: Final = 0.5
Tracker = Callable[[NDArray[np.float32], int], tuple[Any, Any]]
"""Mono sound and its rate in; beats and downbeats in seconds out."""


class BeatThisEar:
    """Loads its model when it is made, on one core."""

    name = "beat_this"
    features_model = None

    def __init__(self, weights: Path, load: Callable[[Path], Tracker] | None = None) -> None:
        """Raises EarMissing."""
        if not weights.is_file():
            raise EarMissing(f"ears.beat_this_weights: there is no file {weights}")
        self._track = (load or _load)(weights)

    def refine(self, samples: Samples, hearing: Hearing) -> Hearing:
        """With its grid, and the tempo of that grid, if its beats are even."""
        beats, downbeats = self._track(samples.mean(axis=0, dtype=np.float32), SAMPLE_RATE)
        grid = even_grid(np.asarray(beats, np.float64), np.asarray(downbeats, np.float64))
        if grid is None or grid.confidence < TRUSTED:
            return hearing
        tempo = replace(hearing.tempo, bpm=round(grid.bpm, 3), confidence=max(hearing.tempo.confidence, grid.confidence))
        return replace(hearing, grid=grid, tempo=tempo)


def _load(weights: Path) -> Tracker:
    try:
        import torch
        from beat_this.inference import Audio2Beats
    except Exception as error:  # a library that does not fit its neighbours raises anything
        raise EarMissing(f"beat_this is not installed: pip install 'sonicforge[beats]' ({error})") from error
    torch.set_num_threads(1)  # the air needs the others
    try:
        tracker: Tracker = Audio2Beats(checkpoint_path=str(weights), device="cpu", dbn=False)
    except Exception as error:
        raise EarMissing(f"{weights} holds no weights of beat_this: {error}") from error
    return tracker
