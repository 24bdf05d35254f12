"""Work that goes on beside serving: each piece by itself, begun again when it fails, ended with the block.

None of it carries sound, so none of it may end the process: what fails is logged and tried again, ever more slowly.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

import structlog

FIRST_PAUSE_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 30.0
SETTLED_SECONDS: Final = 60.0

logger = structlog.get_logger()


@asynccontextmanager
async def kept_tasks(works: Mapping[str, Callable[[], Awaitable[None]]]) -> AsyncIterator[None]:
    """Runs each of them, by name, for the length of the block. A work that returns is done."""
    tasks = [asyncio.create_task(_keep(name, work), name=name) for name, work in works.items()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _keep(name: str, work: Callable[[], Awaitable[None]]) -> None:
    loop = asyncio.get_running_loop()
    pause_seconds = FIRST_PAUSE_SECONDS
    while True:
        began = loop.time()
        try:
            return await work()
        except Exception as error:
            logger.error("work beside serving failed; it is begun again", work=name, exc_info=error)
        pause_seconds = FIRST_PAUSE_SECONDS if loop.time() - began > SETTLED_SECONDS else min(LONGEST_PAUSE_SECONDS, 2 * pause_seconds)
        await asyncio.sleep(pause_seconds)
