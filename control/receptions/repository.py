"""The SQL of receptions: what fronts tell of audiences, and which airings of the studio's wait to be credited."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, Protocol

from asyncpg import Record

from control.receptions.audience import AudienceTold

_ADD: Final = """
INSERT INTO audiences (station, entry_id, front, began_at, exposed, left_early, listened_seconds, offered_seconds)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::int[], $6::int[], $7::float8[], $8::float8[])
ON CONFLICT DO NOTHING
"""
_WAITING: Final = """
SELECT played.station, played.entry_id, played.track_id, played.started_at, played.ended_at, played.offset_seconds,
    next.reason AS next_reason,
    (tracks.document ->> 'start_next_frames')::float8 - (tracks.document ->> 'cue_in_frames')::float8 AS whole_frames,
    coalesce(heard.exposed, 0) AS exposed, coalesce(heard.left_early, 0) AS left_early,
    coalesce(heard.listened_seconds, 0) AS listened_seconds, coalesce(heard.offered_seconds, 0) AS offered_seconds
FROM play_history AS played
JOIN commissions ON commissions.brief_id = played.track_id AND commissions.station = played.station
JOIN LATERAL (
    SELECT later.entry_id, later.reason FROM play_history AS later
    WHERE later.station = played.station AND later.started_at > played.started_at ORDER BY later.started_at LIMIT 1
) AS next ON next.entry_id <> played.entry_id
LEFT JOIN tracks ON tracks.id = played.track_id
LEFT JOIN LATERAL (
    SELECT sum(exposed)::int AS exposed, sum(left_early)::int AS left_early,
        sum(listened_seconds) AS listened_seconds, sum(offered_seconds) AS offered_seconds
    FROM audiences WHERE audiences.station = played.station AND audiences.entry_id = played.entry_id
) AS heard ON true
WHERE played.ended_at BETWEEN now() - $1::interval AND now() - $2::interval
    AND NOT EXISTS (SELECT FROM receptions WHERE receptions.station = played.station AND receptions.entry_id = played.entry_id)
ORDER BY played.ended_at LIMIT $3
"""


class Reader(Protocol):
    """What is asked of the database (control/database/database.py)."""

    async def fetch(self, sql: str, *args: object) -> list[Record]: ...
    async def execute(self, sql: str, *args: object) -> str: ...


async def add_audiences(database: Reader, told: Sequence[AudienceTold]) -> None:
    """Adds what is not there yet. Raises DatabaseAway."""
    columns = [list(column) for column in zip(*(one.row() for one in told), strict=True)]
    if columns:
        await database.execute(_ADD, *columns)


async def waiting(database: Reader, oldest: timedelta, settled: timedelta, most: int) -> list[Record]:
    """Ended airings of commissioned takes that nobody has credited, the oldest first. Of one that a restart has split, the last part."""
    return await database.fetch(_WAITING, oldest, settled, most)


async def forget(database: Reader, after: timedelta) -> int:
    """Removes what was told so long ago; how many rows. Raises DatabaseAway."""
    removed = await database.execute("DELETE FROM audiences WHERE told_at < now() - $1::interval", after)
    return int(removed.rpartition(" ")[2])
