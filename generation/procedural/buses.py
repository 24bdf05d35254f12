"""Plays a score, one part at a time, into a bus: notes by voice.py, hits by kit.py, sweeps by transitions.py, the texture as a loop."""

import numpy as np

from dsp.block import CHANNELS, Samples, frames_of
from generation.procedural.event import Score
from generation.procedural.kit import strokes
from generation.procedural.part import DRUMS, Part
from generation.procedural.spec import Spec, generator
from generation.procedural.stage import place
from generation.procedural.texture import TEXTURES
from generation.procedural.transitions import TRANSITIONS
from generation.procedural.voice import sound_of

_TEXTURE_SECONDS = 24.0
_OVERLAP_SECONDS = 3.0
_FADE_SECONDS = 2.5
"""In which it goes after the last bar: nothing but the last notes rings to the end."""


def play(part: Part, spec: Spec, score: Score, bus: Samples) -> None:
    """Adds all of `part` to the bus, float32 [2, frames]."""
    if part in DRUMS:
        _play_hits(part, spec, score, bus)
    elif part is Part.TRANSITIONS:
        _play_sweeps(spec, score, bus)
    elif part is Part.TEXTURE:
        _play_texture(spec, bus)
    else:
        _play_notes(part, spec, score, bus)


def _play_hits(part: Part, spec: Spec, score: Score, bus: Samples) -> None:
    sounds = strokes(spec.kit, generator(spec.brief, "sound"))
    for number, hit in enumerate(score.hits[part]):
        takes = sounds[hit.drum]
        place(bus, takes[number % len(takes)], hit.frame, hit.velocity, hit.pan)


def _play_notes(part: Part, spec: Spec, score: Score, bus: Samples) -> None:
    patch, rng = spec.patches[part], generator(spec.brief, part)
    for note in score.notes[part]:
        place(bus, sound_of(patch, note.pitch, note.frames, note.velocity, rng, note.glide_from), note.frame)


def _play_sweeps(spec: Spec, score: Score, bus: Samples) -> None:
    rng = generator(spec.brief, Part.TRANSITIONS)
    for sweep in score.sweeps:
        place(bus, TRANSITIONS[sweep.name](sweep.frames, rng), sweep.frame, sweep.velocity)


def _play_texture(spec: Spec, bus: Samples) -> None:
    """The texture where it plays, made once and laid end over end."""
    length, overlap = frames_of(_TEXTURE_SECONDS), frames_of(_OVERLAP_SECONDS)
    piece = np.zeros((CHANNELS, length), np.float32)
    TEXTURES[spec.texture](piece, spec.key.tonic, generator(spec.brief, Part.TEXTURE))
    fade = np.sin(np.linspace(0.0, np.pi / 2.0, overlap)).astype(np.float32)
    piece[:, :overlap] *= fade
    piece[:, -overlap:] *= fade[::-1]
    bars = [bar.index for bar in spec.plan.playing(Part.TEXTURE)]
    end, fading = spec.grid.frame_of(bars[-1] + 1), frames_of(_FADE_SECONDS)
    for frame in range(spec.grid.frame_of(bars[0]), end, length - overlap):
        place(bus, piece, frame)
    last = bus[:, end : end + fading]
    last *= np.linspace(1.0, 0.0, fading, dtype=np.float32)[: last.shape[1]] ** 2
    bus[:, end + fading :] = 0.0
