"""The last hand on a track: one low end, one width, the balance of records that sound good beside one another, one loudness.

The balance corrected to is the style's (finish.py); only part of the way is gone, and never more than a few dB: a master that must do
more has a bad mix before it.
"""

import math
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.block import SAMPLE_RATE, Samples, frames_of
from dsp.limiter import limit
from dsp.loudness import measure_loudness
from generation.procedural.automation import by_section, thinning
from generation.procedural.curve import Curve
from generation.procedural.filters import HIGHPASS, Coefficients, bell, filter_through, highpass, narrow_below, shelf, sweep
from generation.procedural.plan import FULL
from generation.procedural.ride import ride
from generation.procedural.saturation import clip_softly
from generation.procedural.spec import Spec

LOUDNESS_LUFS: Final = -16.0
CEILING_DBTP: Final = -1.2
BANDS_HZ: Final = ((20, 60), (60, 250), (250, 2000), (2000, 6000), (6000, 12_000))
"""Where a balance is taken: each band's share of the energy of these five, where all plays."""
_SHARE: Final = 0.75
_FURTHEST_DB: Final = 4.0
_MONO_BELOW_HZ: Final = 140.0
_WIDTHS: Final = (0.6, 1.7)
_NARROWEST: Final = 0.4
_WIDER: Final = 0.18
"""How much less correlated than the drops a section may be."""
_WINDOW: Final = 32_768
_MOST_WINDOWS: Final = 96
_GOLDEN: Final = (math.sqrt(5.0) - 1.0) / 2.0
_FADE_SECONDS: Final = 1.5
_LAST_CHORD_SECONDS: Final = 3.6
"""How long the end takes to fade: of what stops, and of what rings out."""
_NEAR_LU: Final = 0.1
_MOST_PASSES: Final = 4
"""The limiter takes a little loudness where it works; what is missing is made up and limited again."""


def master(sound: Samples, spec: Spec) -> Samples:
    """The finished track, in place where it can be; float32 [2, frames]."""
    sweep(sound, thinning(spec.plan, spec.grid, sound.shape[1]), math.sqrt(0.5), HIGHPASS)
    windows = _where_full(sound, spec)
    narrow_below(sound, highpass(_MONO_BELOW_HZ), _widths(sound, windows, spec))
    for coefficients in _corrections(balance_db(windows), spec.style.finish.balance_db):
        filter_through(sound, coefficients)
    ride(sound, spec.plan, spec.grid)
    fade = frames_of(_LAST_CHORD_SECONDS if spec.style.form.closes else _FADE_SECONDS)
    sound[:, -fade:] *= np.cos(np.linspace(0.0, np.pi / 2.0, fade)).astype(np.float32) ** 2
    loudness = measure_loudness(sound).integrated_lufs
    for _ in range(_MOST_PASSES):
        sound *= np.float32(10.0 ** ((LOUDNESS_LUFS - loudness) / 20.0))
        clip_softly(sound, 0.6, 0.95)
        limit(sound, CEILING_DBTP)
        loudness = measure_loudness(sound).integrated_lufs
        if abs(loudness - LOUDNESS_LUFS) < _NEAR_LU:
            break
    return sound


def _where_full(sound: Samples, spec: Spec) -> list[Samples]:
    """Windows spread over the drops: views. Even steps would fall on the same beat again and again and hear one voice only."""
    starts = [
        frame
        for section in spec.plan.sections
        if section.kind in FULL
        for frame in range(spec.grid.frame_of(section.first_bar), spec.grid.frame_of(section.first_bar + section.bars) - _WINDOW, _WINDOW)
    ]
    if len(starts) > _MOST_WINDOWS:
        starts = [starts[int(_GOLDEN * turn % 1.0 * len(starts))] for turn in range(_MOST_WINDOWS)]
    return [sound[:, start : start + _WINDOW] for start in starts]


def balance_db(windows: list[Samples]) -> tuple[float, ...]:
    """Each of BANDS_HZ' share of their energy, in dB."""
    shape = np.hanning(_WINDOW).astype(np.float32)
    power = sum((np.abs(np.fft.rfft(window * shape)) ** 2).sum(axis=0) for window in windows)
    hz = np.fft.rfftfreq(_WINDOW, 1.0 / SAMPLE_RATE)
    energy = np.array([np.sum(power[(hz >= low) & (hz < high)]) for low, high in BANDS_HZ]) + 1e-12
    return tuple(float(share) for share in 10.0 * np.log10(energy / energy.sum()))


def _widths(sound: Samples, full: list[Samples], spec: Spec) -> Curve:
    """The width of the drops; less in sections whose voices alone, without what stands in the middle, would fall apart in mono."""
    correlation = spec.style.finish.correlation
    usual = _width_for(full, correlation)
    widths = []
    for section in spec.plan.sections:
        start, end = (spec.grid.frame_of(bar) for bar in (section.first_bar, section.first_bar + section.bars))
        windows = [sound[:, at : at + _WINDOW] for at in range(start, end - _WINDOW, 2 * _WINDOW)] or full
        widths.append(min(usual, _width_for(windows, correlation - _WIDER, _NARROWEST)))
    return by_section(spec.plan, spec.grid, sound.shape[1], widths)


def _width_for(windows: list[Samples], correlation: float, narrowest: float = _WIDTHS[0]) -> float:
    """The factor on the side that brings the correlation of the channels to that, within reason."""
    middle = sum(float(np.sum((window[0] + window[1]) ** 2)) for window in windows)
    side = sum(float(np.sum((window[0] - window[1]) ** 2)) for window in windows)
    wished = (1.0 - correlation) / (1.0 + correlation)
    return min(_WIDTHS[1], max(narrowest, math.sqrt(wished * middle / max(side, 1e-9))))


def _corrections(shares_db: tuple[float, ...], balance: tuple[float, ...]) -> list[Coefficients]:
    """The equaliser: shelves at both ends, bells between, each as strong as it must be beside the others."""
    wished = _SHARE * (np.array(balance) - np.array(shares_db))
    gains = np.clip(np.linalg.solve(_reach(), wished), -_FURTHEST_DB, _FURTHEST_DB)
    return _equaliser(*(float(gain) for gain in gains))


def _equaliser(low: float, bass: float, middle: float, presence: float, air: float) -> list[Coefficients]:
    return [
        shelf(55.0, low, high=False),
        bell(125.0, bass, 0.7),
        bell(700.0, middle, 0.45),
        bell(3400.0, presence, 0.7),
        shelf(7000.0, air, high=True),
    ]


@cache
def _reach() -> NDArray[np.float64]:
    """[band, filter]: how many dB a dB of each filter makes in each of BANDS_HZ, in the middle over octaves. Broad bells overlap."""
    reach = []
    for low, high in BANDS_HZ:
        z = np.exp(-2j * np.pi * np.geomspace(low, high, 64) / SAMPLE_RATE)
        responses = [(b0 + b1 * z + b2 * z**2) / (1.0 + a1 * z + a2 * z**2) for b0, b1, b2, a1, a2 in _equaliser(*[1.0] * len(BANDS_HZ))]
        reach.append([20.0 * float(np.mean(np.log10(np.abs(response)))) for response in responses])
    return np.array(reach)
