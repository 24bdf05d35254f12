"""The SQL of what was listened to: batches are added, old rows go."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, Protocol

from server.nowplaying.listeners import Listening

ADD: Final = """
    INSERT INTO listening (station, output, mount, country, began_at, seconds, who)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::real[], $7::bytea[])
    ON CONFLICT DO NOTHING"""
FORGET: Final = """
    DELETE FROM listening WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM listening WHERE began_at < $1 LIMIT $2
    ))"""


class Writer(Protocol):
    """What is asked of the database (control/database/database.py)."""

    async def execute(self, sql: str, *args: object) -> str: ...


async def add(database: Writer, batch: Sequence[Listening]) -> None:
    """Adds what is not there yet. Raises DatabaseAway."""
    await database.execute(
        ADD,
        [each.place.station for each in batch],
        [each.place.output for each in batch],
        [each.place.mount for each in batch],
        [each.country for each in batch],
        [datetime.fromtimestamp(each.began_at, UTC) for each in batch],
        [each.seconds for each in batch],
        [each.pseudonym for each in batch],
    )


async def forget(database: Writer, before: datetime, most: int) -> int:
    """Removes at most so many that began before then; how many it were. Raises DatabaseAway."""
    removed = await database.execute(FORGET, before, most)
    return int(removed.rpartition(" ")[2])
