"""The key cabinet: all of this slice, put together from what it needs. The roof makes one for each process that serves people."""

import asyncio
from collections.abc import Callable

from control.api.operation import operations
from control.apikeys.key_ring import KeyRing
from control.apikeys.last_use import LastUses
from control.apikeys.routes import KeyAddresses
from control.apikeys.service import ApiKeys
from control.audit.log import AuditLog
from control.database.database import Database
from control.kv.kv import Kv
from server.route import Route


class KeyCabinet:
    """`ring` is the guard's reader of keys. `wall` tells UNIX seconds."""

    def __init__(self, database: Database, kv: Kv, audit: AuditLog, pepper: bytes, wall: Callable[[], float]) -> None:
        self.uses = LastUses(database, wall)
        self.ring = KeyRing(database, kv, pepper, self.uses, wall)
        self.keys = ApiKeys(database, audit, self.ring, pepper, wall)

    def routes(self) -> list[Route]:
        """/api/v1/api-keys."""
        return operations(KeyAddresses(self.keys))

    async def run(self) -> None:
        """Hears of changes elsewhere and writes last uses down, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.ring.listen(), name="api keys: changes elsewhere")
            tasks.create_task(self.uses.run(), name="api keys: last uses")
