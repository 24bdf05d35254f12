"""The SQL of composing: commissions, arms, receptions, and what language models cost."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, Protocol

import msgspec
from asyncpg import Record

from generation.bandit.arm import Arm
from generation.bandit.reward import Reception, Reward
from generation.composer.composer import Commission
from generation.llm.batch_client import HandedIn
from generation.llm.ledger import Spent

_SET_ASIDE: Final = """
INSERT INTO llm_days AS days (day, microdollars) SELECT $1, $2::bigint WHERE $2::bigint <= $3::bigint
ON CONFLICT (day) DO UPDATE SET microdollars = days.microdollars + excluded.microdollars
    WHERE days.microdollars + excluded.microdollars <= $3::bigint
RETURNING microdollars
"""
_BOOK: Final = """
INSERT INTO llm_calls AS sums (day, provider, model, ending, calls, tokens_in, tokens_out, microdollars)
    VALUES ($1, $2, $3, $4, 1, $5, $6, $7)
ON CONFLICT (day, provider, model, ending) DO UPDATE SET calls = sums.calls + 1, tokens_in = sums.tokens_in + excluded.tokens_in,
    tokens_out = sums.tokens_out + excluded.tokens_out, microdollars = sums.microdollars + excluded.microdollars, latest_at = now()
"""
_KEEP_ARM: Final = """
INSERT INTO arms AS kept (station, genre, variant, gains, losses, doubt, credited_total) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (station, genre, variant) DO UPDATE SET gains = excluded.gains, losses = excluded.losses, doubt = excluded.doubt,
    credited_total = kept.credited_total + excluded.credited_total, changed_at = now()
"""


class Reader(Protocol):
    """What is asked of the database (control/database/database.py)."""

    async def fetch(self, sql: str, *args: object) -> list[Record]: ...
    async def fetch_row(self, sql: str, *args: object) -> Record | None: ...
    async def fetch_value(self, sql: str, *args: object) -> Any: ...
    async def execute(self, sql: str, *args: object) -> str: ...


class Connection(Protocol):
    """What is asked of a connection inside a transaction."""

    async def execute(self, query: str, *args: Any) -> str: ...
    async def fetch(self, query: str, *args: Any) -> list[Record]: ...
    async def fetchrow(self, query: str, *args: Any) -> Record | None: ...
    async def fetchval(self, query: str, *args: Any) -> Any: ...


async def note(database: Reader, commission: Commission) -> None:
    """A commission that was given; one that stands there already is left as it is."""
    await database.execute(
        "INSERT INTO commissions (brief_id, station, genre, variant, composed_by, microdollars, document) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (brief_id) DO NOTHING",
        commission.brief.id,
        commission.station,
        commission.brief.genre,
        commission.variant,
        commission.composed_by,
        commission.microdollars,
        msgspec.json.encode(commission.brief).decode(),
    )


async def genre_and_variant(connection: Connection, station: str, brief_id: str) -> tuple[str, str] | None:
    """Of a commission of that station."""
    row = await connection.fetchrow("SELECT genre, variant FROM commissions WHERE station = $1 AND brief_id = $2", station, brief_id)
    return (row["genre"], row["variant"]) if row else None


async def hold_arms(connection: Connection, station: str, genre: str) -> dict[str, Arm]:
    """The arms of a genre; others who change them wait for the transaction's end."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 13))", f"{station}/{genre}")
    rows = await connection.fetch("SELECT variant, gains, losses, doubt FROM arms WHERE station = $1 AND genre = $2", station, genre)
    return {row["variant"]: Arm(row["gains"], row["losses"], row["doubt"]) for row in rows}


async def keep_arms(connection: Connection, station: str, genre: str, arms: Mapping[str, Arm], credited: str) -> None:
    """Writes the arms that the transaction holds; `credited` is the one that was pulled."""
    for variant, arm in arms.items():
        await connection.execute(_KEEP_ARM, station, genre, variant, arm.gains, arm.losses, arm.doubt, int(variant == credited))


async def add_reception(connection: Connection, station: str, entry_id: str, brief_id: str, reception: Reception, reward: Reward) -> bool:
    """Whether it is new: an airing is counted once."""
    added = await connection.fetchval(
        "INSERT INTO receptions (station, entry_id, brief_id, exposed, ups, downs, skips, listened_seconds, offered_seconds, "
        "reward, weight) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING RETURNING true",
        station,
        entry_id,
        brief_id,
        reception.exposed,
        reception.ups,
        reception.downs,
        reception.skips,
        reception.listened_seconds,
        reception.offered_seconds,
        reward.value,
        reward.weight,
    )
    return bool(added)


async def arms_of_genre(database: Reader, station: str, genre: str) -> dict[str, Arm]:
    """Variant -> its evidence."""
    rows = await database.fetch("SELECT variant, gains, losses, doubt FROM arms WHERE station = $1 AND genre = $2", station, genre)
    return {row["variant"]: Arm(row["gains"], row["losses"], row["doubt"]) for row in rows}


async def arms_of_station(database: Reader, station: str) -> dict[str, dict[str, tuple[Arm, int]]]:
    """Genre -> variant -> its evidence, and how many airings were ever credited to it."""
    found: dict[str, dict[str, tuple[Arm, int]]] = {}
    rows = await database.fetch(
        "SELECT genre, variant, gains, losses, doubt, credited_total FROM arms WHERE station = $1 ORDER BY genre, variant", station
    )
    for row in rows:
        found.setdefault(row["genre"], {})[row["variant"]] = (Arm(row["gains"], row["losses"], row["doubt"]), row["credited_total"])
    return found


async def lately_on_air(database: Reader, station: str, most: int) -> list[Record]:
    """genre, bpm, musical_key of what has aired, the latest first."""
    return await database.fetch(
        "SELECT tracks.genre, tracks.bpm, tracks.musical_key FROM play_history JOIN tracks ON tracks.id = play_history.track_id "
        "WHERE play_history.station = $1 ORDER BY play_history.started_at DESC LIMIT $2",
        station,
        most,
    )


async def lately_commissioned(database: Reader, station: str, hours: float, most: int) -> list[Record]:
    """genre, bpm, musical_key of what was commissioned within `hours` and has not aired, the latest first."""
    return await database.fetch(
        "SELECT genre, (document ->> 'bpm')::float AS bpm, document ->> 'key' AS musical_key FROM commissions "
        "WHERE station = $1 AND composed_at > now() - make_interval(secs => $2) "
        "AND NOT EXISTS (SELECT FROM play_history WHERE track_id = commissions.brief_id) ORDER BY composed_at DESC LIMIT $3",
        station,
        3_600.0 * hours,
        most,
    )


async def votes_of_station(database: Reader, station: str, days: float) -> dict[str, tuple[float, float]]:
    """Genre -> ups and downs of the receptions of the last `days`."""
    rows = await database.fetch(
        "SELECT genre, sum(ups)::float AS ups, sum(downs)::float AS downs FROM receptions JOIN commissions USING (brief_id) "
        "WHERE receptions.station = $1 AND credited_at > now() - make_interval(secs => $2) GROUP BY genre",
        station,
        86_400.0 * days,
    )
    return {row["genre"]: (row["ups"], row["downs"]) for row in rows}


async def liked_in_the_house(database: Reader, days: float) -> dict[str, float]:
    """Genre -> the sum of rewards by weight, over all stations, of the last `days`."""
    rows = await database.fetch(
        "SELECT genre, sum(reward * weight) AS liked FROM receptions JOIN commissions USING (brief_id) "
        "WHERE credited_at > now() - make_interval(secs => $1) GROUP BY genre",
        86_400.0 * days,
    )
    return {row["genre"]: row["liked"] for row in rows}


async def set_aside(connection: Reader, day: date, microdollars: int, budget_microdollars: int) -> bool:
    """Adds to the day's sum unless it would pass the budget; one statement, so that many may ask at once."""
    return await connection.fetch_value(_SET_ASIDE, day, microdollars, budget_microdollars) is not None


async def settle(connection: Connection, day: date, set_aside_microdollars: int, spent: Spent) -> None:
    """What was set aside goes, what was spent stays, and the call is booked."""
    await connection.execute(
        "INSERT INTO llm_days AS days (day, microdollars) VALUES ($1, $3::bigint) "
        "ON CONFLICT (day) DO UPDATE SET microdollars = greatest(0, days.microdollars - $2::bigint + $3::bigint)",
        day,
        set_aside_microdollars,
        spent.microdollars,
    )
    await connection.execute(_BOOK, day, spent.provider, spent.model, spent.ending, spent.tokens_in, spent.tokens_out, spent.microdollars)


async def calls_of_day(database: Reader, day: date) -> list[Record]:
    """provider, model, ending, calls, tokens_in, tokens_out, microdollars, latest_at; the dearest first."""
    return await database.fetch(
        "SELECT provider, model, ending, calls, tokens_in, tokens_out, microdollars, latest_at FROM llm_calls WHERE day = $1 "
        "ORDER BY microdollars DESC, provider, model, ending",
        day,
    )


async def sum_of_day(database: Reader, day: date) -> int:
    """Microdollars spent and set aside."""
    return await database.fetch_value("SELECT microdollars FROM llm_days WHERE day = $1", day) or 0


async def cost_of_stations(database: Reader, day: date) -> dict[str, int]:
    """Station -> what the ideas of its commissions of that day (UTC) cost, in microdollars."""
    rows = await database.fetch(
        "SELECT station, sum(microdollars)::bigint AS cost FROM commissions "
        "WHERE composed_at >= $1::date::timestamp AT TIME ZONE 'UTC' AND composed_at < ($1::date + 1)::timestamp AT TIME ZONE 'UTC' "
        "GROUP BY station",
        day,
    )
    return {row["station"]: row["cost"] for row in rows}


async def tell_standing(database: Reader, station: str, document: bytes) -> None:
    """The latest word of a station's composer, as JSON."""
    await database.execute(
        "INSERT INTO composer_standings (station, document) VALUES ($1, $2) "
        "ON CONFLICT (station) DO UPDATE SET document = excluded.document, told_at = now()",
        station,
        document.decode(),
    )


async def standing(database: Reader, station: str) -> Record | None:
    """document (JSON as text), told_at."""
    return await database.fetch_row("SELECT document, told_at FROM composer_standings WHERE station = $1", station)


async def add_batch(database: Reader, handed_in: HandedIn, ideas: int, until: datetime) -> None:
    """A batch that a provider has taken."""
    await database.execute(
        "INSERT INTO llm_batches (provider, batch, day, held_microdollars, ideas, until_at) VALUES ($1, $2, $3, $4, $5, $6) "
        "ON CONFLICT DO NOTHING",
        handed_in.provider,
        handed_in.batch,
        handed_in.held.day,
        handed_in.held.microdollars,
        ideas,
        until,
    )


async def batches_ahead(database: Reader, provider: str) -> list[Record]:
    """batch, booked_at, until_at of those that are not collected, or whose last hour is still to come; the oldest first."""
    return await database.fetch(
        "SELECT batch, booked_at, until_at FROM llm_batches WHERE provider = $1 AND handed_in_at > now() - interval '3 days' "
        "AND (booked_at IS NULL OR until_at > now()) ORDER BY handed_in_at",
        provider,
    )


async def planned_until(database: Reader, provider: str) -> datetime | None:
    """The end of the last hour for which ideas were ordered and are on their way, or came."""
    found: datetime | None = await database.fetch_value(
        "SELECT max(until_at) FROM llm_batches WHERE provider = $1 AND (answered IS NULL OR answered > 0)", provider
    )
    return found


async def book_batch(connection: Connection, batch: str, answered: int, spent: Spent) -> bool:
    """Puts a batch's cost in the place of what was held for it; False if that was done before."""
    row = await connection.fetchrow(
        "UPDATE llm_batches SET booked_at = now(), answered = $3 WHERE provider = $1 AND batch = $2 AND booked_at IS NULL "
        "RETURNING day, held_microdollars",
        spent.provider,
        batch,
        answered,
    )
    if row is None:
        return False
    await settle(connection, row["day"], row["held_microdollars"], spent)
    return True
