from pathlib import Path

from tests.models import RATE, models

models("torch", "transformers")

import numpy as np  # noqa: E402
import pytest  # noqa: E402
import torch  # noqa: E402

from generation.musicgen.codec import CHUNK_FRAMES, CONTEXT_FRAMES, Codec, context, due  # noqa: E402
from tests.generation.musicgen.peer import Peer  # noqa: E402

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def codec(mono: Path) -> Codec:
    return Codec(Peer(mono).model.audio_encoder, 1, CPU)


def codes(frames: int, books: int = 4) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(0).integers(0, 2048, (1, books, frames)))


def test_chunks_with_context_sound_like_the_whole(codec: Codec) -> None:
    whole_codes = codes(620)
    whole = codec.decode(whole_codes)[0]
    done, sound = 0, []
    for ready, finished in ((100, False), (301, False), (620, True)):
        for first, last in due(done, ready, finished):
            low, high = context(first, last, ready)
            heard = codec.decode(whole_codes[:, :, low:high])[0]
            sound.append(heard[:, (first - low) * codec.hop : (last - low) * codec.hop])
            done = last
    chunked = np.concatenate(sound, axis=1)
    assert chunked.shape == whole.shape == (1, 620 * 640)
    assert np.abs(chunked - whole).max() < 1e-4 * np.abs(whole).max()


def test_a_chunk_is_due_when_its_context_is_there_or_nothing_follows() -> None:
    assert due(0, CHUNK_FRAMES + CONTEXT_FRAMES - 1, finished=False) == []
    assert due(0, CHUNK_FRAMES + CONTEXT_FRAMES, finished=False) == [(0, 250)]
    assert due(250, 620, finished=True) == [(250, 500), (500, 620)]
    assert due(620, 620, finished=True) == []
    assert context(250, 500, 620) == (200, 550)
    assert context(0, 250, 260) == (0, 260)


def test_two_channels_are_two_sounds(stereo: Path) -> None:
    model = Peer(stereo).model.audio_encoder
    both = Codec(model, 2, CPU).decode(codes(50, 8))
    assert both.shape == (1, 2, 50 * 640)
    for side in range(2):
        one = Codec(model, 1, CPU).decode(codes(50, 8)[:, side::2])
        assert np.abs(both[0, side] - one[0, 0]).max() < 1e-5


def test_sound_becomes_codes_of_whole_frames(codec: Codec) -> None:
    sound = np.random.default_rng(1).standard_normal((2, RATE + 100)).astype(np.float32)
    heard = codec.encode(sound)
    assert heard.shape == (4, 50)
    assert torch.equal(heard, codec.encode(sound.mean(axis=0, keepdims=True)))
