"""Servers that replay the primary's log, and which of them is fresh enough to be read from.

Each is asked about once a second how far it has come. One that is behind, silent or gone is passed over, and the primary answers instead.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from asyncpg import InterfaceError, PostgresError, Record

from control.database.lag import LogSightings
from control.database.link import DatabaseLink
from control.database.server import PostgresServer
from control.database.statistics import Statistics
from control.errors import DatabaseAway

LOOK_EVERY_SECONDS: Final = 0.5
LOOK_SECONDS: Final = 0.5
REPLICA_SHARE: Final = 0.5
"""Of a call's time; what is left is the primary's."""
END_OF_LOG: Final = "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint"
REPLAYED: Final = "select pg_wal_lsn_diff(coalesce(pg_last_wal_replay_lsn(), '0/0'), '0/0')::bigint"


@dataclass(slots=True)
class Replica:
    """One of them; its lag is infinite until it is known."""

    server: PostgresServer
    lag_seconds: float = float("inf")


class Replicas:
    """Reads go to the fresh ones in turn."""

    def __init__(self, primary: PostgresServer, link: DatabaseLink, statistics: Statistics) -> None:
        self._primary = primary
        self._link = link
        self._replicas = [
            Replica(PostgresServer(url, link, statistics, f"replica {number}")) for number, url in enumerate(link.replica_urls, 1)
        ]
        self._sightings = LogSightings()
        self._turn = 0
        self._looking: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begins to watch them."""
        for replica in self._replicas:
            await replica.server.open()
        if self._replicas:
            self._looking = asyncio.create_task(self._look(), name="replicas")

    async def close(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking
        for replica in self._replicas:
            await replica.server.close()

    async def fetch(self, sql: str, *args: object) -> list[Record]:
        """From a fresh replica, else from the primary; within the link's time in all."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        replica = self._fresh()
        if replica is not None:
            try:
                return await replica.server.run(
                    lambda connection: connection.fetch(sql, *args), self._link.command_timeout_seconds * REPLICA_SHARE
                )
            except DatabaseAway:
                replica.lag_seconds = float("inf")
            except PostgresError:
                pass  # a wrong statement is wrong on the primary too; one that only disturbs the replay is not
        left = self._link.command_timeout_seconds - (loop.time() - began)
        return await self._primary.run(lambda connection: connection.fetch(sql, *args), max(0.1, left))

    def report(self) -> list[dict[str, Any]]:
        """Plain values, a replica each."""
        return [
            {
                "away": replica.server.breaker.open,
                "lag_seconds": None if replica.lag_seconds == float("inf") else round(replica.lag_seconds, 3),
            }
            for replica in self._replicas
        ]

    def _fresh(self) -> Replica | None:
        fresh = [
            replica
            for replica in self._replicas
            if not replica.server.breaker.open and replica.lag_seconds <= self._link.replica_lag_seconds
        ]
        if not fresh:
            return None
        self._turn += 1
        return fresh[self._turn % len(fresh)]

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            with suppress(DatabaseAway, PostgresError, InterfaceError):
                # Seen before it is asked for: a position is never younger than the time it is kept with.
                when = loop.time()
                self._sightings.saw(when, await self._primary.run(lambda connection: connection.fetchval(END_OF_LOG), LOOK_SECONDS))
            await asyncio.gather(*(self._measure(replica) for replica in self._replicas))
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def _measure(self, replica: Replica) -> None:
        try:
            replayed = await replica.server.run(lambda connection: connection.fetchval(REPLAYED), LOOK_SECONDS)
        except (DatabaseAway, PostgresError, InterfaceError):
            replica.lag_seconds = float("inf")
        else:
            replica.lag_seconds = self._sightings.lag_seconds(asyncio.get_running_loop().time(), replayed)
