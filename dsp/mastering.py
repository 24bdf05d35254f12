"""Mastering: what stands between the playout and the air. Rumble filter, loudness servo, true-peak limiter, and the meters behind them.

The sound does not depend on how it is cut into blocks: the servo decides once every 960 frames, counted from the start.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.block import BLOCK_FRAMES, Samples, seconds_of
from dsp.gain import db_to_gain, glide
from dsp.limiter import TruePeakLimiter
from dsp.loudness import LoudnessMeter
from dsp.rumble import RumbleFilter
from dsp.servo import LoudnessServo

PEAK_BLOCKS: Final = 50
"""How many blocks the peak reading looks back over: one second."""
SILENCE_DBTP: Final = -70.0
"""Where the peak reading ends, as the loudness readings do."""


@dataclass(frozen=True, slots=True)
class MasteringLevels:
    """What the meters read behind the limiter. -70 LUFS or dBTP stands for silence."""

    momentary_lufs: float
    short_term_lufs: float
    integrated_lufs: float
    true_peak_dbtp: float
    """Highest of the last second, to 0.2 dB near the ceiling."""
    gain_reduction_db: float
    """Of the limiter at its lowest gain in the last block, >= 0."""


class Mastering:
    """Brings a programme to `target_lufs` and holds `ceiling_dbtp`. Never raises on any sound."""

    def __init__(self, target_lufs: float = -16.0, ceiling_dbtp: float = -1.0) -> None:
        self._rumble = RumbleFilter()
        self._servo = LoudnessServo(target_lufs)
        self._limiter = TruePeakLimiter(ceiling_dbtp)
        self._meter = LoudnessMeter()
        self._into = 0
        self._gain = 1.0
        self._step = 0.0
        self._peaks: deque[float] = deque([SILENCE_DBTP], PEAK_BLOCKS)

    @property
    def latency_frames(self) -> int:
        """How many frames later the sound comes out."""
        return self._limiter.latency_frames

    @property
    def levels(self) -> MasteringLevels:
        """As of the last frame that came out."""
        return MasteringLevels(
            self._meter.momentary_lufs,
            self._meter.short_term_lufs,
            self._meter.integrated_lufs,
            max(self._peaks),
            self._limiter.gain_reduction_db,
        )

    def process(self, block: Samples) -> Samples:
        """The mastered sound of `latency_frames` ago, a new array of the same shape."""
        frames = block.shape[1]
        if self._into == 0 and frames == BLOCK_FRAMES:
            return self._piece(block)
        output = np.empty(block.shape, np.float32)
        start = 0
        while start < frames:
            end = min(frames, start + BLOCK_FRAMES - self._into)
            output[:, start:end] = self._piece(block[:, start:end])
            start = end
        return output

    def _piece(self, sound: Samples) -> Samples:
        """Masters frames that lie between two decisions of the servo."""
        filtered = self._rumble.process(sound)
        glide(filtered, self._gain, self._step, self._into)
        output = self._limiter.process(filtered)
        self._meter.feed(output)
        self._peaks[-1] = max(self._peaks[-1], self._limiter.true_peak_dbtp)
        self._into += sound.shape[1]
        if self._into == BLOCK_FRAMES:
            self._decide()
        return output

    def _decide(self) -> None:
        """Lets the servo hear what came out, without its own gain, and glides to its new gain over the next 960 frames."""
        self._into = 0
        self._peaks.append(SILENCE_DBTP)
        self._gain += BLOCK_FRAMES * self._step
        self._servo.hear(self._meter.momentary_lufs - self._servo.gain_db, seconds_of(BLOCK_FRAMES))
        self._step = (db_to_gain(self._servo.gain_db) - self._gain) / BLOCK_FRAMES
