from threading import Event

import numpy as np
from av.error import InvalidDataError

from dsp.block import BLOCK_FRAMES
from server.clock import PART_FRAMES
from server.encoding.encoder_bank import EncoderBank
from server.encoding.encoding_thread import QUEUE_BLOCKS, EncodingThread
from server.encoding.ladder import LADDER
from server.wire.wire import Packets
from tests.server.timeline import moment

RECIPES = [LADDER[0]]
DEADLINE_SECONDS = 20


class Taker:
    """Takes packets; holds the encoders up until it is let go, and fails once if told to."""

    def __init__(self, awaited: int = 1) -> None:
        self.told: list[Packets] = []
        self.here, self.go, self.enough = Event(), Event(), Event()
        self.fails = False
        self._awaited = awaited

    def __call__(self, message: Packets) -> None:
        self.here.set()
        assert self.go.wait(DEADLINE_SECONDS)
        if self.fails:
            self.fails = False
            raise InvalidDataError(-1, "made up")
        self.told.append(message)
        if len(self.told) >= self._awaited:
            self.enough.set()


def play(encoders: EncodingThread | EncoderBank, start: int, end: int) -> None:
    for position in range(start, end, BLOCK_FRAMES):
        encoders.take(moment(position))


def test_it_makes_what_the_bank_makes() -> None:
    straight: list[Packets] = []
    play(EncoderBank(straight.append, RECIPES), 0, 4 * PART_FRAMES)
    taker = Taker()
    taker.go.set()
    with EncodingThread(taker, RECIPES) as encoders:
        assert encoders.alive
        play(encoders, 0, 4 * PART_FRAMES)
    assert taker.told == straight
    assert not encoders.alive


def test_a_full_queue_loses_its_oldest_part_and_the_tick_never_waits() -> None:
    taker = Taker(awaited=20)
    with EncodingThread(taker, RECIPES) as encoders:
        play(encoders, 0, 2 * PART_FRAMES)
        assert taker.here.wait(DEADLINE_SECONDS)
        waiting = round(encoders.queued_seconds * 50)
        overflow = 2 * PART_FRAMES // BLOCK_FRAMES
        end = 2 * PART_FRAMES + (QUEUE_BLOCKS - waiting + overflow) * BLOCK_FRAMES
        play(encoders, 2 * PART_FRAMES, end)
        assert encoders.queued_seconds <= 8.0
        assert encoders.dropped_frames_total == 2 * PART_FRAMES
        taker.go.set()
        assert taker.enough.wait(DEADLINE_SECONDS)
    assert encoders.restarts_total == 1
    assert all(message.position % PART_FRAMES == 0 for message in taker.told)


def test_the_sound_it_keeps_is_its_own() -> None:
    taker = Taker()
    with EncodingThread(taker, RECIPES) as encoders:
        for position in range(0, 3 * PART_FRAMES, BLOCK_FRAMES):
            block = moment(position).block.copy()
            encoders.take(moment(position, block=block))
            block[:] = np.nan
        taker.go.set()
    straight: list[Packets] = []
    play(EncoderBank(straight.append, RECIPES), 0, 3 * PART_FRAMES)
    assert taker.told == straight


def test_encoders_that_fail_start_anew() -> None:
    taker = Taker(awaited=3)
    taker.fails = True
    taker.go.set()
    with EncodingThread(taker, RECIPES) as encoders:
        play(encoders, 0, 6 * PART_FRAMES)
        assert taker.enough.wait(DEADLINE_SECONDS)
    assert encoders.failures_total == 1
    assert [message.position // PART_FRAMES for message in taker.told] == [2, 3, 4]
