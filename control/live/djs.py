"""An account that may take over, as the DJ whom listeners are told of: his name, and whose turn comes first."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from control.accounts import repository
from control.database.database import Database
from control.errors import DatabaseAway, Forbidden
from control.permissions import Permission, Role
from control.principal import Principal
from server.icy.titles import plain
from server.live.login import Dj

PRIORITIES: Final[Mapping[Role, int]] = {Role.SUPERADMIN: 80, Role.ADMIN: 80, Role.MODERATOR: 60}
USUAL_PRIORITY: Final = 50
NAMELESS: Final = "DJ"
"""An account without a name is not told by its address."""
NOT_A_DJ: Final = f"This account or key may not go live; it takes the permission {Permission.STATION_LIVE_TAKEOVER}."
REMEMBERED: Final = 1_000


class Djs:
    """Knows DJs by their accounts."""

    def __init__(self, database: Database, let_in: Callable[[Principal, str], None]) -> None:
        """`let_in` hears of everybody who may, and from which address he came (control/live/attendance.py)."""
        self._database = database
        self._let_in = let_in
        self._names: OrderedDict[UUID, str] = OrderedDict()

    async def of(self, principal: Principal, client: str) -> Dj:
        """Raises Forbidden for one who may not take over. While the database is away a name that was known is known still."""
        account_id = principal.account_id
        if account_id is None or not principal.may(Permission.STATION_LIVE_TAKEOVER):
            raise Forbidden(NOT_A_DJ)
        priority = PRIORITIES.get(principal.role, USUAL_PRIORITY) if principal.role else USUAL_PRIORITY
        dj = Dj(await self._name(account_id), str(account_id), priority)
        self._let_in(principal, client)
        return dj

    async def _name(self, account_id: UUID) -> str:
        try:
            account = await repository.by_id(self._database, account_id)
        except DatabaseAway:
            return self._names.get(account_id, NAMELESS)
        name = (plain(account.name) if account else "") or NAMELESS
        self._names[account_id] = name
        self._names.move_to_end(account_id)
        if len(self._names) > REMEMBERED:
            self._names.popitem(last=False)
        return name
