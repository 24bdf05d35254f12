"""The database, as every repository sees it. Reads and writes in SQL; refuses within its time when the server does not answer.

Knows which server a statement may go to, nothing of what it says. SQL stands in the repositories.
"""

from contextlib import AbstractAsyncContextManager
from typing import Any

from asyncpg import Record

from control.database.link import DatabaseLink
from control.database.replicas import Replicas
from control.database.server import Connection, PostgresServer
from control.database.statistics import Statistics


class Database:
    """Every call raises DatabaseAway within the link's time if it gets no answer; what is wrong with a statement is raised as asyncpg's."""

    def __init__(self, link: DatabaseLink) -> None:
        self.statistics = Statistics(link.slow_query_seconds)
        self._primary = PostgresServer(link.url, link, self.statistics, "primary")
        self._replicas = Replicas(self._primary, link, self.statistics)

    async def open(self) -> None:
        """Makes the pools ready; connects at the first call."""
        await self._primary.open()
        await self._replicas.open()

    async def fetch(self, sql: str, *args: object) -> list[Record]:
        """All rows."""
        return await self._primary.run(lambda connection: connection.fetch(sql, *args))

    async def fetch_row(self, sql: str, *args: object) -> Record | None:
        """The first row."""
        return await self._primary.run(lambda connection: connection.fetchrow(sql, *args))

    async def fetch_value(self, sql: str, *args: object) -> Any:
        """The first column of the first row; None if there is no row."""
        return await self._primary.run(lambda connection: connection.fetchval(sql, *args))

    async def execute(self, sql: str, *args: object) -> str:
        """The statement's tag: `UPDATE 3`."""
        return await self._primary.run(lambda connection: connection.execute(sql, *args))

    def transaction(self, seconds: float | None = None) -> AbstractAsyncContextManager[Connection]:
        """One transaction on the primary, ended within `seconds` (the link's time unless said otherwise). Do nothing else in its block."""
        return self._primary.transaction(seconds)

    async def read(self, sql: str, *args: object) -> list[Record]:
        """All rows, perhaps from a replica: they may lack what was written within the link's `replica_lag_seconds`."""
        return await self._replicas.fetch(sql, *args)

    async def ping(self) -> None:
        """Returns when the primary has answered."""
        await self.fetch_value("select 1")

    async def close(self) -> None:
        """Ends all connections."""
        await self._replicas.close()
        await self._primary.close()

    @property
    def away(self) -> bool:
        """The primary does not answer; it is asked again in the background."""
        return self._primary.breaker.open

    def report(self) -> dict[str, Any]:
        """For an operator: plain values."""
        size, idle = self._primary.connections
        return {
            "away": self.away,
            "times_away": self._primary.breaker.opened,
            "connections": size,
            "idle_connections": idle,
            "replicas": self._replicas.report(),
            "slow_statements": self.statistics.slow,
            "statements": self.statistics.dearest(),
        }


async def open_database(link: DatabaseLink) -> Database:
    """A database that may be away yet; returns at once."""
    database = Database(link)
    await database.open()
    return database
