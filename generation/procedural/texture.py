"""The air under a track: wind, vinyl, a far drone, rain. Quiet, wide, there where the drums are not."""

from collections.abc import Callable
from typing import Final

import numpy as np

from dsp.block import SAMPLE_RATE, Samples
from generation.procedural.curve import CONTROL_FRAMES, Curve, points_of
from generation.procedural.effects import apply_gain
from generation.procedural.filters import BANDPASS, HIGHPASS, LOWPASS, filter_through, highpass, sweep
from generation.procedural.pitch import hertz, nearest_octave


def _slow(frames: int, low: float, high: float, period_seconds: float, rng: np.random.Generator) -> Curve:
    """A curve that wanders between two frequencies, never twice the same way: three sines whose periods do not meet."""
    time = np.arange(points_of(frames)) * (CONTROL_FRAMES / SAMPLE_RATE)
    turns = np.zeros_like(time)
    for ratio in (1.0, 1.618, 2.414):
        turns += np.sin(2.0 * np.pi * (time / (period_seconds * ratio) + rng.random()))
    return np.asarray(low * (high / low) ** (0.5 + turns / 6.0), np.float32)


def _wind(sound: Samples, _tonic: int, rng: np.random.Generator) -> None:
    sound += rng.standard_normal(sound.shape, np.float32)
    sweep(sound, _slow(sound.shape[1], 350.0, 2600.0, 9.0, rng), 1.1, BANDPASS)
    filter_through(sound, highpass(250.0))
    _breathe(sound, 0.5, rng)


def _breathe(sound: Samples, level: float, rng: np.random.Generator) -> None:
    """Adds the air above it: what hisses and is gone."""
    frames = sound.shape[1]
    air = rng.standard_normal(sound.shape, np.float32)
    sweep(air, _slow(frames, 5000.0, 9500.0, 8.0, rng), 0.8, BANDPASS)
    apply_gain(air, _slow(frames, 0.08, 1.0, 6.1, rng), 1.0)
    sound += np.float32(level) * air


def _vinyl(sound: Samples, _tonic: int, rng: np.random.Generator) -> None:
    """Crackle: many small sparks and few larger ones, over hiss."""
    frames = sound.shape[1]
    sparks = rng.integers(0, frames, frames // 1600)
    sound[rng.integers(0, 2, len(sparks)), sparks] += np.minimum(1.2, 0.4 * rng.standard_exponential(len(sparks))).astype(np.float32)
    sound += 0.06 * rng.standard_normal(sound.shape, np.float32)
    sweep(sound, _slow(frames, 1800.0, 3600.0, 7.0, rng), 0.6, BANDPASS)


def _rain(sound: Samples, _tonic: int, rng: np.random.Generator) -> None:
    frames = sound.shape[1]
    drops = rng.integers(0, frames, frames // 180)
    sound[rng.integers(0, 2, len(drops)), drops] += np.minimum(3.0, rng.standard_exponential(len(drops))).astype(np.float32)
    sound += 0.15 * rng.standard_normal(sound.shape, np.float32)
    sweep(sound, _slow(frames, 1800.0, 3600.0, 11.0, rng), 0.6, LOWPASS)
    sweep(sound, _slow(frames, 500.0, 800.0, 13.0, rng), 0.7, HIGHPASS)


def _drone(sound: Samples, tonic: int, rng: np.random.Generator) -> None:
    """Noise that rings at the tonic, its fifth and octaves."""
    for semitones, level in ((0, 1.0), (7, 0.5), (12, 0.7), (19, 0.35), (24, 0.4)):
        voice = rng.standard_normal(sound.shape, np.float32)
        hz = hertz(nearest_octave(tonic, 50) + semitones)
        sweep(voice, _slow(sound.shape[1], hz * 0.997, hz * 1.003, 6.0, rng), 38.0, BANDPASS)
        sound += np.float32(level) * voice


def _sea(sound: Samples, _tonic: int, rng: np.random.Generator) -> None:
    """Waves that come in, break and run out, never all at once."""
    frames = sound.shape[1]
    for period in (7.3, 11.0):
        wave = rng.standard_normal(sound.shape, np.float32)
        swell = _slow(frames, 0.06, 1.0, period, rng)
        sweep(wave, _slow(frames, 300.0, 1600.0, period, rng), 0.6, LOWPASS)
        apply_gain(wave, swell, 1.0)
        sound += wave
    _breathe(sound, 0.35, rng)


def _tape_hiss(sound: Samples, _tonic: int, rng: np.random.Generator) -> None:
    """Hiss, a little hum's worth of rumble, and the odd crackle."""
    _vinyl(sound, _tonic, rng)
    hiss = rng.standard_normal(sound.shape, np.float32)
    sweep(hiss, _slow(sound.shape[1], 3500.0, 5000.0, 12.0, rng), 0.5, BANDPASS)
    sound += np.float32(0.05) * hiss


TEXTURES: Final[dict[str, Callable[[Samples, int, np.random.Generator], None]]] = {
    "wind": _wind,
    "vinyl": _vinyl,
    "rain": _rain,
    "drone": _drone,
    "sea": _sea,
    "tape hiss": _tape_hiss,
}
"""(bus to add to, pitch class of the tonic, generator)."""
