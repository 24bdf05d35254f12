from collections.abc import Sequence
from pathlib import Path

from tests.models import RATE, models

models("torch", "transformers")

import numpy as np  # noqa: E402
import pytest  # noqa: E402
import torch  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from generation.musicgen.instrument import Instrument  # noqa: E402
from generation.musicgen.melody import chroma  # noqa: E402
from generation.musicgen.options import MusicGenOptions  # noqa: E402
from generation.musicgen.performance import Piece, Prompt, perform  # noqa: E402
from tests.generation.musicgen.peer import Peer  # noqa: E402

GREEDY = MusicGenOptions(top_k=1)


@pytest.fixture(scope="module")
def instrument(stereo: Path) -> Instrument:
    return Instrument(str(stereo), "main", MusicGenOptions())


def heard(pieces: Sequence[Piece], prompt: int = 0) -> NDArray[np.float32]:
    """The whole take; fails if it has a hole."""
    sound: list[NDArray[np.float32]] = []
    for piece in pieces:
        if piece.prompt == prompt:
            assert piece.start == sum(one.shape[1] for one in sound)
            sound.append(piece.sound)
    return np.concatenate(sound, axis=1)


def test_sound_leaves_before_the_take_is_done(instrument: Instrument) -> None:
    told: list[int] = []
    performance = perform(instrument, [Prompt("calm", 700, 1)], 1, told.append)
    first = next(performance)
    assert told[-1] <= 350
    rest = list(performance)
    assert heard([first, *rest]).shape == (2, 700 * 640)
    assert [piece.last for piece in (first, *rest)] == [False, False, True]
    assert told[-1] == 700
    assert told == sorted(told)


def test_takes_are_what_they_are_alone_however_many_rows_there_are(instrument: Instrument) -> None:
    """Five takes of unequal lengths on two rows, with windows of 3 s that keep 1 s."""
    prompts = [
        Prompt(text, frames, seed) for seed, (text, frames) in enumerate((("a", 320), ("bb", 90), ("ccc", 150), ("d", 400), ("e", 60)))
    ]
    together = list(perform(instrument, prompts, 2, lambda _: None, window=150, kept=50))
    for number, prompt in enumerate(prompts):
        sound = heard(together, number)
        assert sound.shape == (2, prompt.frames * 640)
        alone = heard(list(perform(instrument, [prompt], 1, lambda _: None, window=150, kept=50)))
        assert np.abs(sound - alone).max() < 1e-4


def test_a_take_begins_with_its_opening_and_goes_on(mono: Path) -> None:
    instrument = Instrument(str(mono), "main", GREEDY)
    peer = Peer(mono)
    opening = 0.1 * np.random.default_rng(0).standard_normal((1, RATE)).astype(np.float32)
    theirs = peer.codes(["house"], 30, instrument.shape, input_values=torch.from_numpy(opening)[None])
    assert theirs.shape == (1, 4, 80)
    sound = heard(list(perform(instrument, [Prompt("house", 80, 0, opening=opening)], 1, lambda _: None)))
    expected = instrument.codec.decode(torch.from_numpy(theirs))[0]
    settled = (80 - 16) * 640
    assert np.abs(sound[:, :settled] - expected[:, :settled]).max() < 1e-4 * np.abs(expected).max() + 1e-5


def test_an_opening_longer_than_the_take_is_the_take(mono: Path) -> None:
    instrument = Instrument(str(mono), "main", GREEDY)
    opening = 0.1 * np.random.default_rng(0).standard_normal((1, 2 * RATE)).astype(np.float32)
    assert heard(list(perform(instrument, [Prompt("x", 60, 0, opening=opening)], 1, lambda _: None))).shape == (1, 60 * 640)


@pytest.mark.parametrize("with_melody", [True, False])
def test_follows_a_melody_as_transformers_does(melody: Path, with_melody: bool) -> None:
    instrument = Instrument(str(melody), "main", GREEDY)
    assert instrument.melody_steps == 20
    time = np.arange(3 * RATE) / RATE
    tune = np.sin(2.0 * np.pi * np.where(time < 1.5, 440.0, 523.25) * time).astype(np.float32)[None]
    more = {"input_features": torch.from_numpy(chroma(tune[0], RATE))[None]} if with_melody else {}
    theirs = Peer(melody).codes(["a tune"], 60, instrument.shape, **more)
    prompt = Prompt("a tune", 60, 0, melody=tune if with_melody else None)
    sound = heard(list(perform(instrument, [prompt], 1, lambda _: None)))
    expected = instrument.codec.decode(torch.from_numpy(theirs))[0]
    settled = (60 - 16) * 640
    assert np.abs(sound[:, :settled] - expected[:, :settled]).max() < 1e-4 * np.abs(expected).max() + 1e-5


def test_a_melody_is_heard(melody: Path) -> None:
    instrument = Instrument(str(melody), "main", MusicGenOptions())
    tune = np.sin(2.0 * np.pi * 370.0 * np.arange(2 * RATE) / RATE).astype(np.float32)[None]
    with_, without = (
        heard(list(perform(instrument, [Prompt("x", 50, 0, melody=one)], 1, lambda _: None, window=30, kept=10))) for one in (tune, None)
    )
    assert np.abs(with_ - without).max() > 1e-3


def test_whoever_is_told_may_end_it(instrument: Instrument) -> None:
    def enough(done: int) -> None:
        if done >= 50:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        list(perform(instrument, [Prompt("calm", 400, 1)], 1, enough))
