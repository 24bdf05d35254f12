"""Real racks in real processes: loaded, heard, killed, hung, refused; and the sound goes on."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import numpy as np
import pytest

from dsp.block import BLOCK_FRAMES, SAMPLE_RATE, Samples
from server.insert.plug_in import InsertState, PlugIn
from server.insert.rack import Rack
from server.insert.rack_keeper import CHILD, RackKeeper
from server.insert.ring import PLACES

pytestmark = pytest.mark.real
pytest.importorskip("pedalboard")
ROOM = 480
HALF = PlugIn(name="Gain", parameters={"gain_db": -6.0206})
TONE = (0.4 * np.sin(np.arange(SAMPLE_RATE) * (2 * np.pi * 100 / SAMPLE_RATE))).astype(np.float32)
"""A second of 100 Hz, which goes round without a seam."""


@dataclass
class Air:
    """A rack, its keeper, and a tick of 20 ms."""

    rack: Rack
    keeper: RackKeeper
    heard: list[Samples] = field(default_factory=list)

    async def until(self, holds: Callable[[], bool], seconds: float = 30.0) -> None:
        """Ticks until it holds."""
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, self.keeper.standing
            at = len(self.heard) % 50 * BLOCK_FRAMES
            self.heard.append(self.rack.process(np.tile(TONE[at : at + BLOCK_FRAMES], (2, 1))))
            await asyncio.sleep(BLOCK_FRAMES / SAMPLE_RATE)

    def level(self) -> float:
        """Of the last second."""
        return float(np.abs(np.concatenate(self.heard[-50:], axis=1)).max())

    def steepest(self) -> float:
        return float(np.abs(np.diff(np.concatenate(self.heard, axis=1)[0], 2)).max())


@asynccontextmanager
async def air(plug_ins: Sequence[PlugIn], command: Sequence[str] = CHILD, pause: float = 0.2) -> AsyncIterator[Air]:
    rack = Rack(ROOM)
    keeper = RackKeeper(rack, plug_ins, ROOM, time.monotonic, command, (pause,))
    running = asyncio.create_task(keeper.run())
    try:
        yield Air(rack, keeper)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        rack.close()
        assert keeper.pid is None


async def test_plug_ins_are_heard_killed_and_heard_again_without_a_click() -> None:
    async with air([HALF]) as one:
        assert one.keeper.standing.state is InsertState.LOADING
        await one.until(lambda: one.keeper.standing.state is InsertState.IN)
        await one.until(lambda: one.level() == pytest.approx(0.2, rel=0.01))
        assert one.keeper.pid is not None
        os.kill(one.keeper.pid, signal.SIGKILL)
        await one.until(lambda: one.keeper.standing.state is InsertState.WAITING)
        assert one.keeper.standing.reason == "they crashed (SIGKILL)"
        await one.until(lambda: float(np.abs(one.heard[-1]).max()) == pytest.approx(0.4, rel=0.01))
        await one.until(lambda: one.keeper.standing.state is InsertState.IN)
        await one.until(lambda: one.level() == pytest.approx(0.2, rel=0.01))
        assert one.keeper.standing.starts_total == 2
        assert one.keeper.standing.plug_ins == ("Gain",)
        sound = np.concatenate(one.heard, axis=1)[:, one.rack.latency_frames + 1 :]
        assert np.abs(np.diff(sound[0], 2)).max() < 0.005, "a corner in the wave is a click"


async def test_a_rack_that_stood_still_for_a_moment_is_heard_again_as_it_is() -> None:
    async with air([HALF]) as one:
        await one.until(lambda: one.rack.is_in)
        assert one.keeper.pid is not None
        os.kill(one.keeper.pid, signal.SIGSTOP)
        await one.until(lambda: one.keeper.standing.late_blocks_total > 3 * PLACES)
        assert not one.rack.is_in
        os.kill(one.keeper.pid, signal.SIGCONT)
        await one.until(lambda: one.rack.is_in)
        await one.until(lambda: one.level() == pytest.approx(0.2, rel=0.01))
        assert one.keeper.standing.starts_total == 1


async def test_a_rack_that_no_longer_answers_is_ended() -> None:
    async with air([HALF]) as one:
        await one.until(lambda: one.rack.is_in)
        assert one.keeper.pid is not None
        os.kill(one.keeper.pid, signal.SIGSTOP)
        await one.until(lambda: one.keeper.standing.state is InsertState.WAITING)
        assert one.keeper.standing.reason == "they no longer answered"
        assert one.keeper.standing.late_blocks_total > 100
        assert one.level() == pytest.approx(0.4, rel=0.01)
        await one.until(lambda: one.rack.is_in)


async def test_plug_ins_that_cannot_be_loaded_are_told_of_and_tried_again() -> None:
    async with air([PlugIn(name="Loudener")]) as one:
        await one.until(lambda: one.keeper.standing.starts_total == 2)
        assert "no plug-in Loudener" in one.keeper.standing.reason
        assert one.level() == pytest.approx(0.4, rel=0.01)


async def test_a_program_that_talks_nonsense_is_no_rack() -> None:
    async with air([HALF], (sys.executable, "-c", "print('hello')")) as one:
        await one.until(lambda: one.keeper.standing.state is InsertState.WAITING)
        assert "nonsense" in one.keeper.standing.reason


async def test_an_engine_that_dies_takes_its_rack_along() -> None:
    async with air([HALF]) as one:
        await one.until(lambda: one.rack.is_in)
        pid = one.keeper.pid
        assert pid is not None
        one.rack.close()
        await one.until(lambda: one.keeper.pid != pid)
