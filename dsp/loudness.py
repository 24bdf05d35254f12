"""Loudness as EBU R 128 and ITU-R BS.1770-4 define it: as a stream that may run for weeks, or of a whole piece.

K-weighted energy is gathered in hops of 10 ms. The last 400 ms are the momentary, the last 3 s the short-term loudness. Every 100 ms
the momentary energy falls into a histogram of 0.1 LU steps from which the gated integrated loudness is read, the short-term energy into
another for the range (EBU Tech 3342). Histograms do not grow, and each step keeps its exact energy.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.block import CHANNELS, Samples
from dsp.kernel import kernel, plain

SILENCE_LUFS: Final = -70.0
"""The absolute gate of BS.1770; stands for every loudness below it."""
HOP_FRAMES: Final = 480
MOMENTARY_HOPS: Final = 40
SHORT_TERM_HOPS: Final = 300
GATE_HOPS: Final = 10

STEPS: Final = 1000
STEP_LU: Final = 0.1
RELATIVE_GATE_LU: Final = -10.0
RANGE_GATE_LU: Final = -20.0

K_WEIGHTING: Final = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585),
    (1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621),
)
"""b0, b1, b2, a1, a2 of the head's shelf and the low cut at 48 kHz: BS.1770-4, tables 1 and 2."""
TINY: Final = 1e-20
"""Added to the sound (-400 dBFS): in silence a filter's memory stays above the numbers so small that the processor slows down."""

GATED, RANGED = 0, 1
"""Rows of the histograms: momentary energy for the integrated loudness, short-term energy for the range."""


@dataclass(frozen=True, slots=True)
class Loudness:
    """How loud a whole piece is."""

    integrated_lufs: float
    """-70 if nothing of it passes the gate."""
    range_lu: float


class LoudnessMeter:
    """Hears a stream block by block. Any length of block gives the same readings; -70 stands for silence."""

    def __init__(self) -> None:
        self._coefficients = np.array(K_WEIGHTING)
        self.reset()

    def reset(self) -> None:
        """Forgets all it heard."""
        self._filters = np.zeros((CHANNELS, 2, 2))
        self._partial = np.zeros(CHANNELS + 1)
        self._ring = np.zeros(SHORT_TERM_HOPS)
        self._hops = np.zeros(1, np.int64)
        self._counts = np.zeros((2, STEPS), np.int64)
        self._energies = np.zeros((2, STEPS))
        self._readings = np.full(3, SILENCE_LUFS)

    def feed(self, block: Samples) -> None:
        """Hears the next frames."""
        _measure(
            plain(block),
            self._coefficients,
            self._filters,
            self._partial,
            self._ring,
            self._hops,
            self._counts,
            self._energies,
            self._readings,
        )

    @property
    def momentary_lufs(self) -> float:
        """Of the last 400 ms, renewed every 10 ms."""
        return float(self._readings[0])

    @property
    def short_term_lufs(self) -> float:
        """Of the last 3 s, renewed every 100 ms."""
        return float(self._readings[1])

    @property
    def integrated_lufs(self) -> float:
        """Since the start or the last reset, gated, renewed every 100 ms."""
        return float(self._readings[2])

    @property
    def range_lu(self) -> float:
        """Loudness range: from the 10th to the 95th percentile of what lies within 20 LU of the mean; 0 before 3 s."""
        counts, energies = self._counts[RANGED], self._energies[RANGED]
        if not counts.any():
            return 0.0
        levels = SILENCE_LUFS + STEP_LU * (np.arange(STEPS) + 0.5)
        gate = _lufs(energies.sum() / counts.sum()) + RANGE_GATE_LU
        below = np.cumsum(np.where(levels >= gate, counts, 0))
        low, high = np.searchsorted(below, below[-1] * np.array([0.10, 0.95]))
        return float(levels[high] - levels[low])


def measure_loudness(samples: Samples) -> Loudness:
    """The loudness of a whole piece."""
    meter = LoudnessMeter()
    meter.feed(samples)
    return Loudness(meter.integrated_lufs, meter.range_lu)


def hop_energies(samples: Samples) -> NDArray[np.float64]:
    """The K-weighted energy (mean square, channels summed) of each whole 10 ms of a piece, float64 [frames // 480]."""
    energies = np.empty(samples.shape[1] // HOP_FRAMES)
    _weigh(plain(samples), np.array(K_WEIGHTING), np.zeros((CHANNELS, 2, 2)), np.zeros(CHANNELS + 1), energies)
    return energies


def lufs(energies: NDArray[np.float64]) -> NDArray[np.float64]:
    """The loudness of K-weighted energies; no gate, silence is -200."""
    return np.asarray(-0.691 + 10.0 * np.log10(np.maximum(energies, 1e-20)))


@kernel
def _lufs(energy: float) -> float:
    return float(-0.691 + 10.0 * np.log10(max(energy, 1e-20)))


@kernel
def _weigh(
    block: Samples,
    coefficients: NDArray[np.float64],
    filters: NDArray[np.float64],
    partial: NDArray[np.float64],
    energies: NDArray[np.float64],
) -> int:
    """Writes the energy of each hop that ends in `block` and returns how many. `partial` is each channel's sum, and the length so far."""
    frames = block.shape[1]
    start = hops = 0
    while start < frames:
        end = min(frames, start + HOP_FRAMES - int(partial[CHANNELS]))
        for channel in range(CHANNELS):
            partial[channel] = _weighted_energy(block[channel, start:end], coefficients, filters[channel], partial[channel])
        partial[CHANNELS] += end - start
        start = end
        if partial[CHANNELS] == HOP_FRAMES:
            energies[hops] = (partial[0] + partial[1]) / HOP_FRAMES
            if not np.isfinite(energies[hops]):
                energies[hops] = 0.0
                filters[:] = 0.0
            partial[:] = 0.0
            hops += 1
    return hops


@kernel
def _weighted_energy(sound: NDArray[np.float32], coefficients: NDArray[np.float64], memory: NDArray[np.float64], energy: float) -> float:
    """`energy` and the sum of squares of `sound` behind the shelf and the low cut."""
    s0, s1, s2, p1, p2 = coefficients[0, 0], coefficients[0, 1], coefficients[0, 2], coefficients[0, 3], coefficients[0, 4]
    q0, q1, q2, r1, r2 = coefficients[1, 0], coefficients[1, 1], coefficients[1, 2], coefficients[1, 3], coefficients[1, 4]
    a, b, c, d = memory[0, 0], memory[0, 1], memory[1, 0], memory[1, 1]
    for frame in range(sound.shape[0]):
        x = float(sound[frame]) + TINY
        y = s0 * x + a
        a = s1 * x - p1 * y + b
        b = s2 * x - p2 * y
        z = q0 * y + c
        c = q1 * y - r1 * z + d
        d = q2 * y - r2 * z
        energy += z * z
    memory[0, 0], memory[0, 1], memory[1, 0], memory[1, 1] = a, b, c, d
    return energy


@kernel
def _measure(
    block: Samples,
    coefficients: NDArray[np.float64],
    filters: NDArray[np.float64],
    partial: NDArray[np.float64],
    ring: NDArray[np.float64],
    hops: NDArray[np.int64],
    counts: NDArray[np.int64],
    energies: NDArray[np.float64],
    readings: NDArray[np.float64],
) -> None:
    """Hears `block`; `readings` become the momentary, short-term and integrated loudness."""
    ended = np.empty(block.shape[1] // HOP_FRAMES + 1)
    for hop in range(_weigh(block, coefficients, filters, partial, ended)):
        ring[hops[0] % SHORT_TERM_HOPS] = ended[hop]
        hops[0] += 1
        momentary = 0.0
        for back in range(1, MOMENTARY_HOPS + 1):
            momentary += ring[(hops[0] - back) % SHORT_TERM_HOPS]
        momentary /= MOMENTARY_HOPS
        readings[0] = max(SILENCE_LUFS, _lufs(momentary))
        if hops[0] % GATE_HOPS == 0:
            short_term = ring.mean()
            readings[1] = max(SILENCE_LUFS, _lufs(short_term))
            if hops[0] >= MOMENTARY_HOPS:
                _count(momentary, counts[GATED], energies[GATED])
                readings[2] = _gated(counts[GATED], energies[GATED])
            if hops[0] >= SHORT_TERM_HOPS:
                _count(short_term, counts[RANGED], energies[RANGED])


@kernel
def _count(energy: float, counts: NDArray[np.int64], energies: NDArray[np.float64]) -> None:
    level = _lufs(energy)
    if level >= SILENCE_LUFS:
        step = min(STEPS - 1, int((level - SILENCE_LUFS) / STEP_LU))
        counts[step] += 1
        energies[step] += energy


@kernel
def _gated(counts: NDArray[np.int64], energies: NDArray[np.float64]) -> float:
    """The loudness of the mean energy of what is at most 10 LU below the mean of all."""
    if counts.sum() == 0:
        return SILENCE_LUFS
    gate = _lufs(energies.sum() / counts.sum()) + RELATIVE_GATE_LU
    first = max(0, int(np.ceil((gate - SILENCE_LUFS) / STEP_LU - 0.5)))
    return _lufs(energies[first:].sum() / counts[first:].sum())
