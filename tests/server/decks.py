"""Decks with sounds that are known to the beat, for segues: ticks, chords and bass by formula, and what the ears would say of them."""

from dataclasses import replace
from functools import cache

import numpy as np

from dsp.block import SAMPLE_RATE, Samples, frames_of
from dsp.hearing import BeatGrid, Key
from dsp.loudness import measure_loudness
from server.programme.deck import Deck
from server.track import Entry, Reason, Track
from tests.hearings import a_hearing
from tests.server.virtual_station import track

A_MINOR = Key(9, True, 0.9, 0.0)
TARGET_LUFS = -16.0


@cache
def chord(seconds: float, hertz: float = 220.0, seed: int = 0) -> Samples:
    """Three tones over a little noise; nothing in it beats or steps."""
    random = np.random.default_rng(seed)
    time = np.arange(frames_of(seconds)) / SAMPLE_RATE
    sound = 0.004 * random.standard_normal((2, time.size))
    for step in (0, 3, 7):
        sound += 0.06 * np.sin(2 * np.pi * hertz * 2 ** (step / 12) * time + random.uniform(0, 6))
    return sound.astype(np.float32)


@cache
def beaten(seconds: float, bpm: float, first_seconds: float = 0.1, hertz: float = 220.0) -> Samples:
    """A chord, a bass that swells and a soft burst of 3 kHz on each beat, the first one at `first_seconds`."""
    sound = chord(seconds, hertz).astype(np.float64)
    time = np.arange(sound.shape[1]) / SAMPLE_RATE
    since = (time - first_seconds) % (60.0 / bpm)
    sound += 0.15 * np.sin(2 * np.pi * 55.0 * time)
    sound += (
        0.3 * np.sin(2 * np.pi * 3_000.0 * since) * np.where((since < 0.012) & (time >= first_seconds), np.sin(np.pi * since / 0.012), 0.0)
    )
    return sound.astype(np.float32)


def deck(name: str, sound: Samples, overlap_seconds: float = 2.0, reason: Reason = Reason.LIBRARY, **changes: object) -> Deck:
    """A deck with all of `sound`, as loud as it measures."""
    return Deck(Entry(f"e-{name}", a_track(name, sound, overlap_seconds, **changes), reason), sound, TARGET_LUFS)


def a_track(name: str, sound: Samples, overlap_seconds: float = 2.0, **changes: object) -> Track:
    """What the catalogue would have of `sound`."""
    frames = sound.shape[1]
    made = replace(
        track(name),
        frames=frames,
        loudness_lufs=measure_loudness(sound).integrated_lufs,
        start_next_frames=frames - frames_of(overlap_seconds),
        cue_out_frames=frames,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def beaten_deck(name: str, bpm: float, seconds: float = 64.0, first_seconds: float = 0.1, key: Key = A_MINOR, **changes: object) -> Deck:
    """A deck whose beats are known."""
    beat = 60.0 / bpm * SAMPLE_RATE
    grid = BeatGrid(bpm, first_seconds * SAMPLE_RATE % beat, 0, 4, 0.9)
    changes = {"hearing": a_hearing(grid=grid, key=key, tempo=replace(a_hearing().tempo, bpm=bpm)), **changes}
    return deck(name, beaten(seconds, bpm, first_seconds), **changes)  # type: ignore[arg-type]
