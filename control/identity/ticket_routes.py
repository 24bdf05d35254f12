"""Where a page fetches the ticket with which it opens a WebSocket or an event stream."""

from collections.abc import Callable
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from control.api.call import Call
from control.api.limit import Limit
from control.api.operation import operation
from control.errors import Forbidden
from control.identity.tickets import LIFE_SECONDS, Tickets
from control.permissions import Permission

AT_ONCE: Final = Limit(30, 60.0)


class FetchedTicket(BaseModel):
    """Opens one WebSocket or event stream, once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ticket: str = Field(description="Put it into the address as `?ticket=`.", examples=["f3Jq0Y3m1cH0m2p0JtC3o1y2K6a8Zs1L"])
    expires_in: int = Field(description="Seconds.", examples=[30])


class TicketRoutes:
    """Operations on tickets. `wall` tells UNIX seconds."""

    def __init__(self, tickets: Tickets, wall: Callable[[], float]) -> None:
        self._tickets = tickets
        self._wall = wall

    @operation(
        "POST",
        "/api/v1/tickets",
        permission=Permission.OWN_ACCOUNT_READ,
        summary="Fetch a ticket for a socket",
        tag="auth",
        status=201,
        raises=(Forbidden,),
        limit=AT_ONCE,
    )
    async def fetch(self, call: Call) -> FetchedTicket:
        """Browsers cannot send a token when they open a WebSocket or an event stream; a ticket in the address stands for it.

        It carries what the token or key may, works once, and for half a minute.
        """
        return FetchedTicket(ticket=await self._tickets.issue(call.principal, self._wall()), expires_in=int(LIFE_SECONDS))
