"""A real office for tests: PostgreSQL, the guard, real routes on a real socket, and a clock that stands still until it is told."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request

from control.api.problems import clear_refusals
from control.apikeys.cabinet import KeyCabinet
from control.audit.entry import Entry
from control.audit.log import AuditLog
from control.audit.repository import Wanted
from control.audit.spool import Spool
from control.database.database import Database
from control.identity.gatehouse import Gatehouse, SecurityPolicy
from control.identity.tokens import Tokens
from control.kv.memory import MemoryKv
from control.permissions import Role
from control.principal import Means, Principal, of_role
from control.tiers import Tier
from server.door.answers import clear_answers
from server.route import Route, add_routes
from tests.control.postgres import fresh_database

SECRET = bytes(range(32))
PEPPER = bytes(range(32, 64))
AJAX = {"X-Requested-With": "test"}


@dataclass
class Watch:
    """Seconds since 1970, as it is told."""

    now: float = 1_800_000_000.0

    def wall(self) -> float:
        return self.now


@dataclass
class Office:
    """Everything that is open in it."""

    database: Database
    kv: MemoryKv
    watch: Watch
    audit: AuditLog
    cabinet: KeyCabinet
    tokens: Tokens
    gatehouse: Gatehouse
    client: TestClient[Request, Application]
    folder: Path

    async def person(self, role: Role = Role.USER, tier: Tier = Tier.PRO, state: str = "active", email: str | None = None) -> "Person":
        """Somebody new, with a password and a session."""
        email = email or f"{uuid4().hex[:12]}@example.org"
        added: UUID = await self.database.fetch_value(
            "INSERT INTO accounts (email, name, role, tier, state, password_hash) VALUES ($1, 'Somebody', $2, $3, $4, 'x') RETURNING id",
            email,
            role,
            tier,
            state,
        )
        return Person(self, added, role, tier, email)

    async def entries(self, event: str | None = None) -> list[Entry]:
        """What the audit log has of an event, from new to old."""
        return await self.audit.search(Wanted(event=event), 200)


@dataclass(frozen=True)
class Person:
    """One account and its token."""

    office: Office
    id: UUID
    role: Role
    tier: Tier
    email: str

    @property
    def principal(self) -> Principal:
        return of_role(self.id, self.role, self.tier)

    @property
    def headers(self) -> dict[str, str]:
        asker = Principal(Means.TOKEN, self.principal.permissions, self.id, self.role, self.tier, session_id=self.id)
        return {"Authorization": f"Bearer {self.office.tokens.mint(asker, self.office.watch.now)}", **AJAX}

    async def ask(self, method: str, path: str, json: object = None) -> ClientResponse:
        return await self.office.client.request(method, path, json=json, headers=self.headers, allow_redirects=False)


MoreRoutes = Callable[[Office], Sequence[Route]]
AllRoutes = Callable[[Office, Sequence[Route]], Sequence[Route]]
"""Of all routes, those that tell of them."""


def no_document(_: Office, __: Sequence[Route]) -> Sequence[Route]:
    return ()


@asynccontextmanager
async def open_office(more: Sequence[MoreRoutes] = (), document: AllRoutes = no_document) -> AsyncIterator[Office]:
    """An office with keys, and whatever `more` adds; ends with the context."""
    async with fresh_database() as database:
        with tempfile.TemporaryDirectory() as folder:
            watch, kv, tokens = Watch(), MemoryKv(), Tokens(SECRET)
            audit = AuditLog(database, Spool(Path(folder) / "audit"), watch.wall)
            cabinet = KeyCabinet(database, kv, audit, PEPPER, watch.wall)
            gatehouse = Gatehouse(SecurityPolicy(), tokens, cabinet.ring, kv, watch.wall)
            application = Application(middlewares=[clear_answers, clear_refusals])
            gatehouse.hang_into(application)
            client = TestClient(TestServer(application))
            office = Office(database, kv, watch, audit, cabinet, tokens, gatehouse, client, Path(folder))
            routes = [*cabinet.routes(), *(route for each in more for route in each(office))]
            add_routes(application, [*routes, *document(office, routes)], gatehouse.guard)
            running = asyncio.create_task(cabinet.run())
            async with client:
                yield office
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await kv.close()
