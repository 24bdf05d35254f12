"""Whether a server is worth asking. While it is away nobody waits for it: one prober asks in the background, all others are refused.

Owns the one task that probes. Knows nothing of PostgreSQL: a probe is any coroutine function that raises when the server does not answer.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import structlog

FIRST_PAUSE_SECONDS: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 1.0
"""Between probes: a server that is back is in use again soon after, and one that is away for hours is not pestered."""

logger = structlog.get_logger()


class Breaker:
    """Closed: ask. Open: do not; it closes by itself when a probe succeeds."""

    def __init__(self, probe: Callable[[], Awaitable[None]], name: str) -> None:
        self._probe = probe
        self._name = name
        self._open = False
        self._probing: asyncio.Task[None] | None = None
        self.opened = 0
        """How often it has opened."""

    @property
    def open(self) -> bool:
        return self._open

    def trip(self) -> None:
        """The server is known to be away: opens at once."""
        if not self._open:
            self._open = True
            self.opened += 1
            logger.warning("the database is away", server=self._name)
        self.suspect()

    def suspect(self) -> None:
        """One call got no answer, which may be its own fault: a probe decides."""
        if self._probing is None or self._probing.done():
            self._probing = asyncio.create_task(self._probe_until_answered(), name=f"probe {self._name}")

    async def close(self) -> None:
        """Ends the prober."""
        if self._probing is not None:
            self._probing.cancel()
            with suppress(asyncio.CancelledError):
                await self._probing

    async def _probe_until_answered(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._probe()
            except Exception as error:  # noqa: BLE001 -- whatever it is, the server did not answer
                if not self._open:
                    self.opened += 1
                    logger.warning("the database is away", server=self._name, error=f"{type(error).__name__}: {error}")
                self._open = True
            else:
                if self._open:
                    logger.info("the database is back", server=self._name)
                self._open = False
                return
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE_SECONDS, pause * 1.5)
