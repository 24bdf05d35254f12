"""The emergency loop: on the clock, without a click, and longer each time it is needed again."""

import numpy as np
import pytest

from dsp.block import BLOCK_FRAMES, SAMPLE_RATE, frames_of
from server.programme.emergency import Emergency
from server.track import Reason
from tests.server.virtual_station import loop, tone


def emergency() -> Emergency:
    return Emergency(loop(Reason.LOOP, 50.0, seconds=2))


def turn_blocks(one: Emergency, position: int = 0) -> int:
    """Airs a turn to its end; how many blocks it had."""
    one.begin()
    blocks = 0
    while one.on_air:
        one.read(position, BLOCK_FRAMES, np.zeros(2, np.float32))
        position += BLOCK_FRAMES
        blocks += 1
    assert one.over
    return blocks


def test_it_lies_on_the_clock() -> None:
    one = emergency()
    one.begin()
    one.read(0, BLOCK_FRAMES, np.zeros(2, np.float32))
    position = 2**33 + 7 * BLOCK_FRAMES
    block = one.read(position, BLOCK_FRAMES, np.zeros(2, np.float32))
    round_ = tone(2 * SAMPLE_RATE, 50.0)
    assert np.array_equal(block, np.take(round_, np.arange(position, position + BLOCK_FRAMES), axis=1, mode="wrap"))


def test_it_begins_from_what_was_heard_last() -> None:
    one = emergency()
    one.begin()
    block = one.read(12_345, BLOCK_FRAMES, np.array([0.5, -0.5], np.float32))
    assert np.abs(block[:, 0] - [0.5, -0.5]).max() < 0.01
    assert np.abs(np.diff(block, axis=1)).max() < 0.01


def test_it_gives_way_without_a_click() -> None:
    one = emergency()
    turn_blocks(one)
    programme = tone(BLOCK_FRAMES, 200.0)
    block = one.give_way(0, programme)
    assert not one.over
    assert np.array_equal(block[:, 480:], programme[:, 480:])
    assert np.abs(np.diff(block, axis=1)).max() < 0.01


def test_turns_grow_while_the_programme_does_not_recover() -> None:
    one = emergency()
    lengths = []
    for _ in range(12):
        lengths.append(turn_blocks(one))
        one.give_way(0, tone(BLOCK_FRAMES, 200.0))
        one.rest(frames_of(2.0))
    assert lengths[:4] == [100, 200, 400, 800]
    assert max(lengths) == frames_of(600.0) // BLOCK_FRAMES
    assert one.turns_total == 12


@pytest.mark.parametrize(("well_seconds", "blocks"), [(119.0, 200), (121.0, 100)])
def test_a_recovery_makes_the_next_turn_short_again(well_seconds: float, blocks: int) -> None:
    one = emergency()
    turn_blocks(one)
    one.rest(frames_of(well_seconds))
    assert turn_blocks(one) == blocks
