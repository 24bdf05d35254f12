"""The only sleep of this room: a back-off of a random length, so that many processes that lost the same server do not all come at once."""

import asyncio
from random import SystemRandom
from typing import Final

RANDOM: Final = SystemRandom()


async def pause(shortest_seconds: float, longest_seconds: float) -> None:
    """Sleeps somewhere between the two."""
    await asyncio.sleep(RANDOM.uniform(shortest_seconds, longest_seconds))
