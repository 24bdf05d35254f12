"""The limits of the house as somebody changed them while it runs. Truth is in the database; every front hears of a change and adopts it.

What was not changed is as the configuration has it. While the database is away, what was adopted last holds.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Final, Protocol

from control.admin import repository
from control.admin.repository import ChangedLimit
from control.audit.log import AuditLog
from control.database.database import Database
from control.errors import DatabaseAway, Unavailable
from control.identity.rate_limits import HouseRates, Rate
from control.kv.kv import Kv
from control.principal import Principal

CHANNEL: Final = "house-limits"
READ_AGAIN_SECONDS: Final = 30.0
"""A front that heard nothing looks for itself this often."""
NAMES: Final = tuple(field.name for field in fields(HouseRates))


class Adopter(Protocol):
    """Holds requests to limits (control/identity/rate_limits.py)."""

    def adopt(self, rates: HouseRates) -> None: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """One limit."""

    name: str
    rate: Rate
    configured: Rate
    changed_at: datetime | None
    """None: as configured."""


class LimitBook:
    """One for a front. `run` keeps it true; whoever starts it awaits it. `wall` tells UNIX seconds."""

    def __init__(
        self, database: Database, kv: Kv, audit: AuditLog, configured: HouseRates, adopter: Adopter, wall: Callable[[], float]
    ) -> None:
        self._database = database
        self._kv = kv
        self._audit = audit
        self._configured = configured
        self._adopter = adopter
        self._wall = wall

    async def read(self) -> list[Standing]:
        """All limits as they are; this front adopts them. Raises DatabaseAway."""
        changed = await repository.limits(self._database)
        self._adopter.adopt(self._rates(changed))
        return [self._standing(name, changed.get(name)) for name in NAMES]

    async def put(self, actor: Principal, wanted: Mapping[str, Rate | None], client: str) -> list[Standing]:
        """Changes all limits; None is as configured."""
        changed = {name: (rate.times, rate.seconds) for name in NAMES if (rate := wanted.get(name)) is not None}
        async with self._database.transaction() as connection:
            await repository.put_limits(connection, changed, datetime.fromtimestamp(self._wall(), UTC))
            detail = {name: list(pair) for name, pair in changed.items()}
            await self._audit.record("limits.change", actor=actor, detail=detail, client=client, connection=connection)
        standings = await self.read()
        with suppress(Unavailable):  # then the others look for themselves
            await self._kv.publish(CHANNEL, b"changed")
        return standings

    async def run(self) -> None:
        """Adopts at the start, at every change and every half minute, until cancelled."""
        while True:
            try:
                async with self._kv.subscribe(CHANNEL) as messages:
                    while True:
                        await self._read_if_it_can()
                        try:
                            async with asyncio.timeout(READ_AGAIN_SECONDS):
                                await anext(messages)
                        except TimeoutError:
                            break  # a reader that was cancelled may be spent
            except (Unavailable, StopAsyncIteration):
                await asyncio.sleep(1.0)

    async def _read_if_it_can(self) -> None:
        try:
            await self.read()
        except DatabaseAway:
            return

    def _rates(self, changed: Mapping[str, ChangedLimit]) -> HouseRates:
        return replace(self._configured, **{name: Rate(one.times, one.seconds) for name, one in changed.items() if name in NAMES})

    def _standing(self, name: str, changed: ChangedLimit | None) -> Standing:
        configured: Rate = getattr(self._configured, name)
        if changed is None:
            return Standing(name, configured, configured, None)
        return Standing(name, Rate(changed.times, changed.seconds), configured, changed.changed_at)
