"""The workshop: one at a time, bounded, once each, never stuck."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from control.remote_worker.errand import Errand
from control.remote_worker.workshop import QueueFull, Workshop, WorkshopLimits
from generation.brief import Brief
from generation.remote.shapes import Fault, Format, State
from server.clock import VirtualClock
from tests.control.remote_worker.makers import AWAY, BREAKS, FAILS, WAITS, Maker
from tests.generation.remote.far_worker import BRIEF

LIMITS = WorkshopLimits(places=2)


def brief(seed: int) -> Brief:
    return replace(BRIEF, seed=seed)


@asynccontextmanager
async def open_workshop(
    folder: Path, maker: Maker, limits: WorkshopLimits = LIMITS, clock: VirtualClock | None = None
) -> AsyncIterator[Workshop]:
    workshop = Workshop(maker.make_all, folder, clock or VirtualClock(), limits)
    running = asyncio.create_task(workshop.run())
    try:
        yield workshop
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        maker.let_go.set()


def kept(folder: Path) -> list[int]:
    """The sizes of the nameless files that this process holds there."""
    assert list(folder.iterdir()) == []
    found = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            if str(descriptor.readlink()).startswith(f"{folder}/"):
                found.append(descriptor.stat().st_size)
    return found


def take_on(workshop: Workshop, seed: int) -> Errand:
    one = brief(seed)
    return workshop.take_on(one.id, [one], Format.WAV)


async def ended(errand: Errand) -> Errand:
    async with asyncio.timeout(60):
        while not errand.ended:
            await errand.news(1.0)
    return errand


async def begun(maker: Maker) -> None:
    assert await asyncio.to_thread(maker.begun.wait, 60)


async def test_an_errand_is_made(tmp_path: Path) -> None:
    async with open_workshop(tmp_path, Maker()) as workshop:
        errand = await ended(take_on(workshop, 1))
        assert errand.state is State.DONE
        [take] = errand.takes
        assert take.brief == brief(1).id
        assert kept(tmp_path) == [take.bytes]
        assert (workshop.takes, workshop.endings[State.DONE]) == (1, 1)


async def test_twice_handed_over_it_is_made_once(tmp_path: Path) -> None:
    maker = Maker()
    async with open_workshop(tmp_path, maker) as workshop:
        first = await ended(take_on(workshop, 1))
        assert take_on(workshop, 1) is first
        assert maker.made == [1]


async def test_one_at_a_time_and_the_queue_has_an_end(tmp_path: Path) -> None:
    maker = Maker()
    async with open_workshop(tmp_path, maker) as workshop:
        slow = take_on(workshop, WAITS)
        await begun(maker)
        waiting = [take_on(workshop, seed) for seed in (1, 2)]
        assert [workshop.place(one) for one in (slow, *waiting)] == [0, 1, 2]
        with pytest.raises(QueueFull):
            take_on(workshop, 3)
        assert take_on(workshop, 1) is waiting[0]
        maker.let_go.set()
        for one in waiting:
            await ended(one)
        assert maker.made == [WAITS, 1, 2]


@pytest.mark.parametrize(
    ("seed", "kind", "words"),
    [(AWAY, Fault.AWAY, "there is no GPU here"), (FAILS, Fault.FAILED, "no idea"), (BREAKS, Fault.FAILED, "ZeroDivisionError")],
)
async def test_failures_are_told_and_the_next_is_served(tmp_path: Path, seed: int, kind: Fault, words: str) -> None:
    async with open_workshop(tmp_path, Maker()) as workshop:
        errand = await ended(take_on(workshop, seed))
        assert errand.state is State.FAILED
        assert errand.error is not None
        assert (errand.error.kind, errand.error.message) == (kind, words)
        assert (await ended(take_on(workshop, 1))).state is State.DONE
        assert take_on(workshop, seed) is not errand  # what failed may be asked for again


async def test_called_off_while_it_is_made(tmp_path: Path) -> None:
    maker = Maker()
    async with open_workshop(tmp_path, maker) as workshop:
        errand = take_on(workshop, WAITS)
        await begun(maker)
        assert workshop.call_off(errand.id)
        assert (await ended(errand)).state is State.CALLED_OFF
        await ended(take_on(workshop, 1))
        assert workshop.find(errand.id) is None
        assert maker.made == [1]


async def test_called_off_while_it_waits_and_after_it_is_made(tmp_path: Path) -> None:
    maker = Maker()
    async with open_workshop(tmp_path, maker) as workshop:
        take_on(workshop, WAITS)
        await begun(maker)
        waiting = take_on(workshop, 1)
        assert workshop.call_off(waiting.id)
        assert not workshop.call_off(waiting.id)
        maker.let_go.set()
        done = await ended(take_on(workshop, 2))
        assert maker.made == [WAITS, 2]
        assert workshop.call_off(done.id)
        assert kept(tmp_path) == [workshop.find(brief(WAITS).id).size_bytes]  # type: ignore[union-attr]


async def test_what_nobody_asks_for_is_not_made_to_its_end(tmp_path: Path) -> None:
    maker, clock = Maker(), VirtualClock()
    async with open_workshop(tmp_path, maker, clock=clock) as workshop:
        errand = take_on(workshop, WAITS)
        await begun(maker)
        left = take_on(workshop, 1)
        clock.sleep_until(100.0)
        assert workshop.find(errand.id) is errand  # somebody asks
        clock.sleep_until(200.0)
        assert workshop.find(left.id) is None  # nobody asked for this one
        assert not errand.ended
        clock.sleep_until(221.0)
        assert (await ended(errand)).state is State.CALLED_OFF
        assert maker.made == []


async def test_what_was_made_is_kept_for_a_while(tmp_path: Path) -> None:
    clock = VirtualClock()
    async with open_workshop(tmp_path, Maker(), clock=clock) as workshop:
        errand = await ended(take_on(workshop, 1))
        clock.sleep_until(3_600.0)
        assert workshop.find(errand.id) is errand
        clock.sleep_until(7_201.0)
        assert workshop.find(errand.id) is None
        assert kept(tmp_path) == []


async def test_and_not_too_much_of_it(tmp_path: Path) -> None:
    async with open_workshop(tmp_path, Maker(), WorkshopLimits(keep_bytes=25_000_000)) as workshop:
        made = [await ended(take_on(workshop, seed)) for seed in (1, 2, 3)]  # 11.5 MB each
        assert [workshop.find(one.id) is one for one in made] == [False, True, True]
        assert sum(kept(tmp_path)) <= 25_000_000


async def test_a_disk_that_is_full_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    async with open_workshop(folder, Maker()) as workshop:
        assert (await ended(take_on(workshop, 1))).state is State.FAILED
        folder.mkdir()
        assert (await ended(take_on(workshop, 1))).state is State.DONE


async def test_ended_it_calls_off_what_it_makes(tmp_path: Path) -> None:
    maker = Maker()
    async with open_workshop(tmp_path, maker) as workshop:
        errand = take_on(workshop, WAITS)
        await begun(maker)
    assert errand.called_off.is_set()
