"""Takes for the tests of the studio: small sounds and a backend that misbehaves on a pattern."""

from collections.abc import Iterator

import numpy as np

from dsp.block import Samples, frames_of
from generation.backend import Progress
from generation.brief import Brief
from generation.errors import GenerationFailed
from generation.take import Take

SECONDS = 30.0


def take_of(samples: Samples, seconds: float = SECONDS, seed: int = 0) -> Take:
    """A take with that sound, of a brief that wished for `seconds`."""
    return Take(samples, Brief("house", seed, seconds), "Title", "Artist", 124.0, "A minor", (), {"backend": "test"})


def music(seconds: float = SECONDS) -> Samples:
    """Wide chords that pulse over a bass, about -17 LUFS: what the critic accepts."""
    time = np.arange(frames_of(seconds)) / 48_000
    pulse = 0.6 + 0.4 * np.cos(2.0 * np.pi * 2.0 * time)
    chord = [sum(np.sin(2.0 * np.pi * hz * detune * time) for hz in (220.0, 277.2, 329.6, 440.0)) for detune in (1.0, 1.004)]
    bass = 0.25 * np.sin(2.0 * np.pi * 55.0 * time)
    return np.stack([bass + 0.07 * pulse * side for side in chord]).astype(np.float32)


class PatternBackend:
    """Makes short takes; what it makes each time is given: good, bad (silence) or fails."""

    def __init__(self, pattern: str) -> None:
        self._pattern: Iterator[str] = iter(pattern.split())
        self.briefs: list[Brief] = []

    def make(self, brief: Brief, progress: Progress) -> Take:
        self.briefs.append(brief)
        progress(0.5, "pretending")
        kind = next(self._pattern)
        if kind == "fails":
            raise GenerationFailed("the backend is out of ideas")
        sound = np.zeros((2, 48_000), np.float32) if kind == "bad" else np.ones((2, 48_000), np.float32)
        return Take(sound, brief, "Title", "Artist", 124.0, "A minor", (), {"backend": "pattern"})
