"""The line: posts, answers, and the end of a rack, by real pipes and real memory."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from dsp.block import BLOCK_FRAMES, Samples
from server.insert.line import Line
from server.insert.ring import PLACES, Ring, shared_memory


@dataclass
class Pair:
    """A line, and the other end of it in the test's hands."""

    line: Line
    ring: Ring
    posts: int
    answers: int

    def work(self, blocks: int = 1, first: int = 0) -> None:
        for number in range(first, first + blocks):
            assert os.read(self.posts, 1)
            self.ring.back(number)[:] = 2 * self.ring.there(number)
            os.write(self.answers, b".")


@pytest.fixture
def pair() -> Iterator[Pair]:
    memory = shared_memory()
    posts_out, posts_in = os.pipe()
    answers_out, answers_in = os.pipe()
    made = Pair(Line(Ring(memory), posts_in, answers_out), Ring(memory), posts_out, answers_in)
    os.close(memory)
    yield made
    made.line.close()
    for descriptor in (made.posts, made.answers):
        if descriptor >= 0:
            os.close(descriptor)


def block(value: float) -> Samples:
    return np.full((2, BLOCK_FRAMES), value, np.float32)


def test_a_block_goes_there_and_back(pair: Pair) -> None:
    assert pair.line.post(block(0.25)) == 0
    assert pair.line.answer(0, 0.0) is None
    pair.work()
    answer = pair.line.answer(0, 0.0)
    assert answer is not None
    assert np.all(answer == 0.5)
    assert not pair.line.unfit


def test_who_is_too_far_behind_is_not_asked_for_more(pair: Pair) -> None:
    assert [pair.line.post(block(0.1)) for _ in range(PLACES + 2)] == [*range(PLACES), None, None]
    pair.work(3)
    assert pair.line.answer(1, 0.0) is not None
    assert pair.line.post(block(0.1)) == PLACES


def test_who_was_too_far_behind_and_has_caught_up_is_asked_again(pair: Pair) -> None:
    for _ in range(PLACES):
        pair.line.post(block(0.1))
    assert pair.line.post(block(0.1)) is None
    pair.work(PLACES)
    assert pair.line.post(block(0.1)) == PLACES


def test_an_answer_is_waited_for_no_longer_than_said(pair: Pair) -> None:
    pair.line.post(block(0.1))
    assert pair.line.answer(0, 0.001) is None
    assert not pair.line.unfit


def test_the_end_of_a_rack_is_seen(pair: Pair) -> None:
    pair.line.post(block(0.1))
    os.close(pair.answers)
    pair.answers = -1
    assert pair.line.answer(0, 0.001) is None
    assert pair.line.unfit == "they ended"
    assert pair.line.post(block(0.1)) is None


def test_a_rack_that_does_not_read_any_more_is_gone(pair: Pair) -> None:
    os.close(pair.posts)
    pair.posts = -1
    assert pair.line.post(block(0.1)) is None
    assert pair.line.unfit == "they ended"


def test_who_answers_what_was_not_asked_is_not_believed(pair: Pair) -> None:
    pair.line.post(block(0.1))
    os.write(pair.answers, b"..")
    pair.line.answer(0, 0.0)
    assert pair.line.unfit
