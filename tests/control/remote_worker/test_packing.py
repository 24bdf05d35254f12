"""Sound packed for the way."""

import io

import av
import numpy as np
import pytest

from control.remote_worker.packing import FLAC_FRAMES, pack
from dsp.block import Samples
from generation.remote.shapes import Format
from generation.remote.wav import read_wav


def sound(frames: int = 3 * FLAC_FRAMES + 17) -> Samples:
    rng = np.random.default_rng(1)
    return (0.5 * rng.uniform(-1, 1, (2, frames))).astype(np.float32)


def test_wav_is_the_same_sound() -> None:
    samples = sound()
    assert np.array_equal(read_wav(pack(samples, Format.WAV))[0], samples)


@pytest.mark.parametrize("frames", [1, FLAC_FRAMES, 3 * FLAC_FRAMES + 17])
def test_flac_has_24_bits_of_it(frames: int) -> None:
    samples = sound(frames)
    with av.open(io.BytesIO(pack(samples, Format.FLAC))) as file:
        pieces = [frame.to_ndarray().reshape(-1, 2).T for frame in file.decode(audio=0)]
        assert file.streams.audio[0].rate == 48_000
    heard = np.concatenate(pieces, axis=1) / 2.0**31
    assert heard.shape == samples.shape
    assert np.abs(heard - samples).max() < 2.0**-22


def test_what_is_too_loud_is_cut_and_not_wrapped_round() -> None:
    loud = np.array([[2.0] * 64, [-2.0] * 64], np.float32)
    with av.open(io.BytesIO(pack(loud, Format.FLAC))) as file:
        heard = np.concatenate([frame.to_ndarray().reshape(-1, 2).T for frame in file.decode(audio=0)], axis=1)
    assert (heard[0] > 0).all()
    assert (heard[1] < 0).all()
