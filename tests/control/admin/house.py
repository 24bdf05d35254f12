"""An office with its administration, and a superadmin to begin with."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from control.accounts import repository as accounts
from control.accounts.factors.factors import Factors
from control.accounts.proof import Proof
from control.accounts.roster import Roster
from control.accounts.sessions.sessions import Opened, Sessions, Whence
from control.accounts.throttle import Throttle
from control.admin.administration import Administration
from control.identity.passwords import Passwords
from control.identity.rate_limits import HouseRates
from control.identity.second_factor import SecondFactor
from control.permissions import Role
from server.route import Route
from tests.control.admin.office import PEPPER, AllRoutes, Office, Person, no_document, open_office


@dataclass
class House:
    """What the tests look at."""

    office: Office
    chief: Person
    sessions: Sessions

    async def session(self, person: Person) -> Opened:
        """A session of somebody, opened as a login does."""
        account = await accounts.by_id(self.office.database, person.id)
        assert account is not None
        return await self.sessions.open(account, Whence("192.0.2.1", "test"), ("pwd",), mfa=False)

    async def role(self, account_id: UUID) -> str:
        found: str = await self.office.database.fetch_value("SELECT role FROM accounts WHERE id = $1", account_id)
        return found


@asynccontextmanager
async def open_administration(document: AllRoutes = no_document) -> AsyncIterator[House]:
    """Ends with the context."""
    made: list[Sessions] = []
    passwords = Passwords()

    def routes(office: Office) -> Sequence[Route]:
        database, audit, wall = office.database, office.audit, office.watch.wall
        throttle = Throttle(office.kv)
        sessions = Sessions(database, audit, office.tokens, office.gatehouse.revocations, throttle, wall)
        factors = Factors(database, audit, sessions, SecondFactor(PEPPER), throttle, wall)
        proof = Proof(database, audit, passwords, factors, sessions, throttle)
        roster = Roster(database, audit, proof, sessions, wall)
        made.append(sessions)
        return Administration(database, office.kv, audit, roster, office.cabinet.ring, HouseRates(), office.gatehouse.limits, wall).routes()

    try:
        async with open_office([routes], document) as office:
            yield House(office, await office.person(Role.SUPERADMIN), made[0])
    finally:
        await passwords.close()
