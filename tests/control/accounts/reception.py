"""A real reception for tests: PostgreSQL, the gatehouse, the routes on a real socket, a postbox whose letters come here, and a clock that
stands still until it is told."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyotp
from aiohttp import ClientResponse, CookieJar
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request

from control.accounts.reception import Reception, Surroundings
from control.accounts.throttle import TRIES, Throttle, Tries
from control.api.problems import clear_refusals
from control.audit.log import AuditLog
from control.audit.spool import Spool
from control.database.database import Database, open_database
from control.database.link import DatabaseLink
from control.errors import Unauthenticated
from control.identity.gatehouse import Gatehouse, SecurityPolicy
from control.identity.passwords import Passwords
from control.identity.second_factor import SecondFactor
from control.identity.tokens import Tokens
from control.kv.memory import MemoryKv
from control.mail.letter import Letter
from control.mail.postbox import Postbox
from control.permissions import Role
from control.principal import Principal
from server.door.answers import clear_answers
from server.route import add_routes
from tests.control.postgres import fresh_database

BASE = "https://radio.example"
EMAIL = "somebody@example.org"
PASSWORD = "gravel-otter-sunrise"
ANOTHER = "copper-walrus-midnight"
GENEROUS = dict.fromkeys(TRIES, (Tries(100_000, 1),))


@dataclass
class Watch:
    """Seconds since 1970, as it is told."""

    now: float = 1_800_000_000.0

    def wall(self) -> float:
        return self.now


@dataclass
class Letterbox:
    """Where all letters arrive."""

    arrived: asyncio.Queue[Letter] = field(default_factory=asyncio.Queue)

    async def send(self, letter: Letter) -> None:
        self.arrived.put_nowait(letter)

    async def next(self) -> Letter:
        async with asyncio.timeout(5):
            return await self.arrived.get()

    async def code(self) -> str:
        """Out of the next letter's link."""
        letter = await self.next()
        assert letter.link in letter.text
        assert letter.link.startswith(f"{BASE}/account#")
        return letter.link.rpartition("=")[2]


class NoKeys:
    """A house without API keys."""

    async def principal(self, presented: str, client: str) -> Principal:
        raise Unauthenticated(f"There is no key {presented} for {client}.")


@dataclass
class Desk:
    """All that a test may reach for."""

    http: TestClient[Request, Application]
    reception: Reception
    database: Database
    letters: Letterbox
    watch: Watch
    kv: MemoryKv

    async def post(self, path: str, body: Mapping[str, object], token: str = "", **headers: str) -> ClientResponse:
        return await self.ask("POST", path, body, token, **headers)

    async def ask(
        self, method: str, path: str, body: Mapping[str, object] | None = None, token: str = "", **headers: str
    ) -> ClientResponse:
        """An answer of /api/v1/auth, read to its end. Programs send the CSRF header too: it hurts nobody."""
        headers = {"X-Requested-With": "test", "Sec-Fetch-Site": "same-origin"} | {k.replace("_", "-"): v for k, v in headers.items()}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        answer = await self.http.request(method, f"/api/v1/auth/{path}", json=body, headers=headers)
        await answer.read()
        return answer

    async def account(self, email: str = EMAIL, password: str = PASSWORD, role: Role = Role.USER) -> str:
        """Makes an active one; its id."""
        return str((await self.reception.registration.create(email, "", role, password)).id)

    async def login(self, email: str = EMAIL, password: str = PASSWORD, **more: object) -> "Held":
        """As a program does it."""
        answer = await self.post("login", {"email": email, "password": password, "cookie": False, **more})
        assert answer.status == 200, await answer.text()
        return held(await answer.json())

    async def refresh(self, token: str) -> ClientResponse:
        return await self.post("refresh", {"refresh_token": token, "cookie": False})

    async def is_in(self, token: str) -> bool:
        """Whether the access token opens the house. Waits past the second for which the guard believes without asking."""
        self.watch.now += 1.5
        return (await self.ask("GET", "me", token=token)).status == 200

    async def with_factor(self, held: "Held") -> tuple[str, list[str]]:
        """Sets a second factor up: its secret, and the recovery codes. A new half minute has begun then."""
        begun = await (await self.post("second-factor/begin", {"password": PASSWORD}, held.access)).json()
        answer = await self.post("second-factor/confirm", {"code": self.totp(begun["secret"])}, held.access)
        assert answer.status == 200, await answer.text()
        self.watch.now += 30
        return begun["secret"], (await answer.json())["recovery_codes"]

    def totp(self, secret: str) -> str:
        return pyotp.TOTP(secret).at(int(self.watch.now))

    async def events(self, event: str) -> list[Mapping[str, Any]]:
        """What the audit log has of it."""
        return [dict(row) for row in await self.database.fetch("SELECT * FROM audit_log WHERE event = $1 ORDER BY at", event)]


@dataclass(frozen=True)
class Held:
    """What a program holds after a login."""

    access: str
    refresh: str


def held(body: Mapping[str, str]) -> Held:
    return Held(body["access_token"], body["refresh_token"])


async def problem(answer: ClientResponse) -> tuple[int, str]:
    """Status and the last part of the problem's type."""
    body = await answer.json(content_type=None)
    return answer.status, str(body["type"]).removeprefix("/docs#problem-")


@asynccontextmanager
async def open_desk(*, throttled: bool = False, cost: int = 4, url: str = "") -> AsyncIterator[Desk]:
    """A reception with nobody in it; `url` is another database than a fresh one."""
    watch, kv, letters = Watch(), MemoryKv(), Letterbox()
    tokens = Tokens(bytes(range(32)))
    gatehouse = Gatehouse(SecurityPolicy(), tokens, NoKeys(), kv, watch.wall)
    postbox, passwords = Postbox(letters), Passwords(queue=200, cost=cost)
    async with AsyncExitStack() as leaving:
        if url:
            database = await open_database(DatabaseLink(url))
            leaving.push_async_callback(database.close)
        else:
            database = await leaving.enter_async_context(fresh_database())
        folder = Path(leaving.enter_context(tempfile.TemporaryDirectory(prefix="sonicforge-reception-")))
        leaving.push_async_callback(passwords.close)
        reception = Reception(
            Surroundings(
                database=database,
                audit=AuditLog(database, Spool(folder), watch.wall),
                tokens=tokens,
                passwords=passwords,
                second_factor=SecondFactor(bytes(range(32, 64))),
                revocations=gatehouse.revocations,
                limits=Throttle(kv) if throttled else Throttle(kv, GENEROUS),
                postbox=postbox,
                connections=gatehouse.clients,
                base=BASE,
                wall=watch.wall,
            )
        )
        application = Application(middlewares=[clear_answers, clear_refusals])
        gatehouse.hang_into(application)
        add_routes(application, reception.routes(), gatehouse.guard)
        client = await leaving.enter_async_context(TestClient(TestServer(application), cookie_jar=CookieJar(unsafe=True)))
        carrying = asyncio.create_task(postbox.run())
        try:
            yield Desk(client, reception, database, letters, watch, kv)
        finally:
            carrying.cancel()
            with suppress(asyncio.CancelledError):
                await carrying
