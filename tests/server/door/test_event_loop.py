"""The lag probe on a clock that tests move."""

import asyncio

import pytest

from server.door.event_loop import watch_event_loop


async def test_tells_by_how_much_each_sleep_was_too_long() -> None:
    now, observed, oversleeps = 100.0, list[float](), [0.0, 0.03, 2.0]

    async def sleep(seconds: float) -> None:
        nonlocal now
        if not oversleeps:
            raise asyncio.CancelledError
        now += seconds + oversleeps.pop(0)

    with pytest.raises(asyncio.CancelledError):
        await watch_event_loop(observed.append, lambda: now, sleep, 0.2)
    assert observed == pytest.approx([0.0, 0.03, 2.0])
