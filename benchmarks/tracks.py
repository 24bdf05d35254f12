"""Seeded pieces of music for every station of a comparison to play: 60 to 90 s, from raw and quiet to as dense as mastered pop.

Every onset is ramped and no sample steps, so a judge of clicks may take every step for one. Half of them WAV, half MP3.
"""

import subprocess
import wave
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from benchmarks.unmeasured import program

RATE: Final = 48_000
Sound: TypeAlias = NDArray[np.float64]
PROGRESSION: Final = (0, 5, 7, 3)


class Manner(NamedTuple):
    """How a piece was mastered before it came to the station."""

    peak_db: float
    drive: float
    """Saturation before the peak: 0.6 is raw, 2.6 as dense as a loud record."""
    fades: bool


MANNERS: Final = (
    Manner(-0.3, 1.8, True),
    Manner(-12, 0.6, False),
    Manner(-6, 1.0, True),
    Manner(-6, 0.6, True),
    Manner(-0.2, 2.6, False),
    Manner(-9, 0.8, True),
    Manner(-15, 0.6, True),
    Manner(-1, 1.6, False),
    Manner(-18, 0.6, True),
    Manner(-3, 1.2, True),
)


def make(folder: Path, count: int = len(MANNERS)) -> list[Path]:
    """Writes the pieces that are not there yet; their paths. Raises Unmeasured without ffmpeg."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for number in range(count):
        path = folder / f"piece{number:02}.{'mp3' if number % 2 else 'wav'}"
        if not path.exists():
            _write(path, piece(number, 60 + number * 7 % 31), number)
        files.append(path)
    return files


def listing(files: list[Path], path: Path) -> Path:
    """The m3u of these files."""
    path.write_text("".join(f"{file.resolve()}\n" for file in files))
    return path


def piece(number: int, seconds: float) -> Sound:
    """Chords, bass, kick, hi-hat and a bed of noise, all chosen by the number: float64 [frames, 2], within [-1, 1]."""
    rng = np.random.default_rng(number)
    manner = MANNERS[number % len(MANNERS)]
    frames = int(seconds * RATE)
    beat_seconds = 60 / rng.uniform(84, 132)
    sound = 0.004 * rng.standard_normal((frames, 2))
    _add_harmony(sound, rng, 4 * beat_seconds)
    _add_drums(sound, rng, beat_seconds)
    sound /= np.abs(sound).max()
    sound = np.tanh(manner.drive * sound)
    sound *= 10 ** (manner.peak_db / 20) / np.abs(sound).max()
    edge = RATE // 100
    tail = 4 * RATE if manner.fades else edge
    sound[:edge] *= np.linspace(0, 1, edge)[:, None]
    sound[-tail:] *= np.linspace(1, 0, tail)[:, None]
    return sound


def _add_harmony(sound: Sound, rng: np.random.Generator, bar_seconds: float) -> None:
    """Four chords over a bass, one a bar."""
    root = 110 * 2 ** (rng.integers(0, 12) / 12)
    third = int(rng.integers(3, 5))
    bar = int(bar_seconds * RATE)
    for number, start in enumerate(range(0, len(sound), bar)):
        time = np.arange(min(bar, len(sound) - start)) / RATE
        shape = _rise(time / 0.04) * _rise((time[-1] - time) / 0.05)
        step = PROGRESSION[number % len(PROGRESSION)]
        for voice, semitones in enumerate((0, third, 7, 12)):
            pitch = root * 2 ** ((semitones + step) / 12)
            pan = 0.5 + 0.3 * np.sin(voice)
            for harmonic in (1, 2, 3, 4, 6):
                tone = np.sin(2 * np.pi * pitch * harmonic * time + rng.uniform(0, 2 * np.pi)) / harmonic**1.3
                sound[start : start + len(time)] += 0.1 * (tone * shape)[:, None] * (pan, 1 - pan)
        sound[start : start + len(time)] += 0.22 * (np.sin(np.pi * root * 2 ** (step / 12) * time) * shape)[:, None]


def _add_drums(sound: Sound, rng: np.random.Generator, beat_seconds: float) -> None:
    """A kick on the beat, a hi-hat between."""
    time = np.arange(RATE // 4) / RATE
    sweep = 45 * time + 6 * (1 - np.exp(-time / 0.04))
    kick = 0.7 * np.sin(2 * np.pi * sweep) * np.exp(-time / 0.09) * _rise(time / 0.008) * _rise((0.25 - time) / 0.05)
    ring = np.arange(int(0.06 * RATE)) / RATE
    ramp = 0.2 * _rise(ring / 0.012) * _rise((ring[-1] - ring) / 0.02) * np.exp(-ring / 0.02)
    for number in range(int(len(sound) / RATE / beat_seconds)):
        hat = np.convolve(rng.standard_normal(len(ring) + 2), (0.25, 0.5, 0.25), "valid") * ramp
        for stroke, start in ((kick, int(number * beat_seconds * RATE)), (hat, int((number + 0.5) * beat_seconds * RATE))):
            room = sound[start : start + len(stroke)]
            room += stroke[: len(room), None]


def _rise(x: Sound) -> Sound:
    """From 0 to 1 without a kink."""
    rise: Sound = 0.5 - 0.5 * np.cos(np.pi * np.clip(x, 0, 1))
    return rise


def _write(path: Path, sound: Sound, number: int) -> None:
    wav = path.with_suffix(".wav")
    with wave.open(str(wav), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((sound * 32_767).astype("<i2").tobytes())
    if path.suffix == ".mp3":
        tags = ("-metadata", f"title=Piece {number}", "-metadata", f"artist=Player {number}")
        subprocess.run([program("ffmpeg"), "-v", "error", "-y", "-i", wav, "-b:a", "256k", *tags, path], check=True)
        wav.unlink()
