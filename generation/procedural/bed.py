"""The bed: a calm loop that airs when the programme has nothing to give. Made in a moment, plays round without a seam.

Every layer is circular by its nature. The chords are written as spectra (each partial a narrow band of noise, after N. O. Nasca's
PADsynth) whose inverse transform repeats without a seam; chords change by windows that wrap around the end; bells ring on at the start.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft

from dsp.block import CHANNELS, SAMPLE_RATE, Samples, frames_of
from dsp.loudness import measure_loudness
from generation.key import Key
from generation.procedural.harmony import lead_to, tones_of
from generation.procedural.pitch import hertz, nearest_octave

BED_FRAMES: Final = 12 * 184_320
"""46.08 s."""
LOUDNESS_LUFS: Final = -18.0
_PEAK: Final = 10.0 ** (-3.6 / 20.0)

_CHORDS: Final = 4
_TURN_FRAMES: Final = BED_FRAMES // _CHORDS
"""How long a chord lasts; also the period of its texture."""
_FADE_FRAMES: Final = frames_of(4.0)
_PROGRESSIONS: Final = ((3, 0, 5, 4), (0, 5, 3, 4), (5, 3, 0, 4), (3, 4, 5, 0), (0, 2, 3, 3))
_HIGHEST_HZ: Final = 11_000.0
_BELLS: Final = 14


def bed(seed: int = 0) -> Samples:
    """The loop, float32 [2, BED_FRAMES], -18 LUFS, below -3 dBTP. The same for every equal seed."""
    rng = np.random.default_rng([seed, BED_FRAMES])
    key = Key(int(rng.integers(12)), "major")
    sound = np.zeros((CHANNELS, BED_FRAMES), np.float32)
    voicing: tuple[int, ...] | None = None
    window = _window()
    for turn, degree in enumerate(_PROGRESSIONS[int(rng.integers(len(_PROGRESSIONS)))]):
        voicing = lead_to(voicing, tones_of(key, degree, "added ninth"))
        root = nearest_octave(key.tonic + key.semitones(degree), 41)
        _add_round(sound, _texture((root, root + 12, *voicing), rng), window, turn * _TURN_FRAMES - _FADE_FRAMES // 2)
        _ring(sound, voicing, turn, rng)
    sound += _air(rng)
    sound *= np.float32(10.0 ** ((LOUDNESS_LUFS - measure_loudness(sound).integrated_lufs) / 20.0))
    sound *= np.float32(min(1.0, _PEAK / float(np.abs(sound).max())))
    return sound


def _window() -> NDArray[np.float32]:
    """A chord comes and goes with equal power, overlapping the next."""
    gain = np.ones(_TURN_FRAMES + _FADE_FRAMES, np.float32)
    rise = np.sin(np.linspace(0.0, np.pi / 2.0, _FADE_FRAMES, endpoint=False)).astype(np.float32)
    gain[:_FADE_FRAMES] = rise
    gain[-_FADE_FRAMES:] = rise[::-1]
    return gain


def _add_round(sound: Samples, texture: Samples, window: NDArray[np.float32], start: int) -> None:
    """Adds the texture, repeated under the window, from `start` on; what passes an end goes on at the other."""
    for first in range(start, start + len(window), _TURN_FRAMES):
        part = window[first - start : first - start + _TURN_FRAMES]
        _wrap(sound, texture[:, : len(part)] * part, first)


def _wrap(sound: Samples, piece: Samples, start: int) -> None:
    """Adds `piece` from `start` on, around the end."""
    at = start % BED_FRAMES
    before = min(piece.shape[1], BED_FRAMES - at)
    sound[:, at : at + before] += piece[:, :before]
    if before < piece.shape[1]:
        sound[:, : piece.shape[1] - before] += piece[:, before:]


def _texture(pitches: tuple[int, ...], rng: np.random.Generator) -> Samples:
    """A chord that breathes, float32 [2, _TURN_FRAMES], without a seam."""
    bins = int(_HIGHEST_HZ * _TURN_FRAMES / SAMPLE_RATE)
    magnitude = np.zeros(bins, np.float32)
    for voice, pitch in enumerate(pitches):
        hz = hertz(pitch)
        level = 0.8 if voice < 2 else 1.0
        for partial in range(1, int(_HIGHEST_HZ * 0.9 / hz)):
            centre = hz * partial * _TURN_FRAMES / SAMPLE_RATE
            width = max(1.5, centre * 0.0045 * partial**-0.15)
            low, high = max(1, int(centre - 3.0 * width)), min(bins, int(centre + 3.0 * width) + 1)
            strength = level * partial**-1.35 * math.exp(-hz * partial / 2200.0)
            shape = np.exp(-0.5 * ((np.arange(low, high) - centre) / width) ** 2)
            magnitude[low:high] += (strength / math.sqrt(width)) * shape.astype(np.float32)
    return _sides(magnitude, rng)


def _sides(magnitude: NDArray[np.float32], rng: np.random.Generator) -> Samples:
    """Sound with that spectrum: phases at random, the two sides the more different the higher."""
    bins = len(magnitude)
    phase = rng.random(bins, np.float32)
    apart = np.linspace(0.0, 1.0, bins, dtype=np.float32) ** 0.5 * (rng.random(bins, np.float32) - np.float32(0.5))
    sides = []
    for offset in (apart, -apart):
        turn = np.float32(2.0 * np.pi) * (phase + offset)
        spectrum = np.zeros(_TURN_FRAMES // 2 + 1, np.complex64)
        spectrum[:bins] = magnitude * (np.cos(turn) + 1j * np.sin(turn))
        sides.append(irfft(spectrum, _TURN_FRAMES))
    return np.stack(sides) * np.float32(_TURN_FRAMES / 100.0)


def _air(rng: np.random.Generator) -> Samples:
    """A breath over all, that comes and goes three times a round."""
    hz = np.arange(int(_HIGHEST_HZ * _TURN_FRAMES / SAMPLE_RATE)) * (SAMPLE_RATE / _TURN_FRAMES)
    magnitude = np.exp(-0.5 * (np.log2(np.maximum(hz, 1.0) / 1700.0) / 1.15) ** 2).astype(np.float32)
    breath = np.tile(_sides(magnitude, rng), _CHORDS)
    time = np.linspace(0.0, 2.0 * np.pi, BED_FRAMES, endpoint=False, dtype=np.float32)
    swell = np.float32(0.0026) * (np.float32(1.2) - np.cos(3.0 * time) * np.float32(0.8))
    return np.asarray(breath * swell, np.float32)


def _ring(sound: Samples, voicing: tuple[int, ...], turn: int, rng: np.random.Generator) -> None:
    """A few far bells of the chord, each with echoes that change sides."""
    frames = frames_of(5.0)
    time = np.arange(frames, dtype=np.float32) / np.float32(SAMPLE_RATE)
    for _ in range(_BELLS // _CHORDS + 1):
        hz = hertz(int(rng.choice(voicing)) + 12)
        start = turn * _TURN_FRAMES + int(rng.uniform(0.05, 0.85) * _TURN_FRAMES)
        level = float(rng.uniform(0.5, 1.0)) * 0.14
        swell = np.minimum(1.0, time / 0.03) * np.exp(-time / 1.1) * np.minimum(1.0, (5.0 - time) / 0.5)
        tone = (np.sin(2.0 * np.pi * hz * time) + 0.18 * np.sin(2.0 * np.pi * 3.01 * hz * time) * np.exp(-time / 0.25)) * swell
        for echo in range(4):
            pan = (0.75, 0.35) if (echo % 2) == (hz > 500.0) else (0.35, 0.75)
            piece = np.outer(np.array(pan, np.float32), tone.astype(np.float32)) * np.float32(level * 0.55**echo)
            _wrap(sound, piece, start + frames_of(0.72 * echo))
