"""The true-peak limiter: nothing it lets through rises above the ceiling, also between the samples.

It looks ahead. A detector interpolates the sound eightfold and says how far the gain must fall at each frame. The lowest demand of the
look-ahead and of 10 ms more is held (the hold keeps the gain still within a period of the bass: no distortion), let go slowly, and then
smoothed by two box filters whose lengths together are the look-ahead. So at each frame the gain is at most what was demanded there.
Below the ceiling the gain is exactly 1 and the sound comes out bit for bit, 5 ms later.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.block import CHANNELS, SAMPLE_RATE, Samples
from dsp.gain import db_to_gain, gain_to_db
from dsp.kernel import kernel, plain, summing_kernel
from dsp.settings import LimiterSettings
from dsp.smoothing import WINDOW_FRAMES, Rows, Smoothed

OVERSAMPLING: Final = 8
REACH: Final = 48
TAPS: Final = 2 * REACH
"""Of the detector's windowed sinc, for each of the 8 phases. With 24 the output rose to +0.6 dBTP, with 64 to -0.8 above 23 kHz."""
STRETCH: Final = 16
"""Frames that share one decision whether all phases are worth computing."""
NEAR: Final = 1.5
"""Sound rises by less than this between the points that are known at twice its rate (3.05 dB is the bound, see dsp/true_peak.py)."""
HEADROOM_DB: Final = 0.2
"""What the detector may miss: points between its eighths, and part of what lies above 23.5 kHz, where no sinc of finite length hears."""

BOX: Final = 96
"""Frames of each of the two box filters: 2 ms."""
RAMP_FRAMES: Final = 2 * BOX - 1
HOLD_FRAMES: Final = RAMP_FRAMES + 1 + SAMPLE_RATE // 100
"""How long a demand counts: through the ramp towards it, and 10 ms (half a period of 50 Hz) after it."""
DETECTOR_FRAMES: Final = REACH + 1
LATENCY_FRAMES: Final = DETECTOR_FRAMES + RAMP_FRAMES

ONE: Final = 1 << 40
"""Gain 1. Gains are whole numbers, so the box filters' sums are exact: they do not drift in a year on air."""
RING: Final = 1024
"""Room for the demands that are held; a power of two above HOLD_FRAMES."""
_PIECE: Final = 65_536
LOUDEST: Final = 1e6
"""+120 dBFS: more than all gains of the chain can make of what its guard lets in. A higher sample, or one that is no number, becomes
silence."""

FRAME, HEAD, TAIL, HELD, FIRST_SUM, SECOND_SUM, REST = range(7)
"""What stands where in the limiter's memory of whole numbers."""
CEILING, RELEASE = range(2)
"""Columns of the rows."""


def interpolator(beta: float = 7.5) -> NDArray[np.float32]:
    """The points an eighth to seven eighths behind a frame, float32 [7, TAPS]: a Kaiser-windowed sinc; the fourth is half way."""
    distance = np.arange(1, OVERSAMPLING)[:, None] / OVERSAMPLING - np.arange(1 - REACH, REACH + 1)
    window = np.i0(beta * np.sqrt(np.maximum(0.0, 1.0 - (distance / REACH) ** 2))) / np.i0(beta)
    return np.ascontiguousarray(np.sinc(distance) * window, np.float32)


class TruePeakLimiter:
    """Holds its ceiling, stereo-linked. Any length of block gives the same sound."""

    latency_frames: Final = LATENCY_FRAMES

    def __init__(self, settings: LimiterSettings) -> None:
        self._smoothed = Smoothed(_parameters(settings))
        self._taps = interpolator()
        self._past = np.zeros((CHANNELS, LATENCY_FRAMES), np.float32)
        self._past_peaks = np.zeros(RAMP_FRAMES + 1, np.float32)
        self._demands = np.zeros((2, RING), np.int64)
        self._boxes = np.empty((2, BOX), np.int64)
        self._boxes[0] = ONE
        self._boxes[1] = BOX * ONE
        self._memory = np.zeros(REST + 1, np.int64)
        self._memory[HELD] = ONE
        self._memory[FIRST_SUM] = BOX * ONE
        self._memory[SECOND_SUM] = BOX * BOX * ONE
        self._memory[REST] = 2 * BOX
        self._readings = np.array([1.0, 0.0])

    def change(self, settings: LimiterSettings) -> None:
        """Moves to other settings. While it moves it holds the higher of the two ceilings."""
        self._smoothed.aim(_parameters(settings))

    def process(self, block: Samples) -> Samples:
        """The sound of `latency_frames` ago, limited: a new array of the same shape."""
        rows, into = self._smoothed.over(block.shape[1])
        known = np.concatenate((self._past, plain(block)), axis=1)
        peaks = np.empty(self._past_peaks.size + block.shape[1], np.float32)
        peaks[: self._past_peaks.size] = self._past_peaks
        lowest = float(rows[:, CEILING].min())
        _detect(known, self._taps, lowest, peaks)
        output = np.empty(block.shape, np.float32)
        _limit(known, peaks, lowest, rows, into, self._demands, self._boxes, self._memory, output, self._readings)
        self._past = known[:, block.shape[1] :].copy()
        self._past_peaks = peaks[block.shape[1] :].copy()
        return output

    @property
    def gain_reduction_db(self) -> float:
        """How far the gain fell at its lowest in the last block; >= 0."""
        return 0.0 - gain_to_db(float(self._readings[0]))

    @property
    def true_peak_dbtp(self) -> float:
        """Of the last block, limited, as the detector saw it: to 0.2 dB near the ceiling, at twice the rate below."""
        return gain_to_db(float(self._readings[1]))


def _parameters(settings: LimiterSettings) -> tuple[float, float]:
    """The ceiling as a factor, and how much of its way up the gain goes in a frame."""
    ceiling = LOUDEST if settings.bypass else db_to_gain(settings.ceiling_dbtp - HEADROOM_DB)
    return ceiling, 1.0 - math.exp(-1.0 / (settings.release_ms / 1000.0 * SAMPLE_RATE))


@summing_kernel
def _interpolate(sound: NDArray[np.float32], taps: NDArray[np.float32], peaks: NDArray[np.float32]) -> None:
    """Raises each of `peaks` to the magnitude of its point: `sound` filtered by `taps`."""
    for frame in range(peaks.shape[0]):
        point = np.float32(0.0)
        for tap in range(TAPS):
            point += taps[tap] * sound[frame + tap]
        peaks[frame] = max(peaks[frame], abs(point))


@summing_kernel
def _detect(known: Samples, taps: NDArray[np.float32], ceiling: float, peaks: NDArray[np.float32]) -> None:
    """Cleans the block at the end of `known`, and writes the peaks from each frame to the next to the end of `peaks`.

    Where nothing can reach the ceiling, a peak is that of the samples and the points half way between them.
    """
    frames = peaks.shape[0] - RAMP_FRAMES - 1
    first = known.shape[1] - frames - DETECTOR_FRAMES
    peaks[RAMP_FRAMES + 1 :] = 0.0
    halves = np.empty(frames + 2, np.float32)
    for channel in range(known.shape[0]):
        sound = known[channel]
        for frame in range(known.shape[1] - frames, known.shape[1]):
            if not abs(sound[frame]) <= LOUDEST:
                sound[frame] = 0.0
        halves[:] = 0.0
        _interpolate(sound[first - REACH :], taps[OVERSAMPLING // 2 - 1], halves)
        for start in range(0, frames, STRETCH):
            end = min(start + STRETCH, frames)
            here = peaks[RAMP_FRAMES + 1 + start : RAMP_FRAMES + 1 + end]
            local = max(halves[start], halves[end + 1])
            for frame in range(start, end):
                here[frame - start] = max(here[frame - start], max(abs(sound[first + frame]), halves[frame + 1]))
                local = max(local, here[frame - start])
            local = max(local, max(abs(sound[first + start - 1]), max(abs(sound[first + end]), abs(sound[first + end + 1]))))
            if NEAR * local > ceiling:
                for phase in range(OVERSAMPLING - 1):
                    _interpolate(sound[first + start - REACH + 1 :], taps[phase], here)


@kernel
def _limit(
    known: Samples,
    peaks: NDArray[np.float32],
    lowest: float,
    rows: Rows,
    into: int,
    demands: NDArray[np.int64],
    boxes: NDArray[np.int64],
    memory: NDArray[np.int64],
    output: Samples,
    readings: NDArray[np.float64],
) -> None:
    """Writes the limited sound of LATENCY_FRAMES ago; `readings` become its lowest gain and its highest peak.

    `lowest` is the lowest ceiling in the rows.
    """
    frames = output.shape[1]
    readings[0], readings[1] = 1.0, 0.0
    if memory[REST] >= 2 * BOX and peaks[RAMP_FRAMES:].max() <= lowest:
        output[:] = known[:, :frames]
        memory[FRAME] += frames
        memory[HEAD] = memory[TAIL]
        readings[1] = peaks[1 : frames + 1].max()
        return
    for frame in range(frames):
        newest = RAMP_FRAMES + 1 + frame
        peak = max(peaks[newest - 1], peaks[newest])
        row = rows[(into + frame) // WINDOW_FRAMES]
        demand = ONE if peak <= row[CEILING] else int(ONE * (row[CEILING] / peak))
        gain = _smooth(_hold(demand, demands, memory), row[RELEASE], boxes, memory)
        output[0, frame] = known[0, frame] * gain
        output[1, frame] = known[1, frame] * gain
        readings[0] = min(readings[0], gain)
        readings[1] = max(readings[1], gain * peaks[frame + 1])


@kernel
def _hold(demand: int, demands: NDArray[np.int64], memory: NDArray[np.int64]) -> int:
    """The lowest of the last HOLD_FRAMES demands. `demands` is a queue of those that may still become it: [gain, frame][place]."""
    now, head, tail = memory[FRAME], memory[HEAD], memory[TAIL]
    while tail > head and demands[0, (tail - 1) % RING] >= demand:
        tail -= 1
    demands[0, tail % RING] = demand
    demands[1, tail % RING] = now
    if demands[1, head % RING] <= now - HOLD_FRAMES:
        head += 1
    memory[FRAME], memory[HEAD], memory[TAIL] = now + 1, head, tail + 1
    return int(demands[0, head % RING])


@kernel
def _smooth(demand: int, release: float, boxes: NDArray[np.int64], memory: NDArray[np.int64]) -> float:
    """The gain of this frame: `demand` at once where it falls, slowly where it rises, through both box filters."""
    held = memory[HELD]
    if ONE - held < ONE >> 24:
        held = ONE
    held = min(demand, held + int((ONE - held) * release))
    place = memory[FRAME] % BOX
    memory[FIRST_SUM] += held - boxes[0, place]
    boxes[0, place] = held
    memory[SECOND_SUM] += memory[FIRST_SUM] - boxes[1, place]
    boxes[1, place] = memory[FIRST_SUM]
    memory[HELD] = held
    memory[REST] = memory[REST] + 1 if held == ONE else 0
    return float(memory[SECOND_SUM] / (BOX * BOX * ONE))


def limit(sound: Samples, ceiling_dbtp: float) -> None:
    """A whole sound, float32 [2, frames], in place and piece by piece; nothing moves in time."""
    limiter = TruePeakLimiter(LimiterSettings(ceiling_dbtp=ceiling_dbtp))
    late, frames = limiter.latency_frames, sound.shape[1]
    for start in range(0, frames + late, _PIECE):
        piece = sound[:, start : start + _PIECE]
        missing = min(_PIECE, frames + late - start) - piece.shape[1]
        out = limiter.process(np.pad(piece, ((0, 0), (0, missing))) if missing else piece)
        skip = max(0, late - start)
        first = start - late + skip
        sound[:, first : first + out.shape[1] - skip] = out[:, skip:]
