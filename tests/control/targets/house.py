"""The targets' addresses over a real PostgreSQL, with the files that the pusher would read and write."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request

from control.api.operation import operations
from control.audit.log import AuditLog
from control.audit.spool import Spool
from control.database.database import Database
from control.permissions import Role
from control.targets.mirror import Mirror
from control.targets.routes import TargetAddresses
from control.targets.service import Targets
from control.targets.standing import Standings
from control.targets.whereabouts import Whereabouts
from server.rtmp.sealed import unseal
from server.rtmp.status import PushReport, TargetStatus, write_report
from server.rtmp.target import Target
from tests.control.postgres import fresh_database
from tests.control.stations.obedient import bearer, office

NOW = 1_800_000_000.0
SECRETS = (bytes(range(48)), bytes(range(48, 96)))
KEY = "canary-7f3a-9c21-e5d0"
PLAIN = {"platform": "custom", "name": "Studio", "address": "rtmp://ingest.example/app", "key": KEY, "enabled": True}
NUMBERS = {"ingest.example": ["93.184.215.14"], "inside.example": ["10.0.0.7"], "both.example": ["93.184.215.14", "127.0.0.1"]}
"""What names point to, in this world."""


@dataclass
class House:
    """What a test may reach for."""

    client: TestClient[Request, Application]
    database: Database
    mirror: Mirror
    folder: Path

    async def ask(
        self, method: str, path: str = "", body: Mapping[str, object] | None = None, role: Role = Role.ADMIN, station: str = "main"
    ) -> ClientResponse:
        answer = await self.client.request(method, f"/api/v1/stations/{station}/targets{path}", json=body, headers=bearer(role))
        await answer.read()
        return answer

    async def add(self, **more: object) -> dict[str, Any]:
        answer = await self.ask("POST", body={**PLAIN, **more})
        assert answer.status == 201, await answer.text()
        made: dict[str, Any] = await answer.json()
        return made

    async def listed(self, station: str = "main") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await (await self.ask("GET", station=station)).json())["items"]
        return found

    @property
    def file(self) -> Path:
        return self.folder / "main.sealed"

    def mirrored(self) -> tuple[Target, ...]:
        """What the pusher would read."""
        return unseal(self.file.read_bytes(), SECRETS, "main")

    def push(self, *statuses: TargetStatus, at: float = NOW) -> None:
        """What the pusher would write."""
        write_report(self.folder / "main.pusher.json", PushReport(at, statuses))

    async def events(self) -> list[Mapping[str, Any]]:
        return [dict(row) for row in await self.database.fetch("SELECT * FROM audit_log ORDER BY at, written_at")]


async def look_up(host: str) -> Sequence[str]:
    return NUMBERS.get(host, [host] if host[:1].isdigit() or ":" in host else [])


@asynccontextmanager
async def house(folder: Path, secrets: tuple[bytes, ...] = SECRETS, database: Database | None = None) -> AsyncIterator[House]:
    """Two stations, main and night."""
    if database is None:
        async with fresh_database() as fresh, house(folder, secrets, fresh) as one:
            yield one
        return
    mirror = Mirror(database, {name: folder / f"{name}.sealed" for name in ("main", "night")}, secrets)
    targets = Targets(
        database=database,
        audit=AuditLog(database, Spool(folder / "audit"), lambda: NOW),
        mirror=mirror,
        whereabouts=Whereabouts(look_up=look_up),
        secrets=secrets,
        stations={"main", "night"},
        wall=count(NOW).__next__,
    )
    standings = Standings(lambda station: folder / f"{station}.pusher.json", lambda: NOW)
    async with office(operations(TargetAddresses(targets, standings))) as client:
        yield House(client, database, mirror, folder)
