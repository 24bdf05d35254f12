"""The bell at a worker's door: a connection of its own that hears when something has been queued, ended or cancelled.

It may be deaf for a while (the database is away, the network swallows everything) without harm: workers look into the queue now and then
anyway, and signs of life bring word of cancelled jobs.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import asyncpg
import structlog
from pgqueuer.domain.models import AnyEvent, CancellationEvent
from pydantic import ValidationError

from control.jobs.pgqueue import NAMES

CONNECT_SECONDS: Final = 2.0
PROBE_EVERY_SECONDS: Final = 15.0
AGAIN_SECONDS: Final = 1.0

logger = structlog.get_logger()


class Bell:
    """Rings for one worker."""

    def __init__(self, url: str, cancelled: Callable[[int], None]) -> None:
        """`cancelled` is told the places in the queue of jobs that somebody has cancelled."""
        self._url = url
        self._cancelled = cancelled
        self.rung = asyncio.Event()
        """Look into the queue; then clear it."""
        self.hears = asyncio.Event()
        """Set while the connection stands."""

    async def listen(self) -> None:
        """Keeps the connection until cancelled."""
        told = False
        while True:
            reason = "the connection ended"
            try:
                await self._hear()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                reason = str(error) or type(error).__name__
            if self.hears.is_set() or not told:
                logger.info("the jobs' bell is deaf", reason=reason)
            told = True
            self.hears.clear()
            await asyncio.sleep(AGAIN_SECONDS)

    async def _hear(self) -> None:
        """Listens until the connection is lost."""
        named = {"application_name": "sonicforge jobs"}
        connection = await asyncpg.connect(self._url, timeout=CONNECT_SECONDS, command_timeout=CONNECT_SECONDS, server_settings=named)
        lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda *_: lost.set())
            await connection.add_listener(NAMES.channel, self._heard)
            self.hears.set()
            self.rung.set()  # for what was rung before
            while not lost.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(lost.wait(), PROBE_EVERY_SECONDS)
                if not lost.is_set():
                    await connection.execute("select 1")
        finally:
            connection.terminate()

    def _heard(self, connection: Any, pid: int, channel: str, payload: object) -> None:
        del connection, pid, channel
        try:
            event = AnyEvent.model_validate_json(str(payload)).root
        except ValidationError:  # anybody in the database may notify; such a word is no work
            return
        if isinstance(event, CancellationEvent):
            for place in event.ids:
                self._cancelled(place)
        else:
            self.rung.set()
