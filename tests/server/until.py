"""Waiting in tests without sleeping."""

import asyncio
from collections.abc import Callable

DEADLINE_SECONDS = 10


async def until(met: Callable[[], bool]) -> None:
    """Lets the event loop run until `met`; fails at the deadline."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        for _ in iter(met, True):
            await asyncio.sleep(0)
