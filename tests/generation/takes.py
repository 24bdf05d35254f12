"""Takes for the tests of the studio: small sounds, and a backend that misbehaves on a pattern."""

from collections.abc import Iterator, Sequence

import numpy as np

from dsp.block import Samples, frames_of
from generation.backend import Progress
from generation.brief import Brief
from generation.errors import BackendAway, GenerationFailed
from generation.licence import OURS, Licence
from generation.take import Take

SECONDS = 30.0
BPM = 120.0


def take_of(samples: Samples, seconds: float = SECONDS, seed: int = 0, genre: str = "house") -> Take:
    """A take with that sound, of a brief that wished for `seconds`."""
    return Take(samples, Brief(genre, seed, seconds), "Title", "Artist", BPM, "A minor", (), {"backend": "test"})


def music(seconds: float = SECONDS, root_hz: float = 220.0) -> Samples:
    """Wide chords over a bass, struck twice a second, other ones every four seconds; it ends. About -17 LUFS: what the critic accepts."""
    time = np.arange(frames_of(seconds)) / 48_000
    struck = np.exp(-5.0 * (time % (60.0 / BPM)))
    turn = root_hz * 2.0 ** (np.array([0, 3, 7, 5])[(time // 4.0).astype(int) % 4] / 12.0)
    phase = 2.0 * np.pi * np.cumsum(turn) / 48_000
    chord = [sum(np.sin(ratio * detune * phase) for ratio in (1.0, 1.26, 1.5, 2.0)) for detune in (1.0, 1.004)]
    bass = 0.3 * struck * np.sin(2.0 * np.pi * 55.0 * time)
    fade = np.minimum(1.0, np.linspace(seconds, 0.0, time.size))
    return np.stack([fade * (bass + 0.1 * (0.3 + struck) * side) for side in chord]).astype(np.float32)


class PatternBackend:
    """Makes short takes; what it makes each time is given: good, bad (silence), fails, away, memory, broken."""

    def __init__(self, pattern: str, name: str = "pattern", licence: Licence = OURS) -> None:
        self._pattern: Iterator[str] = iter(pattern.split())
        self.name = name
        self.licence = licence
        self.briefs: list[Brief] = []
        self.closed = 0

    def make(self, brief: Brief, progress: Progress) -> Take:
        self.briefs.append(brief)
        progress(0.5, "pretending")
        kind = next(self._pattern)
        errors = {
            "fails": GenerationFailed("the backend is out of ideas"),
            "away": BackendAway("no weights"),
            "memory": MemoryError(),
            "broken": KeyError("nobody foresaw it"),
        }
        if kind in errors:
            raise errors[kind]
        sound = np.zeros((2, 48_000), np.float32) if kind == "bad" else np.ones((2, 48_000), np.float32)
        return Take(sound, brief, "Title", "Artist", BPM, "A minor", (), {"backend": self.name})

    def close(self) -> None:
        self.closed += 1


class PatternBatch(PatternBackend):
    """The same, four at once; each take of a batch has the next kind of the pattern."""

    most_at_once = 4

    def __init__(self, pattern: str, name: str = "batch") -> None:
        super().__init__(pattern, name)
        self.batches: list[int] = []

    def make_all(self, briefs: Sequence[Brief], progress: Progress) -> list[Take]:
        self.batches.append(len(briefs))
        return [self.make(brief, progress) for brief in briefs]


class Hours:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now
