"""The engine against transformers' own generate, code for code, and against itself in other circumstances."""

from pathlib import Path

from tests.models import models

models("torch", "transformers")

import numpy as np  # noqa: E402
import pytest  # noqa: E402
import torch  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from generation.musicgen.engine import Engine  # noqa: E402
from generation.musicgen.part import Part  # noqa: E402
from generation.musicgen.weights import Weights, weights_of  # noqa: E402
from tests.generation.musicgen.peer import Peer  # noqa: E402

TEXTS = ("calm", "a fast trance track in a minor, 138 bpm", "house")
CPU = torch.device("cpu")


def texts_of(peer: Peer, texts: tuple[str, ...] = TEXTS) -> list[torch.Tensor]:
    """Each by itself, as the decoder looks at them."""
    with torch.inference_mode():
        told = [peer.tokenizer(text, return_tensors="pt") for text in texts]
        return [peer.model.enc_to_dec_proj(peer.model.text_encoder(**one).last_hidden_state)[0] for one in told]


def weights(peer: Peer, int8: bool = False) -> Weights:
    return weights_of(peer.model.decoder, torch.float32, CPU, int8)


def played(engine: Engine, parts: dict[int, Part]) -> NDArray[np.int64]:
    """All rows until the last stands still, [rows, codebooks, frames]."""
    engine.seat(parts)
    while any(engine.steps_left(row) for row in parts):
        engine.step()
    return np.stack([engine.codes(row, 0, part.frames).numpy() for row, part in parts.items()])


@pytest.fixture(scope="module")
def peer(mono: Path) -> Peer:
    return Peer(mono)


@pytest.mark.parametrize("channels", [1, 2])
def test_plays_what_transformers_plays(channels: int, request: pytest.FixtureRequest) -> None:
    """Ragged prompts, 200 frames; without transformers' silence at the end all but the last frames are the same."""
    other = Peer(request.getfixturevalue("mono" if channels == 1 else "stereo"))
    those, texts = weights(other), texts_of(other)
    theirs = other.codes(TEXTS, 200, those.shape)
    assert theirs.shape == (3, 4 * channels, 200)
    assert len(np.unique(theirs)) > 50
    engine = Engine(those, 3, 200, top_k=1)
    ours = played(engine, {row: Part(200, 0, text, padded=True) for row, text in enumerate(texts)})
    assert np.array_equal(ours, theirs)
    engine = Engine(those, 3, 200, top_k=1)
    ours = played(engine, {row: Part(200, 0, text) for row, text in enumerate(texts)})
    assert np.array_equal(ours[:, :, :-4], theirs[:, :, :-4])


def test_goes_on_from_what_is_given_as_if_it_had_played_it(peer: Peer) -> None:
    those, texts = weights(peer), texts_of(peer)
    whole = played(Engine(those, 1, 80, top_k=1), {0: Part(80, 0, texts[1])})
    given = torch.from_numpy(whole[0, :, :37].copy())
    again = played(Engine(those, 1, 80, top_k=1), {0: Part(80, 0, texts[1], given=given)})
    assert np.array_equal(again, whole)


def test_a_row_can_be_seated_anew_while_the_others_play_on(peer: Peer) -> None:
    those, texts = weights(peer), texts_of(peer)
    alone = [played(Engine(those, 1, 40), {0: Part(40, 5 + number, text)})[0] for number, text in enumerate(texts)]
    engine = Engine(those, 2, 40)
    engine.seat({0: Part(40, 5, texts[0]), 1: Part(10, 99, texts[2])})
    for _ in range(17):
        engine.step()
    assert engine.steps_left(1) == 0
    engine.seat({1: Part(40, 6, texts[1])})
    while engine.steps_left(0):
        engine.step()
    assert np.array_equal(engine.codes(0, 0, 40).numpy(), alone[0])
    engine.seat({0: Part(40, 7, texts[2])})
    while engine.steps_left(0) or engine.steps_left(1):
        engine.step()
    assert np.array_equal(engine.codes(1, 0, 40).numpy(), alone[1])
    assert np.array_equal(engine.codes(0, 0, 40).numpy(), alone[2])


def test_a_seed_is_a_take(peer: Peer) -> None:
    those, text = weights(peer), texts_of(peer)[0]
    takes = [played(Engine(those, 1, 30), {0: Part(30, seed, text)}) for seed in (1, 1, 2)]
    assert np.array_equal(takes[0], takes[1])
    assert not np.array_equal(takes[0], takes[2])


def test_says_how_many_frames_are_whole(peer: Peer) -> None:
    engine = Engine(weights(peer), 1, 10)
    engine.seat({0: Part(10, 0, texts_of(peer)[0])})
    ready = []
    while engine.steps_left(0):
        engine.step()
        ready.append(engine.ready(0))
    assert ready == [0, 0, 0, *range(1, 11)]
    assert (engine.codes(0, 0, 10) < 2048).all()


def test_without_guidance_there_is_one_row_a_take(peer: Peer) -> None:
    those, texts = weights(peer), texts_of(peer)
    theirs = peer.codes(TEXTS, 30, those.shape, guidance_scale=1.0)
    engine = Engine(those, 3, 30, guidance=1.0, top_k=1)
    assert engine.slots.rows == 3
    assert np.array_equal(played(engine, {row: Part(30, 0, text, padded=True) for row, text in enumerate(texts)}), theirs)


@pytest.mark.parametrize(("options", "most"), [({"cache": "int8"}, 0.02), ({"cache": "fp8"}, 0.1), ({"int8": True}, 0.05)])
def test_bytes_change_the_logits_little(peer: Peer, options: dict[str, object], most: float) -> None:
    """The same codes given; the spread of what the heads say is the measure."""
    those, texts = weights(peer), texts_of(peer)
    given = torch.from_numpy(played(Engine(those, 1, 60), {0: Part(60, 3, texts[1])})[0])
    exact = logits(Engine(those, 1, 61), Part(61, 0, texts[1], given=given))
    packed = dict(options)
    small = weights(peer, bool(packed.pop("int8", False)))
    bytes_ = logits(Engine(small, 1, 61, **packed), Part(61, 0, texts[1], given=given))  # type: ignore[arg-type]
    error = float((bytes_ - exact).pow(2).mean().sqrt() / exact.std())
    assert 0.0 < error < most


def logits(engine: Engine, part: Part) -> torch.Tensor:
    """What the heads say of the column after what is given."""
    engine.seat({0: part})
    return torch.as_tensor(engine.heads())
