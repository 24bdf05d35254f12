"""WAV files, ours and those of strangers."""

import io
import struct
import wave

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.remote.errors import Untrue
from generation.remote.wav import read_wav, written_wav

SOUND = np.stack([np.linspace(-1.0, 1.0, 500), np.linspace(0.5, -0.5, 500)]).astype(np.float32)


def by_the_library(width: int, channels: int, frames: bytes, rate: int = 32_000) -> bytes:
    """As Python's own module writes it."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writing:
        writing.setsampwidth(width)
        writing.setnchannels(channels)
        writing.setframerate(rate)
        writing.writeframes(frames)
    return file.getvalue()


def test_there_and_back() -> None:
    sound, rate = read_wav(written_wav(SOUND, 44_100))
    assert rate == 44_100
    assert np.array_equal(sound, SOUND)


@pytest.mark.parametrize("width", [2, 3, 4])
def test_whole_numbers_of_a_stranger(width: int) -> None:
    whole = np.rint(SOUND.T.astype(np.float64) * (2.0 ** (8 * width - 1) - 1)).astype("<i8").reshape(-1)
    data = b"".join(int(one).to_bytes(width, "little", signed=True) for one in whole)
    sound, rate = read_wav(by_the_library(width, 2, data))
    assert rate == 32_000
    assert np.abs(sound - SOUND).max() < 2.0 ** (2 - 8 * width) + 1e-7


def test_one_channel_and_strange_chunks() -> None:
    packed = by_the_library(2, 1, struct.pack("<4h", 0, 16_384, -32_768, 32_767))
    odd = packed[:12] + b"LIST" + struct.pack("<I", 3) + b"abc\0" + packed[12:]
    sound, _ = read_wav(odd)
    assert sound.shape == (1, 4)
    assert sound[0, 1] == 0.5


def faults() -> dict[str, bytes]:
    good = written_wav(SOUND, 48_000)
    return {
        "nothing": b"",
        "text": b"RIFF but no WAV at all",
        "cut": good[:-100],
        "head alone": good[:40],
        "no format": b"RIFF\0\0\0\0WAVEdata" + struct.pack("<I", 8) + b"\0" * 8,
        "three channels": by_the_library(2, 3, b"\0" * 12),
        "eight bits": by_the_library(1, 2, b"\0" * 12),
        "a rate of nobody": by_the_library(2, 2, b"\0" * 12, rate=1_000),
        "empty": by_the_library(2, 2, b""),
        "half a frame": good[: len(good) - len(SOUND.tobytes()) - 4] + struct.pack("<I", 6) + b"\0" * 6,
    }


@pytest.mark.parametrize("fault", faults())
def test_what_is_no_sound_is_refused(fault: str) -> None:
    with pytest.raises(Untrue):
        read_wav(faults()[fault])


@given(st.binary(max_size=200), st.integers(0, 60))
def test_no_bytes_make_it_stumble(noise: bytes, at: int) -> None:
    """Whatever comes, it is a sound or Untrue."""
    good = written_wav(SOUND[:, :8], 48_000)
    for packed in (noise, good[:at] + noise, good[:at] + noise + good[at + len(noise) :]):
        try:
            sound, rate = read_wav(packed)
        except Untrue:
            continue
        assert sound.dtype == np.float32
        assert 8_000 <= rate <= 192_000
