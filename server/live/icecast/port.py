"""The source port: takes connections, has their heads read within a deadline, and ends them.

It owns who may connect and how long a head may take; what a request means is the reception's business. Whoever does not say in time what
he wants is cut without an answer. Nothing that comes here can hold up the front: what is not read waits with its sender.
"""

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

import structlog

from server.door.door import network
from server.live.icecast import answers
from server.live.icecast.connection import Connection
from server.live.icecast.reception import Patience, Reception
from server.live.icecast.request import LONGEST_HEAD, Refusal, Request

MOST_CONNECTIONS: Final = 256
MOST_CONNECTIONS_PER_ADDRESS: Final = 32
"""An IPv6 /64 counts as one; see server/door/door.py."""
BACKLOG: Final = 64

logger = structlog.get_logger()


class SourcePort:
    """Takes what comes to the port. Made by `open_port`."""

    def __init__(self, reception: Reception, patience: Patience, kicked: Callable[[str], None]) -> None:
        self._reception = reception
        self._patience = patience
        self._kicked = kicked
        self._addresses: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        """How many are connected."""
        return len(self._tasks)

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Somebody has connected."""
        connection = Connection(reader, writer)
        source = network(connection.address)
        if len(self._tasks) >= MOST_CONNECTIONS or self._addresses[source] >= MOST_CONNECTIONS_PER_ADDRESS:
            self._kicked("source_connections")
            connection.cut()
            return
        self._addresses[source] += 1
        task = asyncio.create_task(self._serve(connection))
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._gone(done, source))

    async def close(self) -> None:
        """Everybody goes."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _gone(self, task: asyncio.Task[None], source: str) -> None:
        self._tasks.discard(task)
        self._addresses[source] -= 1
        if self._addresses[source] <= 0:
            del self._addresses[source]

    async def _serve(self, connection: Connection) -> None:
        try:
            request = await self._request(connection)
            if request is not None:
                await connection.part(await self._reception.answer(request, connection))
        except Refusal as refusal:
            await connection.part(answers.text(refusal.status, refusal.reason))
        except (OSError, EOFError):
            return
        except Exception:
            logger.exception("the source port failed a connection")
        finally:
            connection.cut()

    async def _request(self, connection: Connection) -> Request | None:
        """None where it did not come in time. Raises what Connection.request raises."""
        try:
            async with asyncio.timeout(self._patience.head_seconds):
                return await connection.request()
        except TimeoutError:
            self._kicked("source_header")
            return None


@asynccontextmanager
async def open_port(
    listening: socket.socket, reception: Reception, patience: Patience, kicked: Callable[[str], None]
) -> AsyncIterator[SourcePort]:
    """Takes what comes to `listening`, as long as the block lasts. At its end every source is let go."""
    port = SourcePort(reception, patience, kicked)
    server = await asyncio.start_server(port.accept, sock=listening, limit=LONGEST_HEAD, backlog=BACKLOG)
    try:
        yield port
    finally:
        server.close()
        await port.close()
