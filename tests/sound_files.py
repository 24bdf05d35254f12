"""Real files for listener tests: music and speech that can be told apart, in every format the media folder takes, with tags.

The music is a slow chord progression with bass and drums, in another key for each file; the speech is espeak-ng's. `ffmpeg` encodes.
"""

import subprocess
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.programs import program

RATE = 44_100
CHORDS = ((0, 3, 7, 10), (-4, 0, 3, 7), (-9, -5, -2, 2), (-2, 2, 5, 9))
"""Semitones above the key: i7, VI7, III7, VII7."""


@dataclass(frozen=True, slots=True)
class SoundFile:
    """A file and what is true of it."""

    path: Path
    title: str
    artist: str
    album: str
    genre: str
    seconds: float
    level_dbfs: float
    """RMS of both channels before it was encoded."""


@dataclass(frozen=True, slots=True)
class _Recipe:
    name: str
    codec: tuple[str, ...]
    title: str
    artist: str
    album: str = ""
    genre: str = ""
    speech: str = ""


_RECIPES = (
    _Recipe("music.mp3", ("-c:a", "libmp3lame", "-b:a", "192k"), "Früher Vogel", "Die Ärzteräte", "Straße №5", "House"),
    _Recipe("music.flac", ("-c:a", "flac"), "夜の電車", "東京サウンド", "線路", "Techno"),
    _Recipe("music.ogg", ("-c:a", "libvorbis", "-q:a", "5"), "Ночной эфир", "Маяк", "Волны", "Trance"),
    _Recipe("music.opus", ("-c:a", "libopus", "-b:a", "128k"), "Último Tren 🚆", "Señor Río", "Vías", "Drum & Bass"),
    _Recipe("music.wav", ("-c:a", "pcm_s16le"), "Plain Wave", "The Uncoded", "Samples", "House"),
    _Recipe("music.m4a", ("-c:a", "aac", "-b:a", "192k"), "Ça va l'été", "Éloïse & Cie", "Été", "Pop"),
    _Recipe("lossless.m4a", ("-c:a", "alac"), "Ohne Verlust", "Die Ärzteräte", "Straße №5", "House"),
    _Recipe("mono_22050.mp3", ("-c:a", "libmp3lame", "-ac", "1", "-ar", "22050"), "Narrow", "Small Speaker", genre="Lo-fi"),
    _Recipe(
        "speech.mp3",
        ("-c:a", "libmp3lame", "-b:a", "128k"),
        "The News",
        "The Newsroom",
        "Today",
        "Speech",
        "Good evening. Here is the news.",
    ),
    _Recipe(
        "Station Voice - You Are Listening.wav", ("-c:a", "pcm_s24le"), "", "", speech="You are listening to the radio, and it never stops."
    ),
)


def make_sound_files(folder: Path, seconds: float = 20.0) -> list[SoundFile]:
    """Fills `folder` with one file a format: music of `seconds`, speech of the length it takes, each as loud as it comes."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for number, recipe in enumerate(_RECIPES):
        sound = speech(recipe.speech) if recipe.speech else music(seconds, key=number, mono="mono" in recipe.name)
        sound *= 10 ** (-(number % 4) * 3 / 20)
        path = folder / recipe.name
        _encode(sound, path, recipe)
        level = 10 * np.log10(np.mean(np.square(sound)))
        made.append(SoundFile(path, recipe.title, recipe.artist, recipe.album, recipe.genre, sound.shape[1] / RATE, float(level)))
    return made


def music(seconds: float, key: int = 0, mono: bool = False) -> NDArray[np.float64]:
    """Chords, bass and drums at 120 beats a minute, float [2, frames] at 44.1 kHz; the key is `key` semitones above A."""
    frames = round(seconds * RATE)
    time = np.arange(frames) / RATE
    bar = (time // 2).astype(int) % len(CHORDS)
    beat = time % 0.5
    left, right = np.zeros(frames), np.zeros(frames)
    for voice in range(4):
        semitone = np.array([chord[voice] for chord in CHORDS])[bar]
        pitch = 220 * 2 ** ((key + semitone) / 12)
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        tone = np.sin(phase) + 0.4 * np.sin(2 * phase) + 0.2 * np.sin(3 * phase)
        pan = (voice + 1) / 5
        left += 0.05 * np.sqrt(1 - pan) * tone
        right += 0.05 * np.sqrt(pan) * tone
    root = 55 * 2 ** ((key + np.array([chord[0] for chord in CHORDS])[bar]) / 12)
    bass = 0.15 * np.sin(2 * np.pi * np.cumsum(root) / RATE) * np.exp(-3 * beat)
    kick = 0.3 * np.sin(2 * np.pi * (50 * beat + 8 * (1 - np.exp(-20 * beat)))) * np.exp(-12 * beat)
    hat = 0.04 * np.random.default_rng(key).standard_normal(frames) * np.exp(-60 * ((beat + 0.25) % 0.5))
    middle = bass + kick + hat
    sound = np.stack([left + middle, right + middle])
    return np.repeat(sound.mean(axis=0, keepdims=True), 2, axis=0) if mono else sound


def speech(text: str) -> NDArray[np.float64]:
    """`text` spoken, float [2, frames] at 44.1 kHz."""
    spoken = subprocess.run([program("espeak-ng"), "--stdout", text], check=True, capture_output=True).stdout
    arguments = ["-i", "pipe:", "-f", "f32le", "-ac", "2", "-ar", str(RATE), "pipe:"]
    done = subprocess.run([program("ffmpeg"), "-loglevel", "error", *arguments], input=spoken, check=True, capture_output=True)
    return np.frombuffer(done.stdout, np.float32).reshape(-1, 2).T.astype(np.float64)


def _encode(sound: NDArray[np.float64], path: Path, recipe: _Recipe) -> None:
    source = path.with_name(f".{path.name}.wav")
    with wave.open(str(source), "wb") as writer:
        writer.setnchannels(2)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes(np.rint(32767 * np.clip(sound.T, -1, 1)).astype("<i2").tobytes())
    tags = {"title": recipe.title, "artist": recipe.artist, "album": recipe.album, "genre": recipe.genre}
    metadata = [argument for name, value in tags.items() if value for argument in ("-metadata", f"{name}={value}")]
    subprocess.run([program("ffmpeg"), "-y", "-loglevel", "error", "-i", str(source), *recipe.codec, *metadata, str(path)], check=True)
    source.unlink()
