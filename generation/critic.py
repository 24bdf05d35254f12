"""The critic: hears a take and says whether it may air. Pure: no weights, no files, no taste, only faults that nobody could like.

Limits were set on the composer's own tracks, noise, sines, silence, clipped noise and a soundfont render; see docs of each field.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.block import SAMPLE_RATE, Samples
from dsp.loudness import HOP_FRAMES, hop_energies, lufs, measure_loudness
from generation.take import Take

_HOLE_LUFS: Final = -60.0
_CLIPPED: Final = 0.999
_HOPS_A_SECOND: Final = SAMPLE_RATE // HOP_FRAMES
_EDGE_SECONDS: Final = 8.0
"""At both ends a fade is no hole."""
_WINDOW: Final = 4096
_MOST_WINDOWS: Final = 400
_NEVER: Final = -120.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What the critic lets pass."""

    quietest_lufs: float = -30.0
    loudest_lufs: float = -6.0
    silent_share: float = 0.10
    longest_hole_seconds: float = 2.0
    clipped_share: float = 1e-4
    offset: float = 0.01
    least_correlation: float = -0.2
    greatest_flatness: float = 0.35
    length_share: float = 0.05
    length_seconds: float = 8.0
    """A take may miss the wished length by the greater of both."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the critic heard, and why it refuses; it accepts if it has no reason not to."""

    reasons: tuple[str, ...]
    integrated_lufs: float
    silent_share: float
    """Of all 10 ms."""
    longest_hole_seconds: float
    """Silence away from the ends."""
    clipped_share: float
    offset: float
    """The greater mean of both channels."""
    correlation: float
    """Of the channels, -1 to 1; 1 for silence."""
    flatness: float
    """Of the spectrum: noise is above 0.5, music below 0.2, silence 0."""
    seconds: float

    @property
    def accepted(self) -> bool:
        return not self.reasons


def judge(take: Take, limits: Limits | None = None) -> Verdict:
    """Hears the whole take. Sound that is not finite is refused at once."""
    limits = limits or Limits()
    sound = take.samples
    if sound.ndim != 2 or sound.shape[0] != 2 or sound.shape[1] < SAMPLE_RATE or not np.isfinite(sound).all():
        return Verdict(("it is no finite stereo sound of at least a second",), _NEVER, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, take.seconds)
    loudness = lufs(hop_energies(sound))
    heard = {
        "integrated_lufs": measure_loudness(sound).integrated_lufs,
        "silent_share": float((loudness < _HOLE_LUFS).mean()),
        "longest_hole_seconds": _longest_hole_seconds(loudness),
        "clipped_share": float(np.mean(np.abs(sound) >= _CLIPPED)),
        "offset": float(np.abs(sound.mean(axis=1, dtype=np.float64)).max()),
        "correlation": _correlation(sound),
        "flatness": _flatness(sound),
        "seconds": take.seconds,
    }
    return Verdict(tuple(_reasons(heard, take.brief.seconds, limits)), **heard)


def _reasons(heard: dict[str, float], wished_seconds: float, limits: Limits) -> list[str]:
    length_error = abs(heard["seconds"] - wished_seconds)
    allowed = max(limits.length_seconds, limits.length_share * wished_seconds)
    faults = (
        (heard["integrated_lufs"] < limits.quietest_lufs, f"too quiet: {heard['integrated_lufs']:.1f} LUFS"),
        (heard["integrated_lufs"] > limits.loudest_lufs, f"too loud: {heard['integrated_lufs']:.1f} LUFS"),
        (heard["silent_share"] > limits.silent_share, f"{heard['silent_share']:.0%} of it is silence"),
        (heard["longest_hole_seconds"] > limits.longest_hole_seconds, f"a hole of {heard['longest_hole_seconds']:.1f} s"),
        (heard["clipped_share"] > limits.clipped_share, f"{heard['clipped_share']:.2%} of the samples are clipped"),
        (heard["offset"] > limits.offset, f"an offset of {heard['offset']:.3f}"),
        (heard["correlation"] < limits.least_correlation, f"the channels cancel: correlation {heard['correlation']:.2f}"),
        (heard["flatness"] > limits.greatest_flatness, f"it is noise: flatness {heard['flatness']:.2f}"),
        (length_error > allowed, f"{heard['seconds']:.0f} s long, {wished_seconds:.0f} s were wished"),
    )
    return [reason for found, reason in faults if found]


def _longest_hole_seconds(loudness: NDArray[np.float64]) -> float:
    edge = round(_EDGE_SECONDS * _HOPS_A_SECOND)
    silent = np.concatenate(([False], loudness[edge:-edge] < _HOLE_LUFS, [False])).astype(np.int8)
    changes = np.diff(silent)
    starts, ends = np.flatnonzero(changes == 1), np.flatnonzero(changes == -1)
    return float((ends - starts).max() / _HOPS_A_SECOND) if len(starts) else 0.0


def _correlation(sound: Samples) -> float:
    left, right = sound
    power = float(np.dot(left, left)) * float(np.dot(right, right))
    return float(np.dot(left, right)) / power**0.5 if power > 1e-9 else 1.0


def _flatness(sound: Samples) -> float:
    """Geometric over arithmetic mean of the power spectrum, averaged over windows that sound."""
    last = sound.shape[1] - _WINDOW
    starts = np.linspace(0, last, min(_MOST_WINDOWS, last // _WINDOW + 1)).astype(np.int64)
    shape = np.hanning(_WINDOW)
    values = []
    for start in starts:
        power = np.abs(np.fft.rfft(sound[:, start : start + _WINDOW].mean(axis=0) * shape)[8:1366]) ** 2
        if power.mean() > 1e-6:
            values.append(float(np.exp(np.log(power + 1e-12).mean()) / power.mean()))
    return float(np.mean(values)) if values else 0.0
