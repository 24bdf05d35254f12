"""Tracks of which everything is known: tempo, every beat, the ones, key and tuning. Made by formula from their number, the same each time.

Four of five are played by the small band of this file, in the styles of benchmarks/sound_ears_styles.py; the rest by the procedural
composer, whose music nobody tuned ears to. They begin late, with or without a pickup, with drums alone or without any; players are late
or early by a few milliseconds, but the grid is as true as a sequencer's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.sound_ears_styles import MAJOR, MINOR, STYLES, Style
from dsp.block import SAMPLE_RATE, Samples
from generation.brief import Brief
from generation.key import TONICS
from generation.procedural.composer import ProceduralComposer
from generation.procedural.grid import STEPS

SECONDS: Final = 60.0
ROUND: Final = 24
"""Tracks between two of the same key."""
BAND_ROUNDS: Final = 4
"""Of five; the fifth is the composer's."""
Sound = NDArray[np.float64]

_SCALES: Final = {False: (0, 2, 4, 5, 7, 9, 11), True: (0, 2, 3, 5, 7, 8, 10)}
_COMPOSED: Final = ("drum & bass", "trance", "house", "techno")
_TEMPI: Final = {"house": (115, 132), "techno": (122, 150), "trance": (128, 146), "drum & bass": (164, 180)}


@dataclass(frozen=True, slots=True, eq=False)
class KnownTrack:
    """A track and the truth about it."""

    name: str
    samples: Samples
    bpm: float
    downbeat_frames: float
    """Where one of its bars begins."""
    beats_a_bar: int
    tonic: int
    minor: bool
    cents: float


def known_tracks(count: int, seed: int) -> Iterator[KnownTrack]:
    """`count` tracks, one after another; each 24 of them have all keys. Another seed makes other tracks."""
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        tonic, minor = number % ROUND % 12, number % ROUND >= 12
        if number // ROUND % (BAND_ROUNDS + 1) == BAND_ROUNDS:
            yield _composed(number, seed, tonic, minor, rng)
        else:
            yield _played(STYLES[(number * 5 + number // 12) % len(STYLES)], tonic, minor, rng)


def _composed(number: int, seed: int, tonic: int, minor: bool, rng: np.random.Generator) -> KnownTrack:
    genre = _COMPOSED[number % len(_COMPOSED)]
    bpm = round(float(rng.uniform(*_TEMPI[genre])), 2)
    key = f"{TONICS[tonic]} {'minor' if minor else 'major'}"
    take = ProceduralComposer().make(Brief(genre, seed * 1000 + number, SECONDS, bpm, key))
    return KnownTrack(f"{genre} (composer)", take.samples, take.bpm, 0.0, STEPS // 4, tonic, minor, 0.0)


def _played(style: Style, tonic: int, minor: bool, rng: np.random.Generator) -> KnownTrack:
    band = _Band(style, tonic, minor, rng)
    sound = band.play()
    sound = np.tanh(rng.uniform(0.5, 1.8) * sound / np.abs(sound).max())
    sound *= 10 ** (rng.uniform(-14, -0.5) / 20) / np.abs(sound).max()
    return KnownTrack(style.name, sound.astype(np.float32), band.bpm, band.start * SAMPLE_RATE, style.beats, tonic, minor, band.cents)


class _Band:
    """Plays one piece. Times are in seconds."""

    def __init__(self, style: Style, tonic: int, minor: bool, rng: np.random.Generator) -> None:
        self._style, self._tonic, self._minor, self._rng = style, tonic, minor, rng
        self.bpm = float(np.round(rng.uniform(*style.bpm), 2))
        self.cents = float(rng.uniform(-40, 40))
        self._beat = 60.0 / self.bpm
        self._pickup = bool(rng.random() < 0.25)
        self.start = float(rng.uniform(0.05, 1.5)) + (self._beat if self._pickup else 0.0)
        self._progression = (MINOR if minor else MAJOR)[rng.integers(6)]
        self._sound = np.zeros((2, round((SECONDS + 4) * SAMPLE_RATE)))
        self._late = float(rng.uniform(0.0, 0.004))

    def play(self) -> Sound:
        """The whole piece, float64 [2, frames]."""
        patterns = {part: self._one_of(getattr(self._style, part)) for part in ("kick", "snare", "hat", "bass", "chords")}
        level = {part: float(self._rng.uniform(0.6, 1.3)) for part in (*patterns, "lead")}
        chord_voice = self._one_of(("piano", "pad", "organ"))
        bars = int((SECONDS - self.start) / (self._beat * self._style.beats))
        form = self._form(bars)
        melody = self._melody()
        for bar in range(bars):
            parts = form[bar]
            if "drums" in parts:
                self._drum("kick", patterns["kick"], bar, level["kick"])
                self._drum("snare", self._filled(patterns["snare"], bar), bar, 0.6 * level["snare"])
                self._drum("hat", patterns["hat"], bar, 0.25 * level["hat"])
            chord = self._chord(bar)
            if "bass" in parts:
                self._line(patterns["bass"], bar, [_bass_note(chord[0])], "bass", 0.5 * level["bass"])
            if "chords" in parts:
                self._line(patterns["chords"], bar, chord, chord_voice, 0.16 * level["chords"])
            if "lead" in parts:
                self._sing(melody[bar % len(melody)], bar, 0.22 * level["lead"])
        if self._pickup:
            self._sing([(-1.0, 0.45, 4), (-0.5, 0.45, 6)], 0, 0.25)
        return self._sound + 10 ** (self._rng.uniform(-70, -50) / 20) * self._rng.standard_normal(self._sound.shape)

    def _form(self, bars: int) -> list[set[str]]:
        """Who plays in each bar."""
        everybody = {"drums", "bass", "chords", "lead"}
        kind = self._rng.integers(4)
        beginning = ({"chords"}, {"drums"}, {"drums", "bass"}, everybody)[kind]
        breaks = self._rng.integers(8, max(9, bars - 4)) // 4 * 4 if self._rng.random() < 0.6 else -9

        def players(bar: int) -> set[str]:
            if bar < 4:
                return beginning
            if breaks <= bar < breaks + 4:
                return {"chords", "lead"}
            return everybody - ({"lead"} if bar // 8 % 2 == 0 else set())

        return [players(bar) for bar in range(bars)]

    def _one_of(self, choices: tuple[str, ...]) -> str:
        return choices[int(self._rng.integers(len(choices)))]

    def _filled(self, snare: str, bar: int) -> str:
        """Every fourth bar may end in a fill."""
        if bar % 4 != 3 or self._rng.random() < 0.5:
            return snare
        return snare[: -self._style.steps] + "x" * self._style.steps

    def _chord(self, bar: int) -> list[int]:
        """MIDI numbers of the bar's chord; the fifth degree of a minor key is major half the time, as in its harmonic form."""
        degree = self._progression[bar % 4]
        scale = _SCALES[self._minor]
        notes = [self._tonic + scale[(degree + third) % 7] + 12 * ((degree + third) // 7) for third in (0, 2, 4)]
        if self._minor and degree == 4 and bar % 8 == 7:
            notes[1] += 1
        return [48 + note if note < 12 else 36 + note for note in notes]

    def _melody(self) -> list[list[tuple[float, float, int]]]:
        """Four bars of (beat, length in beats, degree): steps through the scale, chord tones on the strong beats, home at the end."""
        phrases = []
        for bar in range(4):
            beat, phrase = 0.0, []
            degree = self._progression[bar] + int(self._rng.choice((0, 2, 4)))
            while beat < self._style.beats - 0.01:
                length = float(self._rng.choice((0.5, 1.0, 1.0, 1.5)))
                if self._rng.random() < 0.85:
                    phrase.append((beat, 0.9 * length, degree))
                beat += length
                degree += int(self._rng.choice((-1, 1, -2, 2, 0)))
            phrases.append(phrase)
        phrases[3][-1:] = [(phrases[3][-1][0] if phrases[3] else 0.0, 1.0, 0)]
        return phrases

    def _time(self, bar: int, step: float) -> float:
        """Where a step sounds, with the player's own inaccuracy."""
        pair, within = divmod(step, 2.0)
        if self._style.steps % 2 == 0:
            within = within * 2.0 * self._style.swing if within <= 1.0 else within
        steps = bar * self._style.beats * self._style.steps + 2.0 * pair + within
        return self.start + steps * self._beat / self._style.steps + float(self._rng.normal(0.0, 0.002))

    def _drum(self, name: str, pattern: str, bar: int, level: float) -> None:
        for step, stroke in enumerate(pattern):
            if stroke != ".":
                self._add(_stroke(name), self._time(bar, step), level * (1.0 if stroke == "x" else 0.4) * self._rng.uniform(0.8, 1.0), 0.0)

    def _line(self, pattern: str, bar: int, notes: list[int], voice: str, level: float) -> None:
        """`notes` together at each stroke, until the next one."""
        strokes = [step for step, stroke in enumerate(pattern) if stroke != "."]
        for step, following in zip(strokes, [*strokes[1:], len(pattern)], strict=True):
            length = min(2.5, 0.9 * (following - step) * self._beat / self._style.steps)
            for index, note in enumerate(notes):
                pan = 0.3 * (index - 1) * (len(notes) > 1)
                self._add(_tone(self._hertz(note), round(length, 2), voice), self._time(bar, step) + self._late, level, pan)

    def _sing(self, phrase: list[tuple[float, float, int]], bar: int, level: float) -> None:
        scale = _SCALES[self._minor]
        for beat, length, degree in phrase:
            note = 60 + self._tonic + scale[degree % 7] + 12 * (degree // 7)
            begins = self._time(bar, beat * self._style.steps) + self._late
            self._add(_tone(self._hertz(note), round(length * self._beat, 2), "lead"), begins, level, 0.2)

    def _hertz(self, note: int) -> float:
        return float(440.0 * 2.0 ** ((note - 69 + self.cents / 100.0) / 12.0))

    def _add(self, sound: Sound, seconds: float, level: float, pan: float) -> None:
        first = round(seconds * SAMPLE_RATE)
        room = self._sound[:, max(0, first) : first + sound.size]
        room[0] += level * (1.0 - pan) * sound[: room.shape[1]]
        room[1] += level * (1.0 + pan) * sound[: room.shape[1]]


def _bass_note(root: int) -> int:
    """The root between F1 and E2."""
    return 29 + (root - 5) % 12


@cache
def _stroke(name: str) -> Sound:
    """A drum."""
    rng = np.random.default_rng(len(name))
    time = np.arange(round({"kick": 0.3, "snare": 0.2, "hat": 0.06}[name] * SAMPLE_RATE)) / SAMPLE_RATE
    noise = rng.standard_normal(time.size)
    if name == "kick":
        boom = np.sin(2 * np.pi * (48 * time + 6 * (1 - np.exp(-time / 0.03)))) * np.exp(-time / 0.09)
        return np.asarray(boom * np.minimum(1, time / 0.001))
    if name == "snare":
        rattle, skin = 0.6 * noise * np.exp(-time / 0.06), 0.6 * np.sin(2 * np.pi * 190 * time) * np.exp(-time / 0.05)
        return np.asarray((rattle + skin) * np.minimum(1, time / 0.001))
    bright: Sound = np.diff(np.diff(noise, prepend=0), prepend=0) * np.exp(-time / 0.015)
    return bright


@lru_cache(maxsize=512)
def _tone(hertz: float, seconds: float, voice: str) -> Sound:
    """A note with its harmonics, each of which dies at its own pace."""
    time = np.arange(round((seconds + 0.06) * SAMPLE_RATE)) / SAMPLE_RATE
    harmonics, slope, decay, attack = {
        "piano": (10, 1.4, 0.9, 0.003),
        "pad": (8, 1.1, 9.0, 0.040),
        "organ": (6, 0.9, 9.0, 0.005),
        "bass": (8, 1.2, 0.8, 0.004),
        "lead": (7, 1.0, 2.0, 0.010),
    }[voice]
    sound = np.zeros(time.size)
    turn = np.exp((2j * np.pi * hertz - 1.0 / decay) * time)
    partial = turn
    for harmonic in range(1, harmonics + 1):
        if harmonic * hertz < 12_000 and (voice != "lead" or harmonic % 2):
            sound += partial.imag / harmonic**slope
        partial = partial * turn
    sound *= np.minimum(1, time / attack) * np.clip((seconds + 0.05 - time) / 0.05, 0, 1)
    return sound
