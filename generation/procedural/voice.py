"""Plays one note of a patch: oscillators, filter, saturation, envelope. Pure: the same patch, note and generator state, the same sound."""

import math
from functools import lru_cache
from typing import Final

import numpy as np

from dsp.block import CHANNELS, SAMPLE_RATE, Samples, frames_of
from dsp.kernel import kernel
from generation.procedural.curve import CONTROL_FRAMES, Curve, constant, points_of, seconds_along
from generation.procedural.envelopes import adsr
from generation.procedural.filters import LOWPASS, sweep
from generation.procedural.oscillators import add_modulated, add_voices, table_for
from generation.procedural.patch import Patch
from generation.procedural.pitch import hertz
from generation.procedural.saturation import saturate

_MIDDLE_C_HZ: Final = 261.63
_FM_SHARED: Final = 0.45
"""How much of each side the other hears too: without it the detuned sides would cancel in mono now and then."""
_AIR_FRAMES: Final = 1 << 18
_OPEN_HZ: Final = 16_000.0
"""A filter that never comes below this is left out."""


def sound_of(
    patch: Patch, pitch: float, frames: int, velocity: float, rng: np.random.Generator, glide_from: float | None = None
) -> Samples:
    """A note held for `frames` and its release, float32 [2, more frames], about 0.3 RMS at full velocity.

    `velocity` 0 to 1 sets loudness and brightness; with `glide_from` (a pitch) the note slides in from there.
    """
    length = frames + frames_of(max(patch.release, 0.004))
    sound = np.zeros((CHANNELS, length), np.float32)
    hz = hertz(pitch)
    bend = _bend(patch, length, pitch, glide_from)
    if patch.fm_ratio:
        _modulate(sound, patch, hz, bend, velocity)
    else:
        _read(sound, patch, hz, bend, rng)
    centre, one = np.zeros(1), np.ones(1, np.float32)
    for level, rate in ((patch.sub, hz / 2.0), (patch.body, hz)):
        if level:
            add_voices(
                sound,
                table_for("sine", rate),
                np.array([rate / SAMPLE_RATE]),
                centre,
                np.float32(level) * one,
                np.float32(level) * one,
                bend,
            )
    if patch.air:
        _add_air(sound, _air(), int(rng.integers(_AIR_FRAMES)), patch.air)
    _colour(sound, patch, hz, velocity, rng)
    if patch.drive:
        saturate(sound, patch.drive)
    sound *= adsr(length, frames, patch.attack, patch.decay, patch.sustain, patch.release) * np.float32(velocity)
    return sound


@lru_cache(maxsize=1)
def _air() -> Samples:
    """Noise for all that breathes, of an RMS of 1; far too long for anybody to hear it come round."""
    return np.random.default_rng(_AIR_FRAMES).standard_normal((CHANNELS, _AIR_FRAMES), np.float32)


@kernel
def _add_air(sound: Samples, air: Samples, start: int, level: float) -> None:
    """Adds `level` times the noise from `start` on, round and round."""
    for channel in range(2):
        for frame in range(sound.shape[1]):
            sound[channel, frame] += np.float32(level) * air[channel, (start + frame) & (air.shape[1] - 1)]


def _read(sound: Samples, patch: Patch, hz: float, bend: Curve, rng: np.random.Generator) -> None:
    """The unison voices, spread over the stereo image from low to high by turns."""
    place = np.linspace(-1.0, 1.0, patch.voices) if patch.voices > 1 else np.zeros(1)
    rates = hz * 2.0 ** (place * patch.detune_cents / 2400.0) / SAMPLE_RATE
    phases = rng.random(patch.voices) if patch.voices > 1 else np.zeros(1)
    side = place * patch.spread * np.where(np.arange(patch.voices) % 2, -1.0, 1.0)
    angle = (side + 1.0) * math.pi / 4.0
    level = math.sqrt(2.0 / patch.voices)
    left, right = ((level * gain).astype(np.float32) for gain in (np.cos(angle), np.sin(angle)))
    add_voices(sound, table_for(patch.wave, 1.03 * hz * float(bend.max())), rates, phases, left, right, bend)


def _modulate(sound: Samples, patch: Patch, hz: float, bend: Curve, velocity: float) -> None:
    """A sine modulated by a sine, the two sides slightly apart. High notes get less index: their sidebands would fold back."""
    index = patch.fm_floor + patch.fm_index * velocity * np.exp(-seconds_along(sound.shape[1]) / patch.fm_decay)
    index *= min(1.0, SAMPLE_RATE / 6.0 / (hz * max(1.0, patch.fm_ratio)))
    apart = 2.0 ** (patch.detune_cents / 2400.0)
    rates = np.array([hz / apart, hz * apart]) / SAMPLE_RATE
    add_modulated(sound, table_for("sine", hz), rates, patch.fm_ratio, index.astype(np.float32), 1.0, bend)
    sound += np.float32(_FM_SHARED) * sound[::-1]
    sound *= np.float32(1.0 / math.hypot(1.0, _FM_SHARED))


def _bend(patch: Patch, frames: int, pitch: float, glide_from: float | None) -> Curve:
    """The factor on all rates: vibrato that sets in late, and the glide."""
    if not patch.vibrato_cents and (glide_from is None or not patch.glide):
        return constant(1.0, frames)
    time = seconds_along(frames)
    semitones = np.zeros_like(time)
    if patch.vibrato_cents:
        late = np.clip((time - 0.18) / 0.4, 0.0, 1.0)
        semitones += late * (patch.vibrato_cents / 100.0) * np.sin(2.0 * np.pi * patch.vibrato_hz * time)
    if glide_from is not None and patch.glide:
        semitones += (glide_from - pitch) * np.exp(-time / (patch.glide / 3.0))
    return (2.0 ** (semitones / 12.0)).astype(np.float32)


def _colour(sound: Samples, patch: Patch, hz: float, velocity: float, rng: np.random.Generator) -> None:
    """The low-pass: key tracking, the sweep of each note, its slow wandering. Softer notes are darker."""
    base = patch.cutoff * (hz / _MIDDLE_C_HZ) ** patch.tracking * 2.0 ** (0.8 * (velocity - 0.8))
    if base > _OPEN_HZ:
        return
    frames = sound.shape[1]
    octaves = np.zeros(points_of(frames), np.float32)
    time = np.arange(points_of(frames), dtype=np.float32) * np.float32(CONTROL_FRAMES / SAMPLE_RATE)
    if patch.sweep_octaves:
        octaves += patch.sweep_octaves * velocity * np.exp(-time / patch.sweep_decay)
    if patch.wander_octaves:
        octaves += patch.wander_octaves * np.sin(2.0 * np.pi * (patch.wander_hz * time + rng.random()))
    sweep(sound, (base * 2.0**octaves).astype(np.float32), patch.resonance, LOWPASS)
