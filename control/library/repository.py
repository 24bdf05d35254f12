"""The library's SQL: tracks as they are searched and changed, uploads counted, play history added and read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Protocol
from uuid import UUID

import msgspec
from asyncpg import Record

from control.library.played import BEGINNING, Place, Played
from control.library.stored_track import StoredTrack, columns_of, stored_track
from control.library.wanted import After, AfterAiring, Sort, Wanted
from dsp.fingerprint import Fingerprint
from server.track import Track

_COLUMNS: Final = (
    "id, genre, licence, bpm, musical_key, wheel, energy, score, approved, in_catalogue, uploaded_by, version, created_at, "
    "document::text AS document"
)
_FOLLOWED: Final = (
    *("id", "title", "artist", "album", "genre", "station", "source", "licence", "provenance", "seconds", "loudness_lufs"),
    *("bpm", "musical_key", "wheel", "energy", "quality", "features", "features_model", "document"),
)
"""What a row takes from its sidecar."""
_PRINTED: Final = ("fingerprint", "fingerprint_index")
"""And from what is kept beside it."""
_SIDECARS: Final = (
    "jsonb_to_recordset($1::text::jsonb) AS sidecar (id text, title text, artist text, album text, genre text, station text, source text, "
    "licence text, provenance jsonb, seconds real, loudness_lufs real, bpm real, musical_key text, wheel integer, energy real, "
    "quality real, features real[], features_model text, document jsonb, created_at timestamptz, fingerprint integer[], "
    "fingerprint_index integer[])"
)
_LIST: Final = ", ".join(_FOLLOWED)
_WHOLE: Final = ", ".join((*_FOLLOWED, *_PRINTED))
_TAKEN: Final = ", ".join(f"{name} = excluded.{name}" for name in (*_FOLLOWED[1:], *_PRINTED))
FOLLOW: Final = f"""
    INSERT INTO tracks ({_WHOLE}, in_catalogue, created_at)
    SELECT {_WHOLE}, true, coalesce(created_at, now()) FROM {_SIDECARS}
    ON CONFLICT (id) DO UPDATE
    SET {_TAKEN}, in_catalogue = true, version = tracks.version + 1, updated_at = now(),
        likeness = CASE WHEN tracks.features IS NOT DISTINCT FROM excluded.features THEN tracks.likeness END,
        compared = tracks.compared AND tracks.fingerprint IS NOT DISTINCT FROM excluded.fingerprint
            AND tracks.features IS NOT DISTINCT FROM excluded.features
    WHERE tracks.document IS DISTINCT FROM excluded.document OR NOT tracks.in_catalogue
        OR tracks.fingerprint IS DISTINCT FROM excluded.fingerprint"""
ADD_UPLOAD: Final = f"""
    INSERT INTO tracks ({_LIST}, created_at, approved, in_catalogue, uploaded_by, uploaded_at, file_bytes)
    SELECT {_LIST}, now(), $2, $2, $3, now(), $4 FROM {_SIDECARS}
    ON CONFLICT (id) DO NOTHING"""
CHANGE: Final = f"""
    UPDATE tracks
    SET ({_LIST}) = (SELECT {_LIST} FROM {_SIDECARS}), approved = $2, in_catalogue = $3, version = version + 1, updated_at = now()
    WHERE id = $4
    RETURNING {_COLUMNS}"""
ADD_PLAYED: Final = """
    INSERT INTO play_history (station, entry_id, track_id, title, artist, reason, started_at, ended_at, started_position, offset_seconds)
    SELECT $2, entry_id, track_id, title, artist, reason, started_at, ended_at, started_position, offset_seconds
    FROM jsonb_to_recordset($1::text::jsonb) AS played (entry_id text, track_id text, title text, artist text, reason text,
        started_at timestamptz, ended_at timestamptz, started_position bigint, offset_seconds real)
    ON CONFLICT DO NOTHING"""
_PLACE_OF: Final = {
    Sort.NEWEST: "created_at",
    Sort.SCORE: "score",
    Sort.BPM: "coalesce(bpm, 0)",
    Sort.KEY: "coalesce(wheel, 0)",
    Sort.ENERGY: "coalesce(energy, 0)",
}


class Connection(Protocol):
    """What is asked of a connection inside a transaction."""

    async def execute(self, query: str, *args: Any) -> str: ...
    async def fetchrow(self, query: str, *args: Any) -> Record | None: ...
    async def fetchval(self, query: str, *args: Any) -> Any: ...


class Reader(Protocol):
    """What is asked of the database (control/database/database.py)."""

    async def read(self, sql: str, *args: object) -> list[Record]: ...
    async def fetch(self, sql: str, *args: object) -> list[Record]: ...
    async def fetch_row(self, sql: str, *args: object) -> Record | None: ...
    async def execute(self, sql: str, *args: object) -> str: ...


def page_question(wanted: Wanted, sort: Sort, limit: int, after: After | None, *, rising: bool = False) -> tuple[str, list[object]]:
    """The SQL of one page, and its values. Every text in it stands in this file; what was asked for travels as values."""
    conditions, values = _conditions(wanted)
    place = _PLACE_OF[sort]
    if after is not None:
        values += [after.value, after.id]
        conditions.append(f"({place}, id) {'>' if rising else '<'} (${len(values) - 1}, ${len(values)})")
    values.append(limit)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    direction = "ASC" if rising else "DESC"
    order = f"ORDER BY {place} {direction}, id {direction}"
    # The page is found first, by what stands in an index, and then read: the rows that match and are not on it stay unread.
    found = f"SELECT id FROM tracks {where} {order} LIMIT ${len(values)}"
    return f"SELECT {_COLUMNS} FROM tracks WHERE id IN ({found}) {order}", values


def _conditions(wanted: Wanted) -> tuple[list[str], list[object]]:
    conditions: list[str] = []
    values: list[object] = []
    for value, condition in (
        (wanted.genre, "genre = ${}"),
        (wanted.key, "musical_key = ${}"),
        (wanted.wheel, "wheel = ${}"),
        (wanted.energy_from, "energy >= ${}"),
        (wanted.energy_to, "energy <= ${}"),
        (wanted.bpm_from, "bpm >= ${}"),
        (wanted.bpm_to, "bpm <= ${}"),
        (wanted.words, "search @@ words_sought(${})"),
    ):
        if value is not None:
            values.append(value)
            conditions.append(condition.format(len(values)))
    if wanted.approved is not None:
        conditions.append("approved" if wanted.approved else "NOT approved")  # as a word: the partial index must be provable
    return conditions, values


async def page(database: Reader, wanted: Wanted, sort: Sort, limit: int, after: After | None, *, rising: bool = False) -> list[StoredTrack]:
    """The first `limit` tracks that match, behind `after`."""
    sql, values = page_question(wanted, sort, limit, after, rising=rising)
    return [stored_track(row) for row in await database.read(sql, *values)]


async def one(database: Reader, track_id: str) -> StoredTrack | None:
    """The track of that id."""
    row = await database.fetch_row(f"SELECT {_COLUMNS} FROM tracks WHERE id = $1", track_id)
    return stored_track(row) if row else None


async def one_to_change(connection: Connection, track_id: str) -> StoredTrack | None:
    """The same, held until the transaction ends."""
    row = await connection.fetchrow(f"SELECT {_COLUMNS} FROM tracks WHERE id = $1 FOR UPDATE", track_id)
    return stored_track(row) if row else None


async def change(connection: Connection, track: Track, *, approved: bool, in_catalogue: bool) -> StoredTrack:
    """Writes sidecar and approval anew, of a row that the transaction holds."""
    row = await connection.fetchrow(CHANGE, _encoded([track]), approved, in_catalogue, track.id)
    assert row is not None, "the row is held"
    return stored_track(row)


async def follow(database: Reader, tracks: Sequence[Track], fingerprints: Mapping[str, Fingerprint] = MappingProxyType({})) -> None:
    """Brings the rows of these sidecars in step with them. `fingerprints`: by track, of those that have one."""
    await database.execute(FOLLOW, _encoded(tracks, fingerprints))


async def stepped_out(database: Reader, in_catalogue: Collection[str]) -> None:
    """Marks the rows of all other tracks as not in the catalogue."""
    await database.execute(
        "UPDATE tracks SET in_catalogue = false, version = version + 1, updated_at = now() WHERE in_catalogue AND id <> ALL ($1::text[])",
        list(in_catalogue),
    )


async def at_odds(database: Reader) -> list[StoredTrack]:
    """Rows whose approval the catalogue does not follow: approved uploads without a sidecar, sidecars that are not approved."""
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM tracks WHERE (in_catalogue AND NOT approved) "
        "OR (approved AND NOT in_catalogue AND uploaded_by IS NOT NULL) LIMIT 500"
    )
    return [stored_track(row) for row in rows]


async def uploads_since(connection: Connection, account_id: UUID, since: datetime) -> tuple[int, int]:
    """How many an account has sent since then, and the bytes of all that it ever sent. Its other uploads wait for the transaction's end."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1::text, 8))", str(account_id))
    row = await connection.fetchrow(
        "SELECT count(*) FILTER (WHERE uploaded_at >= $2) AS sent, coalesce(sum(file_bytes), 0)::bigint AS bytes "
        "FROM tracks WHERE uploaded_by = $1",
        account_id,
        since,
    )
    assert row is not None
    return row["sent"], row["bytes"]


async def add_upload(connection: Connection, track: Track, *, approved: bool, account_id: UUID, file_bytes: int) -> bool:
    """Adds an upload, in the catalogue if it is approved; False if the table has a track of that content."""
    return await connection.execute(ADD_UPLOAD, _encoded([track]), approved, account_id, file_bytes) == "INSERT 0 1"


async def place_read(connection: Connection, station: str) -> Place:
    """How far the station's history file has been read; others wait for the transaction's end."""
    await connection.execute(
        "INSERT INTO play_history_read (station, read_bytes, mark) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        station,
        BEGINNING.read_bytes,
        BEGINNING.mark,
    )
    row = await connection.fetchrow("SELECT read_bytes, mark FROM play_history_read WHERE station = $1 FOR UPDATE", station)
    assert row is not None
    return Place(row["read_bytes"], bytes(row["mark"]))


async def add_played(connection: Connection, station: str, played: Sequence[Played], place: Place) -> None:
    """Adds what is not there yet, and moves the place behind it."""
    if played:
        await connection.execute(ADD_PLAYED, msgspec.json.encode([asdict(one) for one in played]).decode(), station)
    await connection.execute(
        "UPDATE play_history_read SET read_bytes = $2, mark = $3, read_at = now() WHERE station = $1", station, place.read_bytes, place.mark
    )


async def history(database: Reader, station: str, track_id: str | None, limit: int, after: AfterAiring | None) -> list[Mapping[str, Any]]:
    """The station's airings, latest first, behind `after`."""
    conditions, values = ["station = $1"], [station]
    if track_id is not None:
        values.append(track_id)
        conditions.append(f"track_id = ${len(values)}")
    arguments: list[object] = [*values]
    if after is not None:
        arguments += [after.started_at, after.entry_id]
        conditions.append(f"(started_at, entry_id) < (${len(arguments) - 1}, ${len(arguments)})")
    arguments.append(limit)
    sql = (
        "SELECT entry_id, track_id, title, artist, reason, started_at, ended_at, started_position, offset_seconds FROM play_history "
        f"WHERE {' AND '.join(conditions)} ORDER BY started_at DESC, entry_id DESC LIMIT ${len(arguments)}"
    )
    return [dict(row) for row in await database.read(sql, *arguments)]


def _encoded(tracks: Sequence[Track], fingerprints: Mapping[str, Fingerprint] = MappingProxyType({})) -> str:
    return msgspec.json.encode([columns_of(track, fingerprints.get(track.id)) for track in tracks]).decode()
