"""The spectrum that listeners see: 64 bands of the mid signal, 30 frames a second, each stamped with the position at which it ends.

A frame is 136 bytes, the same for everybody: the position of its end (8 bytes, little-endian, unsigned), 64 bands and 64 peaks (uint8).
0 is -90 dBFS or less, 255 is 0 dBFS; a sine at full scale reads 0 dBFS in its band. Frames end at whole multiples of 1600 frames of the
station's clock, wherever a stream begins, so the frames of a restarted engine lie on the grid of the old one.
"""

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft

from dsp.block import SAMPLE_RATE, Samples
from dsp.kernel import kernel, plain

BANDS: Final = 64
LOWEST_HZ: Final = 25.0
HIGHEST_HZ: Final = 20_000.0
WINDOW_FRAMES: Final = 4096
FLOOR_DB: Final = -90.0
FRAME_BYTES: Final = 8 + 2 * BANDS

ATTACK_SECONDS: Final = 0.010
RELEASE_DB: Final = 26.0
"""A second."""
PEAK_HOLD_SECONDS: Final = 1.0
PEAK_RELEASE_DB: Final = 13.0
"""A second, after the hold."""

BLACKMAN_HARRIS: Final = (0.35875, 0.48829, 0.14128, 0.01168)


def band_edges_hz() -> NDArray[np.float64]:
    """The 65 borders of the bands, evenly spaced on a logarithmic scale."""
    return np.geomspace(LOWEST_HZ, HIGHEST_HZ, BANDS + 1)


class SpectrumAnalyser:
    """Hears a stream block by block and makes its spectrum frames."""

    def __init__(self, frames_per_second: int = 30) -> None:
        if frames_per_second <= 0 or SAMPLE_RATE % frames_per_second:
            raise ValueError(f"{frames_per_second} spectrum frames a second do not fall on whole frames of {SAMPLE_RATE} Hz")
        self._hop = SAMPLE_RATE // frames_per_second
        self._window = _window()
        self._bins, self._shares, self._starts = _bands(self._window)
        self._motion = np.array(
            [
                1.0 - np.exp(-1.0 / (ATTACK_SECONDS * frames_per_second)),
                RELEASE_DB / frames_per_second,
                PEAK_HOLD_SECONDS * frames_per_second,
                PEAK_RELEASE_DB / frames_per_second,
            ]
        )
        self._bands = np.full((2, BANDS), FLOOR_DB)
        self._held = np.zeros(BANDS)
        self._past = np.zeros(WINDOW_FRAMES, np.float32)
        self._position: int | None = None

    def feed(self, block: Samples, position: int) -> tuple[bytes, ...]:
        """The spectrum frames that end within `block`, whose first frame stands at `position`; after a hole the past is silence."""
        if position != self._position:
            self._past[:] = 0.0
        self._position = position + block.shape[1]
        sound = np.concatenate((self._past, _mid(plain(block))))
        self._past = sound[-WINDOW_FRAMES:]
        first_end = (position // self._hop + 1) * self._hop
        return tuple(
            self._frame(sound[end - position : end - position + WINDOW_FRAMES], end)
            for end in range(first_end, self._position + 1, self._hop)
        )

    def _frame(self, sound: NDArray[np.float32], end: int) -> bytes:
        shown = np.empty(2 * BANDS, np.uint8)
        lines = rfft(sound * self._window)
        _show(lines, self._bins, self._shares, self._starts, self._motion, self._bands, self._held, shown)
        return end.to_bytes(8, "little") + shown.tobytes()


def _window() -> NDArray[np.float32]:
    """Blackman-Harris, scaled so that a sine of amplitude 1 has a line of power 1."""
    turn = 2.0 * np.pi * np.arange(WINDOW_FRAMES) / WINDOW_FRAMES
    window = sum((-1) ** k * share * np.cos(k * turn) for k, share in enumerate(BLACKMAN_HARRIS))
    return np.asarray(window / (np.sum(window) / 2.0), np.float32)


def _bands(window: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    """How the lines make up the bands: bins, their shares, and where each band starts in both.

    A band is the power between its borders, where the power between two lines is a straight line between them. Low bands are narrower
    than what one sine spreads over, so they read the power at their place instead.
    """
    spread = WINDOW_FRAMES * float(np.sum(np.square(window, dtype=np.float64)) / np.sum(window, dtype=np.float64) ** 2)
    borders = band_edges_hz() * WINDOW_FRAMES / SAMPLE_RATE
    bins: list[int] = []
    shares: list[float] = []
    starts = [0]
    for low, high in pairwise(borders):
        for line in range(int(low), int(high) + 2):
            share = _hat(high - line) - _hat(low - line)
            bins.append(line)
            shares.append(share / min(high - low, spread))
        starts.append(len(bins))
    return np.array(bins), np.array(shares), np.array(starts)


def _hat(distance: float) -> float:
    """The area of the triangle over [-1, 1] to the left of `distance`; of height 1."""
    within = min(1.0, max(-1.0, distance))
    return 0.5 * (1.0 + within) ** 2 if within < 0.0 else 1.0 - 0.5 * (1.0 - within) ** 2


@kernel
def _mid(block: Samples) -> NDArray[np.float32]:
    middle = np.empty(block.shape[1], np.float32)
    for frame in range(middle.shape[0]):
        middle[frame] = np.float32(0.5) * (block[0, frame] + block[1, frame])
    return middle


@kernel
def _show(
    lines: NDArray[np.complex64],
    bins: NDArray[np.int64],
    shares: NDArray[np.float64],
    starts: NDArray[np.int64],
    motion: NDArray[np.float64],
    bands: NDArray[np.float64],
    held: NDArray[np.float64],
    shown: NDArray[np.uint8],
) -> None:
    """Moves `bands` (levels and peaks in dBFS) towards `lines`, and writes them to `shown` as bytes."""
    attack, release, hold, peak_release = motion[0], motion[1], motion[2], motion[3]
    for band in range(BANDS):
        power = 1e-20
        for place in range(starts[band], starts[band + 1]):
            line = lines[bins[place]]
            power += shares[place] * (line.real * line.real + line.imag * line.imag)
        now = max(FLOOR_DB, 10.0 * np.log10(power))
        level = bands[0, band]
        level = level + attack * (now - level) if now > level else max(now, level - release)
        held[band] += 1.0
        if level >= bands[1, band]:
            bands[1, band] = level
            held[band] = 0.0
        elif held[band] > hold:
            bands[1, band] = max(level, bands[1, band] - peak_release)
        bands[0, band] = level
        for row in range(2):
            shown[row * BANDS + band] = np.uint8(min(255.0, max(0.0, 255.0 * (1.0 - bands[row, band] / FLOOR_DB) + 0.5)))
