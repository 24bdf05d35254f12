"""The SQL of the pipeline: bookings with their jobs, what an account has booked today, takes as the studio made them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

import msgspec
from asyncpg import Record

from control.database.server import Connection
from control.jobs.job import Job, State
from control.jobs.repository import job_of
from control.pipeline.booking import MAKE, MEASURE, Booked
from server.catalogue.catalogue import SCORES

_KINDS: Final = [MAKE.name, MEASURE.name]
_BOOKINGS: Final = """
SELECT jobs_seen.*, studio_bookings.station, studio_bookings.brief::text AS brief, studio_bookings.air, studio_bookings.booked_at
FROM studio_bookings JOIN jobs_seen ON jobs_seen.id = studio_bookings.job_id
"""
_UNCOUNTED: Final = "(jobs.state IN ('failed', 'dead') OR (jobs.state = 'cancelled' AND jobs.attempts = 0))"
"""The house's failures, and what nobody had begun, cost nobody anything."""
_BOOKED_TODAY: Final = f"""
SELECT count(*) FROM studio_bookings LEFT JOIN jobs ON jobs.id = studio_bookings.job_id
WHERE studio_bookings.account_id = $1 AND brief IS NOT NULL AND booked_at >= date_trunc('day', now(), 'UTC')
    AND NOT coalesce({_UNCOUNTED}, false)
"""
_MIDNIGHT: Final = "date_trunc('day', now(), 'UTC') + interval '1 day'"


class Reader(Protocol):
    """What is asked of the database (control/database/database.py)."""

    async def read(self, sql: str, *args: object) -> list[Record]: ...
    async def fetch(self, sql: str, *args: object) -> list[Record]: ...
    async def fetch_row(self, sql: str, *args: object) -> Record | None: ...
    async def fetch_value(self, sql: str, *args: object) -> Any: ...
    async def execute(self, sql: str, *args: object) -> str: ...


class Writer(Protocol):
    """What is asked of the database to tell of agents."""

    async def execute(self, sql: str, *args: object) -> str: ...


@dataclass(frozen=True, slots=True)
class Booking:
    """A job of the pipeline with what it was booked for."""

    job: Job
    station: str
    booked: Booked | None
    """None: the backends are measured."""


async def hold_account(connection: Connection, account_id: UUID | None) -> None:
    """Others who book for the same account wait for the transaction's end, so none counts what another is adding."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 14))", str(account_id))


async def free_ended(connection: Connection, keys: Sequence[str]) -> None:
    """Keys of jobs that have ended are free; a worker that is killed frees none."""
    await connection.execute(
        "UPDATE jobs SET dedupe_key = NULL WHERE kind = any($1) AND dedupe_key = any($2) AND finished_at IS NOT NULL", *(_KINDS, list(keys))
    )


async def note(connection: Connection, job_id: UUID, account_id: UUID | None, station: str, booked: Booked | None, paid: int) -> None:
    """A booking, beside its job; the day's oldest leftovers go."""
    await connection.execute(
        """INSERT INTO studio_bookings (job_id, station, account_id, brief, air, credits) VALUES ($1, $2, $3, $4::text::jsonb, $5, $6)
        ON CONFLICT (job_id) DO NOTHING""",
        *(job_id, station, account_id, None if booked is None else booked.model_dump_json(), booked is not None and booked.air, paid),
    )
    await connection.execute(
        """DELETE FROM studio_bookings WHERE job_id IN (SELECT job_id FROM studio_bookings WHERE booked_at < now() - interval '2 days'
        AND NOT EXISTS (SELECT FROM jobs WHERE jobs.id = job_id) ORDER BY booked_at LIMIT 100)"""
    )


async def booked_today(connection: Connection, account_id: UUID) -> int:
    """How many takes count for this day (UTC)."""
    return int(await connection.fetchval(_BOOKED_TODAY, account_id))


async def seconds_to_midnight(connection: Connection) -> float:
    """Until the day (UTC) ends."""
    return float(await connection.fetchval(f"SELECT extract(epoch FROM {_MIDNIGHT} - now())"))


async def day_of(database: Reader, account_id: UUID) -> tuple[int, datetime]:
    """How many takes count for this day (UTC), and when it ends."""
    row = await database.fetch_row(f"SELECT ({_BOOKED_TODAY}) AS booked, {_MIDNIGHT} AS ends", account_id)
    assert row is not None, "it selects no table"
    return row["booked"], row["ends"]


async def find(database: Reader, job_id: UUID) -> Booking | None:
    row = await database.fetch_row(f"{_BOOKINGS} WHERE job_id = $1", job_id)
    return None if row is None else _booking(row)


async def bookings(database: Reader, job_ids: Sequence[UUID]) -> list[Booking]:
    """In the order of the ids."""
    rows = await database.fetch(f"{_BOOKINGS} WHERE job_id = any($1)", list(job_ids))
    found = {row["id"]: _booking(row) for row in rows}
    return [found[job_id] for job_id in job_ids if job_id in found]


async def page(
    database: Reader, station: str, account_id: UUID | None, state: State | None, before: UUID | None, limit: int
) -> list[Booking]:
    """The newest first; `account_id`: of that one alone."""
    rows = await database.fetch(
        f"""{_BOOKINGS} WHERE studio_bookings.station = $1 AND ($2::uuid IS NULL OR studio_bookings.account_id = $2)
        AND ($3::text IS NULL OR state = $3) AND ($4::uuid IS NULL OR job_id < $4) ORDER BY job_id DESC LIMIT $5""",
        *(station, account_id, state and state.value, before, limit),
    )
    return [_booking(row) for row in rows]


async def under_way(database: Reader, station: str, since: datetime, limit: int) -> list[Booking]:
    """Bookings that wait or run, and those that have ended since; the oldest first."""
    rows = await database.fetch(
        f"""{_BOOKINGS} WHERE studio_bookings.station = $1 AND (finished_at IS NULL OR finished_at >= $2) ORDER BY job_id LIMIT $3""",
        *(station, since, limit),
    )
    return [_booking(row) for row in rows]


async def ahead_of(database: Reader, jobs: Sequence[Job]) -> dict[UUID, int]:
    """Of those that wait: how many of the pipeline's jobs are done before."""
    waiting = [job.id for job in jobs if job.state is State.QUEUED]
    if not waiting:
        return {}
    rows = await database.fetch(
        """SELECT mine.id, (SELECT count(*) FROM pgqueuer AS other WHERE other.entrypoint = any($2)
            AND (other.status = 'picked' OR other.priority > place.priority OR (other.priority = place.priority AND other.id < place.id)))
            AS ahead
        FROM jobs AS mine JOIN pgqueuer AS place ON place.id = mine.queue_id WHERE mine.id = any($1)""",
        *(waiting, _KINDS),
    )
    return {row["id"]: row["ahead"] for row in rows}


async def takes(database: Reader, station: str, before: tuple[datetime, str] | None, limit: int) -> list[Record]:
    """What the studio made for that station, the newest first, with when it aired last."""
    return await database.fetch(
        """SELECT id, title, artist, genre, seconds, bpm, musical_key, licence, provenance::text AS provenance, created_at,
            (SELECT max(started_at) FROM play_history WHERE play_history.station = $1 AND track_id = tracks.id) AS aired_at
        FROM tracks WHERE source = 'studio' AND tracks.station = $1 AND in_catalogue
        AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3)) ORDER BY created_at DESC, id DESC LIMIT $4""",
        *(station, *(before or (None, None)), limit),
    )


async def may_hear(database: Reader, track_id: str, account_id: UUID | None, *, everything: bool) -> bool:
    """Whether the studio made that track and, unless `everything` may be heard, made it for a booking of that account."""
    found = await database.fetch_value(
        """SELECT EXISTS (SELECT FROM tracks WHERE id = $1 AND source = 'studio') AND ($3 OR EXISTS (
            SELECT FROM studio_bookings JOIN jobs ON jobs.id = job_id
            WHERE studio_bookings.account_id = $2 AND jobs.result ->> 'track_id' = $1))""",
        *(track_id, account_id, everything),
    )
    return bool(found)


async def unaired(database: Reader, station: str) -> tuple[int, float]:
    """How many takes wait to be heard for the first time, and how many seconds of music that is."""
    row = await database.fetch_row(
        """SELECT count(*) AS takes, coalesce(sum(seconds), 0)::float8 AS seconds FROM tracks
        WHERE source = 'studio' AND tracks.station = $1 AND in_catalogue AND approved
        AND NOT EXISTS (SELECT FROM play_history WHERE play_history.station = $1 AND track_id = tracks.id)""",
        station,
    )
    return (row["takes"], row["seconds"]) if row else (0, 0.0)


async def tell_standings(database: Writer, documents: bytes) -> None:
    """The latest word of some agents, as a list in JSON."""
    await database.execute(
        """INSERT INTO agent_standings (station, agent, document)
        SELECT one ->> 'station', one ->> 'agent', one FROM jsonb_array_elements($1::text::jsonb) AS one
        ON CONFLICT (station, agent) DO UPDATE SET document = excluded.document, told_at = now()""",
        documents.decode(),
    )


async def standings_of(database: Reader, station: str) -> list[Record]:
    """agent, document (JSON as text), told_at."""
    return await database.fetch("SELECT agent, document::text AS document, told_at FROM agent_standings WHERE station = $1", station)


def _booking(row: Record) -> Booking:
    booked = None if row["brief"] is None else Booked.model_validate_json(row["brief"])
    return Booking(job_of(row), row["station"], booked)


def scores_of(provenance: str) -> tuple[dict[str, str], dict[str, float]]:
    """A take's provenance as it is kept, and the critic's scores that stand in it as `name=value`, with spaces between."""
    told: dict[str, str] = msgspec.json.decode(provenance)
    pairs = (pair.partition("=") for pair in told.get(SCORES, "").split())
    return told, {name: number for name, _, text in pairs if (number := _number(text)) is not None}


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
