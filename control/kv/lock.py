"""One at a time, by a key that is added by him who enters and deleted only by him.

The lock ends by itself after `hold_seconds`, so that nobody waits for the dead; who works longer is no longer alone. What must not
happen twice whatever happens is a unique index's business, not a lock's.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from control.kv.kv import Kv, KvAway, LockTaken
from control.kv.pause import pause

FIRST_PAUSE_SECONDS: Final = 0.01
LONGEST_PAUSE_SECONDS: Final = 0.16


@asynccontextmanager
async def held(kv: Kv, name: str, hold_seconds: float, wait_seconds: float) -> AsyncIterator[None]:
    """Enters when the lock is free; raises LockTaken after `wait_seconds`, KvAway if the store does not answer."""
    key, mine = f"lock:{name}", secrets.token_bytes(16)
    try:
        await _enter(kv, key, mine, hold_seconds, wait_seconds)
        yield
    finally:
        with suppress(KvAway):  # then it ends by itself
            await kv.delete_if(key, mine)


async def _enter(kv: Kv, key: str, mine: bytes, hold_seconds: float, wait_seconds: float) -> None:
    """Never gives up in the middle of a question: the answer might have been yes."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + wait_seconds
    seconds = FIRST_PAUSE_SECONDS
    while not await kv.add(key, mine, hold_seconds):
        left = deadline - loop.time()
        if left <= 0:
            raise LockTaken(retry_after_seconds=1.0)
        await pause(min(left, seconds / 2), min(left, seconds))
        seconds = min(2 * seconds, LONGEST_PAUSE_SECONDS)
