"""Mastering: what stands between the playout and the air. One chain of stages, and the meters behind it.

Guard, pre-gain, rumble filter, de-esser, crossover, four compressors, width and sum, exciter, the operator's insert, loudness servo,
low-pass, true-peak limiter. Every stage runs all the time and delays alike whether it is bypassed or not; a change glides. The sound does
not depend on how it is cut into blocks: the servo decides once every 960 frames, parameters move once every 16, counted from the start.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from dsp.block import BLOCK_FRAMES, Samples, seconds_of
from dsp.crossover import Crossover
from dsp.deesser import Deesser
from dsp.dynamics import Compressors
from dsp.exciter import Exciter
from dsp.fader import Fader
from dsp.guard import Wide, narrowed, widened
from dsp.limiter import TruePeakLimiter
from dsp.loudness import LoudnessMeter
from dsp.lowpass import LowPass
from dsp.presets import RADIO
from dsp.rumble import RumbleFilter
from dsp.servo import LoudnessServo
from dsp.settings import MasteringSettings
from dsp.width import Width

REFERENCE_LUFS: Final = -16.0
"""How loud the programme is inside the chain: what the presets' thresholds are meant for."""
PEAK_BLOCKS: Final = 50
"""How many blocks the peak reading looks back over: one second."""
RANGE_BLOCKS: Final = 50
"""How often the range is read: it takes longer than the rest and moves slower."""
DEAF_BLOCKS: Final = 25
"""How long the servo does not listen after a jump of the gain: until the meter has forgotten the sound before it."""
SILENCE_DBTP: Final = -70.0
"""Where the peak reading ends, as the loudness readings do."""


class Insert(Protocol):
    """What the operator puts into the chain, between exciter and servo."""

    @property
    def latency_frames(self) -> int:
        """How many frames later the sound comes out; never changes."""

    def process(self, block: Samples) -> Samples:
        """The sound of `latency_frames` ago, of the block's shape. Never raises; what is no sound becomes silence in the chain."""


@dataclass(frozen=True, slots=True)
class MasteringLevels:
    """What the meters read behind the limiter. -70 LUFS or dBTP stands for silence."""

    momentary_lufs: float
    short_term_lufs: float
    integrated_lufs: float
    range_lu: float
    """Since the start, renewed every second."""
    true_peak_dbtp: float
    """Highest of the last second, to 0.2 dB near the ceiling."""
    gain_reduction_db: float
    """Of the limiter at its lowest gain in the last block, >= 0."""
    band_reductions_db: tuple[float, float, float, float]
    """Of the compressors now, from the lowest band to the highest, >= 0; what is given back is not counted."""
    servo_gain_db: float
    """What the loudness servo adds, the way to the target included."""


class Mastering:
    """Masters a programme. Never raises on any sound, and nothing but sound comes out."""

    def __init__(self, settings: MasteringSettings = RADIO, insert: Insert | None = None) -> None:
        self._settings = settings
        self._insert = insert
        self._pre_gain = Fader(_pre_gain_db(settings))
        self._rumble = RumbleFilter(settings.rumble)
        self._deesser = Deesser(settings.deesser)
        self._crossover = Crossover(settings.crossover)
        self._compressors = Compressors(settings.compressor)
        self._width = Width(settings.width, settings.crossover)
        self._exciter = Exciter(settings.exciter)
        self._servo = LoudnessServo(settings.servo, REFERENCE_LUFS)
        self._servo_fader = Fader(self._servo_gain_db())
        self._lowpass = LowPass(settings.lowpass)
        self._limiter = TruePeakLimiter(settings.limiter)
        self._meter = LoudnessMeter()
        self._into = 0
        self._blocks = 0
        self._deaf_blocks = 0
        self._range_lu = 0.0
        self._peaks: deque[float] = deque([SILENCE_DBTP], PEAK_BLOCKS)

    @property
    def settings(self) -> MasteringSettings:
        """What it masters by, or is on its way to."""
        return self._settings

    @property
    def latency_frames(self) -> int:
        """How many frames later the sound comes out; never changes."""
        return (self._insert.latency_frames if self._insert else 0) + self._lowpass.latency_frames + self._limiter.latency_frames

    @property
    def levels(self) -> MasteringLevels:
        """As of the last frame that came out."""
        return MasteringLevels(
            self._meter.momentary_lufs,
            self._meter.short_term_lufs,
            self._meter.integrated_lufs,
            self._range_lu,
            max(self._peaks),
            self._limiter.gain_reduction_db,
            self._compressors.reductions_db,
            self._servo_fader.gain_db,
        )

    def change(self, settings: MasteringSettings) -> None:
        """Glides to other settings, any of them, within a quarter of a second. From the thread that processes."""
        self._settings = settings
        self._pre_gain.move(_pre_gain_db(settings))
        self._rumble.change(settings.rumble)
        self._deesser.change(settings.deesser)
        self._crossover.change(settings.crossover)
        self._compressors.change(settings.compressor)
        self._width.change(settings.width, settings.crossover)
        self._exciter.change(settings.exciter)
        self._servo.change(settings.servo)
        self._lowpass.change(settings.lowpass)
        self._limiter.change(settings.limiter)
        if self._servo_gain_db() != self._servo_fader.gain_db:
            self._servo_fader.move(self._servo_gain_db())
            self._deaf_blocks = DEAF_BLOCKS

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

    def _piece(self, block: Samples) -> Samples:
        """Masters frames that lie between two decisions of the servo."""
        sound = widened(block)
        self._pre_gain.process(sound)
        self._rumble.process(sound)
        self._deesser.process(sound)
        bands = self._crossover.split(sound)
        self._compressors.process(bands)
        self._width.sum(bands, sound)
        self._exciter.process(sound)
        sound = self._inserted(sound)
        self._servo_fader.process(sound)
        self._lowpass.process(sound)
        output = self._limiter.process(narrowed(sound))
        self._meter.feed(output)
        self._peaks[-1] = max(self._peaks[-1], self._limiter.true_peak_dbtp)
        self._into += block.shape[1]
        if self._into == BLOCK_FRAMES:
            self._decide()
        return output

    def _inserted(self, sound: Wide) -> Wide:
        """Through the insert, if there is one. What it makes of the sound is guarded like what comes from outside."""
        return widened(self._insert.process(narrowed(sound))) if self._insert else sound

    def _decide(self) -> None:
        """Lets the servo hear what came out, without its own gain, and moves to its new gain."""
        self._into = 0
        self._blocks += 1
        self._peaks.append(SILENCE_DBTP)
        if self._blocks % RANGE_BLOCKS == 0:
            self._range_lu = self._meter.range_lu
        if self._deaf_blocks:
            self._deaf_blocks -= 1
            return
        self._servo.hear(self._meter.momentary_lufs - self._servo_fader.gain_db, seconds_of(BLOCK_FRAMES))
        self._servo_fader.move(self._servo_gain_db())

    def _servo_gain_db(self) -> float:
        return 0.0 if self._settings.servo.bypass else self._servo.gain_db


def _pre_gain_db(settings: MasteringSettings) -> float:
    gain = settings.pre_gain
    return REFERENCE_LUFS - settings.programme_lufs + (0.0 if gain.bypass else gain.gain_db)
