"""The studio's real addresses and its real socket, over the database of the fake office. Nobody works in it: a test says how a booking goes
on, as the worker's notes would.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from aiohttp.web import Request, StreamResponse, json_response

from control.api.idempotency import once
from control.api.operation import operations
from control.api.repository import IdempotentRequests
from control.composing.routes import ComposerAddresses
from control.database.database import Database
from control.errors import Unavailable
from control.jobs.service import Jobs
from control.permissions import Permission
from control.pipeline.feed import BookingFeed
from control.pipeline.purse import FreePurse
from control.pipeline.routes import PipelineAddresses
from control.pipeline.service import Pipeline
from control.pipeline.sound_routes import TakeSound
from control.pipeline.studio_routes import StudioAddresses
from server.route import Route
from sonicforge.folders import sound_file
from tests.control.stations.obedient import ObedientStation
from web.bookings import BookingSockets

MADE: Final[dict[str, Any]] = {
    "track_id": "5f" * 8,
    "title": "Copper Line",
    "artist": "The Cardboard Quartet",
    "seconds": 181.2,
    "bpm": 124.0,
    "key": "A minor",
    "backend": "procedural",
    "licence": "CC0-1.0",
    "commercial_ok": True,
    "attribution": "",
    "scores": {"score": 83.0},
}


@dataclass
class FakeStudio:
    """What stands behind the page of the studio."""

    database: Database
    station: ObedientStation
    lines_cut: bool = False
    """Nobody gets a ticket, so no socket can be opened."""
    sounds: Path = Path("nowhere")
    """The folder of takes."""

    def __post_init__(self) -> None:
        self.jobs = Jobs(self.database)
        self.feed = BookingFeed(self.database, "main", time.time, look_seconds=0.3)
        self.sockets = BookingSockets({"main": self.feed})

    def routes(self) -> list[Route]:
        pipeline = Pipeline(self.database, self.jobs, {"main": ("house",)}, FreePurse())
        offered = [
            *operations(PipelineAddresses(pipeline, self.database)),
            *operations(StudioAddresses(self.database, {"main": self.station}, time.time)),
            *operations(TakeSound(self.database, partial(sound_file, self.sounds))),
            *operations(ComposerAddresses(self.database, {"main"}, 1_000_000, time.time)),
        ]
        return [
            *once(offered, IdempotentRequests(self.database)),
            *self.sockets.routes(),
            Route("POST", "/api/v1/tickets", Permission.OWN_ACCOUNT_READ, self.ticket),
        ]

    async def ticket(self, request: Request) -> StreamResponse:
        """The asker's own token: the fake front desk takes it for a ticket."""
        if self.lines_cut:
            raise Unavailable
        return json_response({"ticket": request.headers["Authorization"].removeprefix("Bearer "), "expires_in": 30}, status=201)

    async def latest(self) -> UUID:
        """The booking that was made last."""
        found: UUID = await self.database.fetch_value("SELECT job_id FROM studio_bookings ORDER BY job_id DESC LIMIT 1")
        return found

    async def count(self) -> int:
        found: int = await self.database.fetch_value("SELECT count(*) FROM studio_bookings")
        return found

    async def work_on(self, job_id: UUID, progress: float, words: str) -> None:
        """A worker is at it."""
        sql = "UPDATE jobs SET state = 'running', attempts = 1, started_at = now(), progress = $2, progress_words = $3 WHERE id = $1"
        await self.database.execute(sql, job_id, progress, words)

    async def finish(self, job_id: UUID, result: Mapping[str, Any]) -> None:
        """It is done."""
        await self.database.execute(
            "UPDATE jobs SET state = 'done', progress = 1, queue_id = NULL, finished_at = now(), result = $2::text::jsonb WHERE id = $1",
            *(job_id, json.dumps(result)),
        )

    async def fail(self, job_id: UUID, error: str) -> None:
        """It failed for good."""
        await self.database.execute(
            "UPDATE jobs SET state = 'failed', queue_id = NULL, finished_at = now(), error = $2 WHERE id = $1", *(job_id, error)
        )
