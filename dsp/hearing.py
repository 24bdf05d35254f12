"""What the ears say of a whole track: plain values that are kept with it for as long as it is kept.

They hold no sound and no clock, and need nothing that hears: whoever only reads them has no kernels to load. Positions are frames at
48 kHz from the track's first sample, the cues' among them.
"""

from dataclasses import dataclass
from typing import Final

from dsp.block import SAMPLE_RATE

FEATURES: Final = 66
FEATURES_MODEL: Final = "sonicforge-66/1"
"""Name and version of the feature vector; vectors of different models are never compared."""

_NOTES: Final = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


@dataclass(frozen=True, slots=True)
class Loudness:
    """EBU R 128 of the whole track; -70 stands for silence."""

    integrated_lufs: float
    range_lu: float
    true_peak_dbtp: float


@dataclass(frozen=True, slots=True)
class Cues:
    """Places in a track, in frames from its first: 0 <= cue_in < start_next <= cue_out <= the track's length."""

    cue_in_frames: int
    start_next_frames: int
    cue_out_frames: int


@dataclass(frozen=True, slots=True)
class Tempo:
    """How fast it goes. `bpm` is 0 where nothing beats."""

    bpm: float
    confidence: float
    """0 to 1: how much better than chance its pulse explains the onsets."""
    alternatives: tuple[tuple[float, float], ...]
    """Other tempi that fit, best first, as (bpm, share of the best one's strength, 0 to 1)."""


@dataclass(frozen=True, slots=True)
class BeatGrid:
    """Evenly spaced beats. Beat n lies at `first_beat_frames + n * 60 / bpm * 48000`.

    Beats n = `downbeat` (mod `beats_a_bar`) are the ones.
    """

    bpm: float
    first_beat_frames: float
    """Of beat 0, within the first beat of the track: 0 <= it < one beat."""
    downbeat: int
    """0 to beats_a_bar - 1."""
    beats_a_bar: int
    confidence: float
    """0 to 1. A grid below 0.5 is not trusted by a transition: the tempo moves, or the beats cannot be told."""

    @property
    def beat_frames(self) -> float:
        """How long a beat lasts."""
        return 60.0 * SAMPLE_RATE / self.bpm

    def beat_at(self, number: int) -> float:
        """Where beat `number` lies, in frames."""
        return self.first_beat_frames + number * self.beat_frames


@dataclass(frozen=True, slots=True)
class Key:
    """What key it is in."""

    tonic: int
    """0 is C, 11 is B."""
    minor: bool
    confidence: float
    """0 to 1."""
    tuning_cents: float
    """How far its A4 lies from 440 Hz, -50 to 50."""

    @property
    def name(self) -> str:
        """As musicians write it: `F# minor`."""
        return f"{_NOTES[self.tonic]} {'minor' if self.minor else 'major'}"

    @property
    def camelot(self) -> str:
        """As DJs write it: `8A` is A minor, `8B` C major; neighbours on the wheel differ by one."""
        return f"{self._hour}{'A' if self.minor else 'B'}"

    @property
    def open_key(self) -> str:
        """The other notation: `1m` is A minor, `1d` C major."""
        return f"{(self._hour + 4) % 12 + 1}{'m' if self.minor else 'd'}"

    @property
    def _hour(self) -> int:
        major = (self.tonic + 3) % 12 if self.minor else self.tonic
        return (7 * major + 7) % 12 + 1


@dataclass(frozen=True, slots=True)
class Quality:
    """What is wrong with it as a recording, and how good it is in all."""

    score: float
    """0 to 1."""
    faults: tuple[str, ...]
    """Which gates it fails, by name (dsp/quality.py); empty: none."""
    measures: dict[str, float]
    """What was measured, by name with its unit: `crest_db`, `dc`, `clipped_share`, `bandwidth_hz`, `correlation`, ..."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """Everything that the core ears tell of one track, from one pass over its sound."""

    loudness: Loudness
    cues: Cues
    tempo: Tempo
    grid: BeatGrid | None
    key: Key
    energy: float
    """0 to 1: how driving it is; by loudness, onsets and brightness."""
    features: tuple[float, ...]
    """66 numbers, not yet whitened; another model's may be more."""
    features_model: str
    quality: Quality
