"""Work beside serving: one that fails is begun again, the others go on, and all end with the block."""

import asyncio

import pytest

from sonicforge.wiring.kept_tasks import kept_tasks


@pytest.mark.real
async def test_a_work_that_fails_is_begun_again_and_the_others_go_on() -> None:
    begun, other_ended = 0, asyncio.Event()
    again = asyncio.Event()

    async def failing() -> None:
        nonlocal begun
        begun += 1
        if begun == 1:
            raise RuntimeError("once")
        again.set()
        await asyncio.Event().wait()

    async def steady() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            other_ended.set()

    async with kept_tasks({"failing": failing, "steady": steady}):
        async with asyncio.timeout(10):
            await again.wait()
        assert not other_ended.is_set()
    assert begun == 2
    assert other_ended.is_set()


async def test_a_work_that_returns_is_done() -> None:
    times = 0

    async def once() -> None:
        nonlocal times
        times += 1

    async with kept_tasks({"once": once}):
        for _ in range(5):
            await asyncio.sleep(0)
    assert times == 1
