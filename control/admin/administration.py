"""The administration: all of this slice, put together from what it needs. The roof makes one for each process that serves people."""

from collections.abc import Callable

from control.accounts.roster import Roster
from control.admin.limit_book import Adopter, LimitBook
from control.admin.personnel import KeyMemory, Personnel
from control.admin.routes import AdminAddresses
from control.api.operation import operations
from control.audit.log import AuditLog
from control.audit.routes import AuditAddresses
from control.database.database import Database
from control.identity.rate_limits import HouseRates
from control.kv.kv import Kv
from server.route import Route


class Administration:
    """`rates` are the limits as configured, `adopter` holds requests to them. `wall` tells UNIX seconds."""

    def __init__(
        self,
        database: Database,
        kv: Kv,
        audit: AuditLog,
        roster: Roster,
        keys: KeyMemory,
        rates: HouseRates,
        adopter: Adopter,
        wall: Callable[[], float],
    ) -> None:
        self._audit = audit
        self._personnel = Personnel(database, audit, roster, keys, wall)
        self._limits = LimitBook(database, kv, audit, rates, adopter, wall)

    def routes(self) -> list[Route]:
        """/api/v1/admin: accounts, roles, limits, audit log."""
        return [*operations(AdminAddresses(self._personnel, self._limits)), *operations(AuditAddresses(self._audit))]

    async def run(self) -> None:
        """Keeps the limits as somebody changed them, until cancelled."""
        await self._limits.run()
