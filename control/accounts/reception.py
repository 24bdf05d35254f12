"""The reception: all of this slice, put together from what it needs. The roof makes one for each process that serves people."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from control.accounts.factors.factors import Factors
from control.accounts.letters import Letters
from control.accounts.own_routes import OwnAccount
from control.accounts.profile import Profile
from control.accounts.proof import Proof
from control.accounts.registration import Registration
from control.accounts.roster import Roster
from control.accounts.routes import Connections, Doors
from control.accounts.sessions.sessions import Minter, Revocations, Sessions
from control.accounts.throttle import Limits
from control.api.operation import operations
from control.audit.log import AuditLog
from control.database.database import Database
from control.errors import DatabaseAway
from control.identity.passwords import Passwords
from control.identity.second_factor import SecondFactor
from control.mail.postbox import Postbox
from server.route import Route

_log = structlog.get_logger(__name__)
FORGET_SECONDS: Final = 3_600.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the reception needs of the rest of the house."""

    database: Database
    audit: AuditLog
    tokens: Minter
    passwords: Passwords
    second_factor: SecondFactor
    revocations: Revocations
    limits: Limits
    postbox: Postbox
    connections: Connections
    base: str
    """How people write the station's address: `https://radio.example`."""
    wall: Callable[[], float]
    """UNIX seconds."""


class Reception:
    """Where people come in."""

    def __init__(self, around: Surroundings) -> None:
        letters = Letters(around.base)
        self.sessions = Sessions(around.database, around.audit, around.tokens, around.revocations, around.limits, around.wall)
        self.factors = Factors(around.database, around.audit, self.sessions, around.second_factor, around.limits, around.wall)
        self.proof = Proof(around.database, around.audit, around.passwords, self.factors, self.sessions, around.limits)
        self.registration = Registration(around.database, around.audit, self.proof, around.limits, around.postbox, letters, around.wall)
        self.profile = Profile(
            around.database, around.audit, self.proof, self.sessions, around.limits, around.postbox, letters, around.wall
        )
        self.roster = Roster(around.database, around.audit, self.proof, self.sessions, around.wall)
        self._connections = around.connections

    def routes(self) -> list[Route]:
        """/api/v1/auth."""
        return [
            *operations(Doors(self.proof, self.registration, self.profile, self.sessions, self._connections)),
            *operations(OwnAccount(self.profile, self.proof, self.factors, self.sessions)),
        ]

    async def setup_link(self) -> str | None:
        """A link with which the first superadmin is made, once; None if there is one. Raises DatabaseAway."""
        return await self.registration.setup_link()

    async def run(self) -> None:
        """Forgets what is over, every hour, until cancelled."""
        while True:
            try:
                await self.sessions.forget()
                await self.registration.forget()
            except DatabaseAway:
                _log.info("the database is away; what is over is forgotten later")
            await asyncio.sleep(FORGET_SECONDS)
