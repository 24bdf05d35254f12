"""The emergency loop: 15.36 s of calm sound that plays round for ever, as samples and as packets of every rendition.

It is the last thing between the station and silence, so it depends on nothing: no file, no random number, no programme. Its length is a
whole number of packets of every codec, and it is laid on the station's clock (what sounds at a position is
`samples[:, position % LOOP_FRAMES]`), so whoever sends it, engine or front, sends the same at the same time.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
import msgspec
import numpy as np
from numpy.typing import NDArray

from dsp.block import CHANNELS, SAMPLE_RATE, Samples
from server.clock import PART_FRAMES, SEGMENT_FRAMES
from server.encoding.encoder import Encoder
from server.encoding.ladder import LADDER, Recipe
from server.wire.wire import Loop

LOOP_FRAMES: Final = 4 * SEGMENT_FRAMES
"""15.36 s: 720 AAC packets, 640 MP3 frames, 768 Opus packets."""

_CHORDS_HZ: Final = ((110.0, 164.81, 220.0, 261.63, 329.63, 493.88), (87.31, 130.81, 220.0, 261.63, 329.63, 440.0))
"""A minor with its ninth, and F major with its seventh: two that share three notes."""
_HARMONICS: Final = 5
_RMS: Final = 0.105
"""About -18 LUFS, peaks below -8 dBFS: a little softer than the programme."""


@dataclass(frozen=True, slots=True)
class EmergencyLoop:
    """The loop, ready to be sent."""

    samples: Samples
    """float32 [2, LOOP_FRAMES]. Read-only."""
    renditions: list[Loop]


def _chord(notes_hz: Sequence[float], channel: int) -> NDArray[np.float64]:
    """One chord for the whole loop. Its spectrum is written, not its waves: a bin is 1/15.36 Hz, so every partial ends where it began."""
    spectrum = np.zeros(LOOP_FRAMES // 2 + 1, np.complex128)
    for number, note_hz in enumerate(notes_hz):
        for harmonic in range(1, _HARMONICS + 1):
            for voice, detune in enumerate((-0.0011, 0.0014)):
                side = 1.0 if voice == channel else 0.45
                frequency_bin = round(note_hz * harmonic * (1 + detune) * LOOP_FRAMES / SAMPLE_RATE)
                phase = 2.399963 * (number + 7 * harmonic + 3 * voice)  # the golden angle: no two partials start together
                spectrum[frequency_bin] += side * harmonic**-1.7 * np.exp(1j * phase)
    wave: NDArray[np.float64] = np.fft.irfft(spectrum, LOOP_FRAMES)
    return wave


def make_samples() -> Samples:
    """The sound of the loop: two chords that swell into one another. float32 [2, LOOP_FRAMES]."""
    turn = 2 * np.pi * np.arange(LOOP_FRAMES) / LOOP_FRAMES
    swell = np.sqrt(0.5 + 0.5 * np.cos(turn))
    sound = np.empty((CHANNELS, LOOP_FRAMES))
    for channel in range(CHANNELS):
        first, second = (_chord(notes_hz, channel) for notes_hz in _CHORDS_HZ)
        sound[channel] = first * swell + second * np.sqrt(1 - swell**2)
    sound *= _RMS / np.sqrt(np.mean(sound**2))
    samples = sound.astype(np.float32)
    samples.setflags(write=False)
    return samples


def encode(recipe: Recipe, samples: Samples) -> Loop:
    """One round in one rendition. The encoder runs in over the end of the round before, so it meets the seam in its stride."""
    run_in = 2 * PART_FRAMES
    encoder = Encoder(recipe, LOOP_FRAMES - run_in)
    sound = np.concatenate((samples[:, -run_in:], samples, samples[:, :PART_FRAMES]), axis=1)
    first, packets = encoder.feed(sound)
    skipped = (LOOP_FRAMES - first) // recipe.packet_frames
    return Loop(recipe.name, packets[skipped : skipped + LOOP_FRAMES // recipe.packet_frames])


def _fingerprint(samples: Samples, recipes: Sequence[Recipe]) -> str:
    content = hashlib.sha256(samples.tobytes())
    content.update(repr((av.__version__, [(r.name, r.encoder, r.trim_db, sorted(r.options.items())) for r in recipes])).encode())
    return content.hexdigest()[:16]


def kept(folder: Path, samples: Samples, recipes: Sequence[Recipe] = LADDER) -> list[Loop] | None:
    """What an earlier `load` has left in `folder`, or None. Raises OSError."""
    try:
        return msgspec.msgpack.decode(_file(folder, samples, recipes).read_bytes(), type=list[Loop])
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def load(folder: Path, recipes: Sequence[Recipe] = LADDER) -> EmergencyLoop:
    """The loop, its packets from `folder` if they are there, else made (seconds of work) and kept there. Raises OSError."""
    samples = make_samples()
    loops = kept(folder, samples, recipes)
    if loops is None:
        loops = [encode(recipe, samples) for recipe in recipes]
        folder.mkdir(parents=True, exist_ok=True)
        file = _file(folder, samples, recipes)
        beside = file.with_suffix(".new")
        beside.write_bytes(msgspec.msgpack.encode(loops))
        beside.replace(file)
    return EmergencyLoop(samples, loops)


def _file(folder: Path, samples: Samples, recipes: Sequence[Recipe]) -> Path:
    return folder / f"{_fingerprint(samples, recipes)}.msgpack"
