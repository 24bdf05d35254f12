"""What a take costs whom, as the pipeline asks it before anything is queued. Who sells credits implements `Purse`; a house that sells none
has the one in here, and the day's quota governs alone.
"""

from typing import Protocol

from control.database.server import Connection
from control.principal import Principal


class Purse(Protocol):
    """Somebody's credits. Called within the transaction that queues: what is not queued was not paid."""

    async def left(self, asker: Principal) -> int | None:
        """Credits he has; None: nothing costs any. Raises DatabaseAway."""

    async def pay(self, connection: Connection, asker: Principal, takes: int) -> int:
        """Takes what so many takes cost, and says how many credits that was. Raises NotEntitled, with what to do about it."""


class FreePurse:
    """Everything is free."""

    async def left(self, asker: Principal) -> int | None:  # noqa: ARG002
        return None

    async def pay(self, connection: Connection, asker: Principal, takes: int) -> int:  # noqa: ARG002
        return 0
