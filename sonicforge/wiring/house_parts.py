"""How the parts of the house stand, for `/health/detailed`: asked for at most once a second, whoever asks."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from control.database.database import Database
from control.errors import DatabaseAway
from control.jobs.service import Jobs
from control.kv.kv import Kv
from control.kv.memory import MemoryKv
from server.door.parts import Part, disk, memory, processor
from server.door.status import Status

KEPT_SECONDS: Final = 1.0
LATE_SECONDS: Final = 60.0
"""A job that has been due for longer has no worker."""


class HouseParts:
    """A server.door.health.AskParts. `monotonic`: seconds."""

    def __init__(
        self, folder: Path, database: Database, kv: Kv, jobs: Jobs, studio: Callable[[], Part], monotonic: Callable[[], float]
    ) -> None:
        self._folder = folder
        self._database = database
        self._kv = kv
        self._jobs = jobs
        self._studio = studio
        self._monotonic = monotonic
        self._kept: dict[str, Part] = {}
        self._asked_at = float("-inf")

    async def __call__(self) -> Mapping[str, Part]:
        """Every part by name."""
        now = self._monotonic()
        if now - self._asked_at >= KEPT_SECONDS:
            self._asked_at = now
            self._kept = {
                "database": await self._ask_database(),
                "redis": self._ask_kv(),
                "objects": self._ask_objects(),
                "jobs": await self._ask_jobs(),
                "studio": self._studio(),
                "cpu": processor(),
                "memory": memory(),
                "disk": disk(self._folder),
            }
        return self._kept

    async def _ask_database(self) -> Part:
        try:
            await self._database.ping()
        except DatabaseAway as away:
            reason = (
                f"It does not answer{f': {away.detail}' if away.detail else ''}. The air goes on; accounts, votes and uploads must wait."
            )
            return Part(Status.DOWN, reason, self._database.report())
        return Part(Status.OK, "It answers.", self._database.report())

    def _ask_kv(self) -> Part:
        total = self._kv.statistics.total
        statistics = {"cached_reads": total.hits + total.misses, "hit_ratio": round(total.ratio, 4)}
        if isinstance(self._kv, MemoryKv):
            return Part(Status.OK, "None is set up: each process keeps its own, which is all that one front needs.", statistics)
        if self._kv.away:
            return Part(Status.DEGRADED, f"It is away ({self._kv.reason}); this front helps itself from memory.", statistics)
        return Part(Status.OK, "It answers.", statistics)

    def _ask_objects(self) -> Part:
        """Takes and uploads lie in the state folder."""
        if os.access(self._folder, os.W_OK | os.X_OK):
            return Part(Status.OK, "Takes and uploads lie in the state folder, which can be written.", {"store": "folder"})
        return Part(Status.DOWN, f"{self._folder} cannot be written: takes and uploads are lost. See to its owner and to the disk.")

    async def _ask_jobs(self) -> Part:
        try:
            standing = await self._jobs.standing()
        except DatabaseAway:
            return Part(Status.DEGRADED, "The database is away; jobs wait there.")
        figures = {"queued": standing.queued, "running": standing.running, "failed": standing.failed, "dead": standing.dead}
        if standing.oldest_due_seconds > LATE_SECONDS:
            return Part(Status.DEGRADED, f"A job has waited for {standing.oldest_due_seconds:.0f} s: see whether a worker runs.", figures)
        if standing.dead:
            return Part(Status.DEGRADED, f"{standing.dead} jobs have failed for good: see /api/v1/admin/jobs?state=dead.", figures)
        return Part(Status.OK, f"{standing.queued} wait, {standing.running} run.", figures)
