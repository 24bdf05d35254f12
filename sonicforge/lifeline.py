"""How a child learns that its end has come: SIGTERM, or the end of its standard input.

The supervisor holds the other end of each child's standard input, so a child ends even when the supervisor was killed and could tell
nobody. Ctrl-C reaches only the supervisor: children have their own process group.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


@asynccontextmanager
async def lifeline(supervised: bool) -> AsyncIterator[asyncio.Event]:
    """An event that is set when this process should end. Without a supervisor, standard input is left alone."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    descriptor = sys.stdin.fileno() if supervised else None

    def hear() -> None:
        assert descriptor is not None
        with suppress(BlockingIOError):
            if not os.read(descriptor, 4096):
                loop.remove_reader(descriptor)
                ended.set()

    if descriptor is not None:
        os.set_blocking(descriptor, False)
        loop.add_reader(descriptor, hear)
    try:
        yield ended
    finally:
        if descriptor is not None:
            loop.remove_reader(descriptor)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
