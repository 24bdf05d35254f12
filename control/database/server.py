"""One PostgreSQL as this process sees it: a pool of connections, a deadline on every wait, a breaker in front.

A call that got no answer in time loses its connection: asking a silent server to cancel, or to take a connection back, would be one more
wait without an end. Connections are handed back as they are, so nothing may be left on them: `set local`, `pg_advisory_xact_lock`,
never their session-wide sisters.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

import asyncpg
from asyncpg import Record

from control.database.breaker import Breaker
from control.database.failures import GONE, away, busy, refusal
from control.database.link import DatabaseLink
from control.database.statistics import Statistics
from control.errors import DatabaseAway

if TYPE_CHECKING:
    from asyncpg.pool import Pool, PoolConnectionProxy

Connection: TypeAlias = "PoolConnectionProxy[Record]"
"""asyncpg's connection, lent for the length of a block."""
T = TypeVar("T")

PROBE_SECONDS: Final = 0.75
CLOSE_SECONDS: Final = 2.0
WAITING_PER_CONNECTION: Final = 50
"""So many calls may wait for each connection; more are refused at once, since they would only wait in vain."""
SERVER_SHARE: Final = 0.9
"""The server gives a statement up this much sooner than we do, so that the connection survives it."""


class PostgresServer:
    """Answers within the link's time or raises DatabaseAway."""

    def __init__(self, url: str, link: DatabaseLink, statistics: Statistics, name: str) -> None:
        self._url = url
        self._link = link
        self._statistics = statistics
        self._waiting = 0
        self.breaker = Breaker(self.probe, name)
        self._pool: Pool[Record] = asyncpg.create_pool(
            url,
            min_size=0,
            max_size=link.connections,
            timeout=link.command_timeout_seconds,
            init=self._initialize,
            reset=_leave_as_it_is,
            server_settings=self._server_settings(),
        )

    async def open(self) -> None:
        """Makes the pool ready; connects to nobody yet."""
        await self._pool

    async def close(self) -> None:
        """Lets running calls end, but not for long."""
        await self.breaker.close()
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._pool.close()
        except (TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            self._pool.terminate()

    @property
    def connections(self) -> tuple[int, int]:
        """(open, of which idle)."""
        return self._pool.get_size(), self._pool.get_idle_size()

    async def run(self, call: Callable[[Connection], Awaitable[T]], seconds: float | None = None) -> T:
        """One statement on any connection."""
        async with self._lent(seconds or self._link.command_timeout_seconds) as connection:
            return await call(connection)

    @asynccontextmanager
    async def transaction(self, seconds: float | None = None) -> AsyncIterator[Connection]:
        """One transaction, from its begin to its commit within `seconds`; rolled back when the block raises."""
        async with self._lent(seconds or self._link.command_timeout_seconds) as connection:
            transaction = connection.transaction()
            await transaction.start()
            try:
                if seconds is not None:
                    await connection.execute(f"set local statement_timeout = {_milliseconds(seconds * SERVER_SHARE)}")
                yield connection
            except BaseException as error:
                if not isinstance(error, asyncio.CancelledError) and not is_lost(connection):
                    await transaction.rollback()
                raise
            await transaction.commit()

    async def probe(self) -> None:
        """Asks a new connection; raises whatever went wrong."""
        async with asyncio.timeout(PROBE_SECONDS):
            connection = await asyncpg.connect(self._url, timeout=PROBE_SECONDS, server_settings={"application_name": self._link.name})
            try:
                await connection.fetchval("select 1")
            finally:
                connection.terminate()

    @asynccontextmanager
    async def _lent(self, seconds: float) -> AsyncIterator[Connection]:
        """A connection for a block that ends within `seconds`; failures come out as refusals."""
        if self.breaker.open:
            raise away()
        if self._waiting >= self._link.connections * WAITING_PER_CONNECTION:
            raise busy()
        connection: Connection | None = None
        try:
            async with asyncio.timeout(seconds):
                connection = await self._acquire()
                yield connection
        except BaseException as error:
            lost = connection is not None and is_lost(connection)
            if connection is not None and not lost and isinstance(error, TimeoutError | asyncio.CancelledError):
                connection.terminate()
            told = self._judge(error, connecting=connection is None, lost=lost)
            if told is None:
                raise
            raise told from error
        finally:
            if connection is not None:
                with suppress(TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                    await self._pool.release(connection, timeout=1.0)

    async def _acquire(self) -> Connection:
        self._waiting += 1
        try:
            return await self._pool.acquire()
        finally:
            self._waiting -= 1

    def _judge(self, error: BaseException, connecting: bool, lost: bool) -> DatabaseAway | None:
        """The refusal for a failure, None if it is the caller's own; and what it says of the server.

        A closed door is one thing; silence may be this one connection's.
        """
        if not isinstance(error, Exception):
            return None
        if isinstance(error, OSError) and not isinstance(error, TimeoutError) and not connecting and not lost:
            return None  # what somebody did inside a transaction: none of ours
        if isinstance(error, TimeoutError) or lost:
            self.breaker.suspect()
        elif isinstance(error, GONE):
            self.breaker.trip()
        return refusal(error, lost)

    def _server_settings(self) -> dict[str, str]:
        link = self._link
        return {
            "application_name": link.name,
            "statement_timeout": _milliseconds(link.command_timeout_seconds * SERVER_SHARE),
            "lock_timeout": _milliseconds(link.lock_timeout_seconds),
            "idle_in_transaction_session_timeout": _milliseconds(link.idle_transaction_seconds),
            "timezone": "UTC",
            "jit": "off",
        }

    async def _initialize(self, connection: Any) -> None:
        connection.add_query_logger(self._statistics.note)


def is_lost(connection: Connection) -> bool:
    """Whether its server, or the way to it, is gone; asyncpg takes a lost connection back from its borrower at once."""
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:
        return True


async def _leave_as_it_is(connection: Any) -> None:
    """asyncpg's own way back costs a round trip a call (`reset all`, `unlisten *`, ...)."""
    del connection


def _milliseconds(seconds: float) -> str:
    return str(max(1, round(seconds * 1000)))
