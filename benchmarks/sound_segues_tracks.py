"""Tracks for a thousand segues, of which everything is known: steady beats, pads that fade, cold ends, jingles, an album in one piece.

Made by formula from a seed. Each beat carries a tick, so that a judge can find it again to a fraction of a millisecond; nothing else in
them steps, so that every click is the station's.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from dsp.block import SAMPLE_RATE, Samples, frames_of
from dsp.cues import Cues, find_cues
from dsp.hearing import FEATURES_MODEL, BeatGrid, Hearing, Key, Loudness, Quality, Tempo
from dsp.loudness import measure_loudness
from server.track import Source, Track

TICK_HZ: Final = 3_000.0
TICK_SECONDS: Final = 0.012
_TEMPI: Final = (128.0, 128.0, 128.6, 127.1, 130.5, 125.2, 64.1, 131.4, 129.3, 126.4, 144.0, 172.0)
_ENDS: Final = ("loud", "tail", "loud", "cold", "loud", "tail")
Sound = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A track and its sound."""

    track: Track
    samples: Samples


def tick() -> Sound:
    """What marks a beat, float64 [frames]."""
    time = np.arange(frames_of(TICK_SECONDS)) / SAMPLE_RATE
    return 0.3 * np.sin(2 * np.pi * TICK_HZ * time) * np.hanning(time.size)


def pieces(seed: int = 5) -> list[Piece]:
    """All of them; equal seeds make equal ones."""
    beaten = [_beaten(number, bpm, _ENDS[number % len(_ENDS)], seed) for number, bpm in enumerate(_TEMPI * 2)]
    calm = [_calm(number, seed) for number in range(5)]
    twin = replace(beaten[1].track, id="twin", title="Twin", artist="Twin")
    return [*beaten, *calm, *_album(seed), *(_jingle(number, seed) for number in range(3)), Piece(twin, beaten[1].samples)]


def _beaten(number: int, bpm: float, end: str, seed: int) -> Piece:
    """Kick, tick, hat, bass and a chord on a steady beat, 16 to 24 bars."""
    rng = np.random.default_rng([seed, number])
    beat = 60.0 / bpm
    bars = round(40.0 / (4 * beat))
    first = rng.uniform(0.05, 0.3)
    sound = np.zeros((2, frames_of(first + bars * 4 * beat + 0.1)))
    time = np.arange(sound.shape[1]) / SAMPLE_RATE
    tonic = int(rng.integers(0, 3))
    for voice, semitones in enumerate((0, 3, 7)):
        hz = 220.0 * 2 ** ((tonic * 7 % 12 + semitones) / 12)
        sound += 0.05 * np.sin(2 * np.pi * hz * time + rng.uniform(0, 6)) * np.array([[0.7 + 0.1 * voice], [0.9 - 0.1 * voice]])
    bass = 0.12 * np.sin(2 * np.pi * 55.0 * 2 ** (tonic * 7 % 12 / 12) * time + rng.uniform(0, 6))
    sound += bass * _pumped(time, first, beat)
    noise = rng.standard_normal((2, sound.shape[1])) * 0.004
    strokes = {"kick": _kick(), "tick": tick(), "hat": _hat(rng)}
    for count in range(bars * 4):
        at = first + count * beat
        _strike(sound, strokes["kick"], at)
        _strike(sound, strokes["tick"], at)
        _strike(sound, strokes["hat"], at + beat / 2)
    sound = _ended(sound + noise, end, rng)
    grid = BeatGrid(bpm, first * SAMPLE_RATE % (beat * SAMPLE_RATE), 0, 4, 0.9)
    key = Key((9 + tonic * 7) % 12, True, 0.9, 0.0)
    return _heard(f"beat{number}", sound, grid, key, early=end == "loud")


def _calm(number: int, seed: int) -> Piece:
    """Pads without a beat that fade away, or are cut off by whoever chose the cues."""
    rng = np.random.default_rng([seed, 100 + number])
    time = np.arange(frames_of(rng.uniform(20, 28))) / SAMPLE_RATE
    sound = rng.standard_normal((2, time.size)) * 0.003
    for hz in rng.uniform(110, 880, 6):
        swell = 0.7 + 0.3 * np.sin(2 * np.pi * rng.uniform(0.1, 0.4) * time + rng.uniform(0, 6))
        sound += 0.06 * swell * np.sin(2 * np.pi * hz * time + rng.uniform(0, 6)) * rng.uniform(0.5, 1.0, (2, 1))
    return _heard(
        f"calm{number}", _ended(sound, "tail" if number % 2 else "loud", rng), None, Key(0, False, 0.4, 0.0), early=number % 2 == 0
    )


def _album(seed: int) -> list[Piece]:
    """One long piece, cut in four where it sounds, the second half 4 dB louder."""
    rng = np.random.default_rng([seed, 200])
    time = np.arange(frames_of(88.0)) / SAMPLE_RATE
    sound = rng.standard_normal((2, time.size)) * 0.005
    for hz in rng.uniform(130, 900, 8):
        swell = 0.6 + 0.4 * np.sin(2 * np.pi * rng.uniform(0.05, 0.3) * time + rng.uniform(0, 6))
        sound += 0.05 * swell * np.sin(2 * np.pi * hz * time + rng.uniform(0, 6)) * rng.uniform(0.5, 1.0, (2, 1))
    sound *= 10 ** (np.interp(time, (0, 40, 48, 88), (-4, -4, 0, 0)) / 20)
    sound[:, :4800] *= np.linspace(0, 1, 4800)
    sound[:, -4800:] *= np.linspace(1, 0, 4800)
    cuts = [part.copy() for part in np.split(sound, 4, axis=1)]
    return [_heard(f"album{number}", part, None, Key(5, False, 0.5, 0.0), album="One Piece") for number, part in enumerate(cuts)]


def _jingle(number: int, seed: int) -> Piece:
    """What has the rhythm of speech: bursts of coloured noise and a buzz."""
    rng = np.random.default_rng([seed, 300 + number])
    time = np.arange(frames_of(6.0 + number)) / SAMPLE_RATE
    syllables = np.clip(np.sin(2 * np.pi * 3.7 * time) + 0.4 * np.sin(2 * np.pi * 1.1 * time), 0, 1)
    buzz = sum(np.sin(2 * np.pi * 140 * harmonic * time) / harmonic for harmonic in range(1, 12))
    sound = np.tile(0.12 * syllables * buzz, (2, 1)) + rng.standard_normal((2, time.size)) * 0.01 * syllables
    sound[:, -2400:] *= np.linspace(1, 0, 2400)
    return _heard(f"jingle{number}", sound, None, Key(0, False, 0.0, 0.0), genre="Jingle")


def _ended(sound: Sound, end: str, rng: np.random.Generator) -> Sound:
    """With a tail that rings out, or cut within 10 ms."""
    if end == "tail":
        frames = frames_of(rng.uniform(3.0, 7.0))
        sound[:, -frames:] *= 10 ** (np.linspace(0, -55, frames) / 20)
    sound[:, -480:] *= np.linspace(1, 0, 480)
    sound[:, :240] *= np.linspace(0, 1, 240)
    return sound


def _heard(name: str, sound: Sound, grid: BeatGrid | None, key: Key, *, early: bool = False, album: str = "", genre: str = "Test") -> Piece:
    """What the catalogue would have of it; `early`: somebody has set its cue a few seconds before its end."""
    samples = np.ascontiguousarray(sound, np.float32)
    measured, cues = measure_loudness(samples), find_cues(samples)
    if early:
        cues = Cues(cues.cue_in_frames, max(cues.cue_in_frames + 1, cues.cue_out_frames - frames_of(4.0)), cues.cue_out_frames)
    bpm = grid.bpm if grid else 0.0
    hearing = Hearing(
        loudness=Loudness(measured.integrated_lufs, 4.0, -1.0),
        cues=cues,
        tempo=Tempo(bpm, 0.9 if grid else 0.0, ()),
        grid=grid,
        key=key,
        energy=0.5,
        features=(),
        features_model=FEATURES_MODEL,
        quality=Quality(1.0, (), {}),
    )
    track = Track(
        id=name,
        title=name,
        artist=name,
        source=Source.LIBRARY,
        path=f"/{name}",
        frames=samples.shape[1],
        loudness_lufs=measured.integrated_lufs,
        true_peak_dbtp=-1.0,
        cue_in_frames=cues.cue_in_frames,
        start_next_frames=cues.start_next_frames,
        cue_out_frames=cues.cue_out_frames,
        album=album,
        genre=genre,
        hearing=hearing,
    )
    return Piece(track, samples)


def _pumped(time: Sound, first: float, beat: float) -> Sound:
    """A bass that makes room for the kick, without a step."""
    return 0.5 - 0.5 * np.cos(2 * np.pi * (time - first) / beat)


def _kick() -> Sound:
    time = np.arange(frames_of(0.2)) / SAMPLE_RATE
    shape = np.exp(-time / 0.07) * np.minimum(1, time / 0.006) * np.minimum(1, (0.2 - time) / 0.05)
    return 0.5 * np.sin(2 * np.pi * (48 * time + 5 * (1 - np.exp(-time / 0.04)))) * shape


def _hat(rng: np.random.Generator) -> Sound:
    """Far above the tick, which it must not hide or pretend to be."""
    noise = sosfilt(butter(6, 8_000, "highpass", fs=SAMPLE_RATE, output="sos"), rng.standard_normal(2400))
    return np.asarray(noise * np.hanning(2400) * 0.03)


def _strike(sound: Sound, stroke: Sound, seconds: float) -> None:
    """Lays a stroke where it belongs, between frames if need be."""
    at = seconds * SAMPLE_RATE
    whole = int(at)
    part = at - whole
    late = np.append(stroke, 0.0) * (1 - part) + np.insert(stroke, 0, 0.0) * part
    room = sound[:, whole : whole + late.size]
    room += late[: room.shape[1]]
