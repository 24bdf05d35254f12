"""A house with a studio of cardboard: the addresses of the pipeline behind a guard that knows people by role and plan, a real database,
and a workshop that makes short takes as fast as it is told to."""

import threading
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import numpy as np
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request, StreamResponse

from control.api.idempotency import once
from control.api.limiting import limited
from control.api.operation import operations
from control.api.problems import clear_refusals
from control.api.repository import IdempotentRequests
from control.api.routes import api_routes
from control.database.database import Database
from control.errors import Forbidden, Unauthenticated
from control.identity.request import CLIENT, PRINCIPAL
from control.jobs.service import Jobs
from control.permissions import PUBLIC, Permission, Role
from control.pipeline.duty import NotQueued, pipeline_duties
from control.pipeline.purse import FreePurse, Purse
from control.pipeline.routes import PipelineAddresses
from control.pipeline.service import Pipeline
from control.pipeline.sound_routes import TakeSound
from control.pipeline.studio_routes import StudioAddresses
from control.principal import ANONYMOUS
from control.tiers import Tier
from generation.backend import Backend, Progress
from generation.brief import Brief
from generation.errors import StudioError
from generation.licence import Licence
from generation.take import Take
from server.door.answers import clear_answers
from server.route import Endpoint, add_routes
from sonicforge.folders import sound_file
from tests.control.jobs.works import opened
from tests.control.stations.obedient import ObedientStation, person

WALL = 1_800_000_000.0
RUN, BATCH, JOBS = "/api/v1/pipeline/run", "/api/v1/generate_batch", "/api/v1/pipeline/jobs"
MIT = Licence("MIT", commercial_ok=True, weights="tiny 1")


def take_of(brief: Brief, **more: Any) -> Take:
    """Half a second of nothing in particular."""
    told = {"title": f"Take {brief.seed}", "artist": "Cardboard", "bpm": brief.bpm or 120.0, "key": brief.key or "A minor"}
    samples = np.full((2, 24_000), 0.1, np.float32)
    return Take(samples, brief, **{**told, "sections": (), "provenance": {"backend": "cardboard", "revision": "1"}, "licence": MIT, **more})


@dataclass
class Workshop:
    """Makes takes: fails, refuses or waits when told to, and keeps what it is given."""

    fails: list[StudioError] = field(default_factory=list)
    """Raised one after the other, before anything is made."""
    hold: threading.Event = field(default_factory=threading.Event)
    begun: threading.Event = field(default_factory=threading.Event)
    called_off: int = 0
    seeds: list[int] = field(default_factory=list)
    kept: dict[str, list[Take]] = field(default_factory=dict)
    queued: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Command id -> station and track."""
    away: bool = False

    def __post_init__(self) -> None:
        self.hold.set()

    def make(self, station: str, brief: Brief, progress: Progress) -> Take:  # noqa: ARG002
        self.seeds.append(brief.seed)
        if self.fails:
            raise self.fails.pop(0)
        self.begun.set()
        try:
            progress(0.5, "drums")
            while not self.hold.wait(0.01):
                progress(0.5, "drums")
        except StudioError:
            self.called_off += 1
            raise
        return take_of(brief, scores={"score": 81.5, "balance": 0.9})

    def keep(self, station: str, take: Take) -> None:
        self.kept.setdefault(station, []).append(take)

    @contextmanager
    def alone(self) -> Iterator[Sequence[Backend]]:
        yield []

    async def cue(self, station: str, track_id: str, command_id: str) -> str:
        if self.away:
            raise NotQueued("no station is on air")
        self.queued[command_id] = (station, track_id)
        return f"q-{len(self.queued)}"

    def duties(self) -> list[Any]:
        return pipeline_duties(self.make, self.keep, self.alone, self.cue)


def guard(permission: str, endpoint: Endpoint) -> Endpoint:
    """`Bearer dj` or `Bearer user/premium`."""

    async def guarded(request: Request) -> StreamResponse:
        role, _, tier = (request.headers.get("Authorization") or "").removeprefix("Bearer ").partition("/")
        request[PRINCIPAL] = person(Role(role), Tier(tier or "free")) if role in set(Role) else ANONYMOUS
        request[CLIENT] = "192.0.2.1"
        if permission != PUBLIC and not request[PRINCIPAL].may(Permission(permission)):
            raise Forbidden if role in set(Role) else Unauthenticated
        return await endpoint(request)

    return guarded


class Buckets:
    """Limits that stand in nobody's way."""

    async def tokens(self, key: str, rate_per_second: float, burst: int, cost: int = 1) -> float:  # noqa: ARG002
        return 0.0


@dataclass
class House:
    """What a test may reach for."""

    client: TestClient[Request, Application]
    database: Database
    url: str
    jobs: Jobs
    stations: dict[str, ObedientStation]
    sounds: Path
    """The folder of takes."""

    async def ask(self, method: str, path: str, who: str, body: object = None, **headers: str) -> tuple[int, Any]:
        """The status, and the JSON that came with it."""
        sent = {"Authorization": f"Bearer {who}", **{name.replace("_", "-"): value for name, value in headers.items()}}
        answer = await self.client.request(method, path, json=body, headers=sent)
        return answer.status, await answer.json() if answer.content_type.endswith("json") else None

    async def booked(self, who: str, body: object, path: str = RUN) -> Any:
        status, told = await self.ask("POST", path, who, body)
        assert status == 202, told
        return told

    async def told(self, job_id: str | UUID, who: str = "admin") -> Any:
        status, told = await self.ask("GET", f"{JOBS}/{job_id}", who)
        assert status == 200, told
        return told


@asynccontextmanager
async def served(
    database: Database,
    jobs: Jobs,
    purse: Purse | None = None,
    stations: Mapping[str, ObedientStation] | None = None,
    sounds: Path | None = None,
) -> AsyncIterator[TestClient[Request, Application]]:
    """The addresses with their document and their limits, on a real socket."""
    stations = stations or {"main": ObedientStation(lambda _: None, "main")}
    genres = {"main": ("house", "techno"), "night": ("ambient",)}
    pipeline = Pipeline(database, jobs, {name: genres[name] for name in stations}, purse or FreePurse())
    offered = [
        *operations(PipelineAddresses(pipeline, database)),
        *operations(StudioAddresses(database, stations, lambda: WALL)),
        *operations(TakeSound(database, partial(sound_file, sounds or Path("nowhere")))),
    ]
    routes = limited(once(offered, IdempotentRequests(database)), Buckets())
    application = Application(middlewares=[clear_answers, clear_refusals], client_max_size=1_000_000)
    add_routes(application, [*routes, *api_routes(routes, "Pipeline", "1")], guard)
    async with TestClient(TestServer(application)) as client:
        yield client


@asynccontextmanager
async def house(purse: Purse | None = None) -> AsyncIterator[House]:
    """Two stations, `main` and `night`, and an account for each role."""
    async with opened() as around:
        for role in Role:
            sql = "INSERT INTO accounts (id, email, role, state) VALUES ($1, $2, $3, 'active')"
            await around.database.execute(sql, person(role).account_id, f"{role.value}@example.org", role.value)
        stations = {name: ObedientStation(lambda _: None, name) for name in ("main", "night")}
        with TemporaryDirectory() as folder:
            sounds = Path(folder)
            async with served(around.database, around.jobs, purse, stations, sounds) as client:
                yield House(client, around.database, around.url, around.jobs, stations, sounds)
