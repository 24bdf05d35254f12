"""The chain as the benches set it: all bypassed but what is measured, and block by block as the station feeds it."""

from typing import Final

import numpy as np

from benchmarks.instruments import Process
from dsp.block import BLOCK_FRAMES, Samples
from dsp.settings import MasteringSettings

DEFAULT: Final = MasteringSettings()
STAGES: Final = ("pre_gain", "rumble", "deesser", "crossover", "compressor", "width", "exciter", "servo", "lowpass", "limiter")


def bypassed(*but: str, base: MasteringSettings = DEFAULT) -> MasteringSettings:
    """`base` with every stage bypassed except those."""
    return MasteringSettings.from_table({stage: {"bypass": stage not in but} for stage in STAGES}, base)


def in_blocks(process: Process, sound: Samples, frames: int = BLOCK_FRAMES) -> Samples:
    """The whole sound, block by block; the last block may be short."""
    return np.concatenate([process(sound[:, start : start + frames]) for start in range(0, sound.shape[1], frames)], axis=1)
