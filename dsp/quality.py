"""What is wrong with a track as a recording: gates that it passes or fails, and a score.

Knows defects that can be measured and nobody wants; taste is not its business. A gate is set where a defect is beyond doubt, so music
that is meant to be rough passes. The score falls with each defect before its gate is reached.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.block import SAMPLE_RATE, Samples
from dsp.hearing import Cues, Loudness, Quality
from dsp.kernel import kernel, plain
from dsp.spectrogram import BAND_BORDERS, HOP_FRAMES, MOMENTS_A_SECOND, WINDOW_FRAMES, Spectrogram

_FLAT_TOP: Final = 3
"""So many samples in a row at one height, after a corner, are a clipped peak;"""
_LONG_TOP: Final = 16
"""so many are one without a corner too. The round top of a low note is flat for less, as 16 bits have it."""
_CORNER: Final = 2e-3
"""A corner: the step up to the flat top, relative to its height."""
_NEAR_PEAK: Final = 0.9
"""Flat tops below this share of the track's peak are no clipping, but somebody's square wave."""
_SILENT: Final = 1e-6
"""Power: -60 dBFS."""
_HEARD_BAND: Final = 1e-8
"""A band whose lines lie 80 dB below those of the strongest one is not heard;"""
_HEARD_OFTEN: Final = 75
"""nor is one that is heard in less than a quarter of all moments: that is a click."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One defect: fails `above` or `below`; costs nothing at `fine`, and all of `weight` where it fails."""

    name: str
    measure: str
    fine: float
    fails: float
    weight: float
    why: str

    def cost(self, value: float) -> float:
        """What it takes from the score."""
        return self.weight * min(1.0, max(0.0, (value - self.fine) / (self.fails - self.fine)))

    def fails_at(self, value: float) -> bool:
        """Whether the defect is beyond doubt."""
        return value > self.fails if self.fails > self.fine else value < self.fails


GATES: Final = (
    Gate("clipped", "clipped_share", 1e-5, 2e-3, 0.5, "its peaks are cut off: it was recorded or mastered too hot"),
    Gate("crushed", "crest_db", 10.0, 4.5, 0.4, "no peak is left above its mean level"),
    Gate("offset", "dc", 0.003, 0.03, 0.3, "its zero line lies off the middle, which clicks at cuts and wastes headroom"),
    Gate("narrow", "bandwidth_hz", 15_000.0, 5_000.0, 0.4, "nothing sounds above 5 kHz: a telephone, or a copy of a copy"),
    Gate("cancels", "correlation", 0.0, -0.6, 0.4, "its channels are opposed: on one loudspeaker it vanishes"),
    Gate("one-sided", "imbalance_db", 3.0, 15.0, 0.4, "one channel is all but empty"),
    Gate("hole", "longest_hole_seconds", 1.0, 4.0, 0.4, "silence in its middle: on air that is dead air"),
    Gate("empty", "silent_share", 0.1, 0.4, 0.4, "much of it is silence"),
    Gate("over", "true_peak_dbtp", 1.0, 6.0, 0.2, "it rises far above full scale between its samples"),
)
"""In the order in which faults are told."""


def find_quality(samples: Samples, spectrogram: Spectrogram, loudness: Loudness, cues: Cues) -> Quality:
    """Judges a whole track between its cues."""
    sound = plain(samples)
    sums = np.zeros(8)
    _measure(sound, sums)
    frames = max(1, sound.shape[1])
    powers = sums[2:4] / frames
    levels = 10.0 * np.log10(powers + 1e-12)
    hole, silent = _silences(spectrogram, cues)
    measures = {
        "crest_db": 20.0 * np.log10(sums[6] + 1e-12) - float(10.0 * np.log10(powers.max() + 1e-12)),
        "dc": float(np.abs(sums[0:2]).max()) / frames,
        "clipped_share": sums[7] / (2 * frames),
        "bandwidth_hz": _bandwidth_hz(spectrogram),
        "correlation": sums[4] / frames / np.sqrt(powers.prod()) if powers.min() > 1e-12 else 1.0,
        "imbalance_db": abs(levels[0] - levels[1]),
        "longest_hole_seconds": hole,
        "silent_share": silent,
        "noise_floor_dbfs": _noise_floor_dbfs(spectrogram),
        "true_peak_dbtp": loudness.true_peak_dbtp,
        "range_lu": loudness.range_lu,
    }
    return judge({name: round(float(value), 6) for name, value in measures.items()})


def judge(measures: Mapping[str, float]) -> Quality:
    """The verdict on what was measured."""
    faults = tuple(gate.name for gate in GATES if gate.fails_at(measures[gate.measure]))
    score = 1.0 - sum(gate.cost(measures[gate.measure]) for gate in GATES)
    return Quality(round(max(0.0, score), 3), faults, dict(measures))


def _bandwidth_hz(spectrogram: Spectrogram) -> float:
    """The upper border of the highest band that is heard; they end at 20 kHz."""
    density = np.percentile(spectrogram.powers, _HEARD_OFTEN, axis=0) / np.diff(BAND_BORDERS)
    heard = np.flatnonzero(density > _HEARD_BAND * density.max())
    return float(BAND_BORDERS[heard[-1] + 1]) * SAMPLE_RATE / WINDOW_FRAMES if heard.size else 0.0


def _silences(spectrogram: Spectrogram, cues: Cues) -> tuple[float, float]:
    """The longest silence between the cues in seconds, and the share of all silence there."""
    first, last = cues.cue_in_frames // HOP_FRAMES, cues.cue_out_frames // HOP_FRAMES
    silent = spectrogram.powers[first : max(last, first + 1)].sum(axis=1) < _SILENT
    edges = np.flatnonzero(np.diff(np.concatenate(([False], silent, [False])).astype(np.int8)))
    longest = int((edges[1::2] - edges[::2]).max(initial=0))
    return longest / MOMENTS_A_SECOND, float(silent.mean())


def _noise_floor_dbfs(spectrogram: Spectrogram) -> float:
    """The level of the quietest twentieth that is no digital silence. Of music without a pause it is no noise, but the music."""
    totals = spectrogram.powers.sum(axis=1)
    heard = totals[totals > 1e-12]
    return float(10.0 * np.log10(np.percentile(heard, 5))) if heard.size else -120.0


@kernel
def _measure(sound: Samples, sums: NDArray[np.float64]) -> None:
    """`sums`: both channels' sums, sums of squares, the sum of products, (free), the peak, and how many samples lie in flat tops."""
    for frame in range(sound.shape[1]):
        left, right = float(sound[0, frame]), float(sound[1, frame])
        sums[0] += left
        sums[1] += right
        sums[2] += left * left
        sums[3] += right * right
        sums[4] += left * right
        sums[6] = max(sums[6], max(abs(left), abs(right)))
    least = max(0.25, _NEAR_PEAK * sums[6])
    for channel in range(2):
        height, step, run = 0.0, 0.0, 0
        for frame in range(sound.shape[1] + 1):
            level = float(sound[channel, frame]) if frame < sound.shape[1] else 0.0
            if level == height:
                run += 1
                continue
            is_cut = run >= _LONG_TOP or (run >= _FLAT_TOP and step > _CORNER * abs(height))
            if is_cut and abs(height) >= least:
                sums[7] += run
            height, step, run = level, abs(level - height), 1
