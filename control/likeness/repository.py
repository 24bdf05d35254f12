"""Likeness's SQL: feature vectors read and written whitened, fingerprints looked up, pairs kept and listed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from asyncpg import Record

from control.library.stored_track import StoredTrack, stored_track
from control.likeness.whitening import Vector, Whitening
from dsp.fingerprint import Fingerprint

_TRACK: Final = (
    "t.id, t.genre, t.licence, t.bpm, t.musical_key, t.wheel, t.energy, t.score, t.approved, t.in_catalogue, t.uploaded_by, t.version, "
    "t.created_at, t.document::text AS document"
)
_AIRABLE: Final = "t.approved AND t.in_catalogue"


class Reader(Protocol):
    """What is asked of the database (control/database/database.py)."""

    async def read(self, sql: str, *args: object) -> list[Record]: ...
    async def fetch(self, sql: str, *args: object) -> list[Record]: ...
    async def fetch_row(self, sql: str, *args: object) -> Record | None: ...
    async def fetch_value(self, sql: str, *args: object) -> Any: ...
    async def execute(self, sql: str, *args: object) -> str: ...


@dataclass(frozen=True, slots=True)
class Uncompared:
    """A track that has not been compared with the others."""

    id: str
    seconds: float
    fingerprint: Fingerprint | None
    features_model: str | None
    likeness: Vector | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two tracks that are the same recording, or may be."""

    one: StoredTrack
    other: StoredTrack
    likeness: float
    found_by: str
    certain: bool


async def has_vectors(database: Reader) -> bool:
    """Whether the server has pgvector."""
    return bool(await database.fetch_value("SELECT exists (SELECT FROM pg_extension WHERE extname = 'vector')"))


async def models(database: Reader) -> dict[str, int]:
    """How many tracks have features, by model."""
    rows = await database.fetch("SELECT features_model, count(*) AS tracks FROM tracks WHERE features IS NOT NULL GROUP BY 1")
    return {row["features_model"]: row["tracks"] for row in rows}


async def whitening(database: Reader, model: str) -> Whitening | None:
    """As it was fitted last."""
    row = await database.fetch_row("SELECT means, spreads, tracks FROM whitenings WHERE model = $1", model)
    return Whitening(model, _vector(row["means"]), _vector(row["spreads"]), row["tracks"]) if row else None


async def keep_whitening(database: Reader, fitted: Whitening) -> None:
    """Writes it; all vectors of its model are to be whitened anew."""
    await database.execute(
        "WITH kept AS (INSERT INTO whitenings (model, means, spreads, tracks) VALUES ($1, $2, $3, $4) ON CONFLICT (model) DO UPDATE "
        "SET means = excluded.means, spreads = excluded.spreads, tracks = excluded.tracks, fitted_at = now()) "
        "UPDATE tracks SET likeness = NULL WHERE features_model = $1",
        fitted.model,
        fitted.means.tolist(),
        fitted.spreads.tolist(),
        fitted.tracks,
    )


async def features(database: Reader, model: str) -> Vector:
    """Of all tracks of that model; [tracks, n]."""
    rows = await database.fetch("SELECT features FROM tracks WHERE features_model = $1 AND features IS NOT NULL", model)
    return np.array([row["features"] for row in rows], np.float32)


async def not_whitened(database: Reader, model: str, limit: int) -> dict[str, Vector]:
    """Features by track."""
    rows = await database.fetch(
        "SELECT id, features FROM tracks WHERE features IS NOT NULL AND likeness IS NULL AND features_model = $1 LIMIT $2", model, limit
    )
    return {row["id"]: _vector(row["features"]) for row in rows}


async def keep_whitened(database: Reader, vectors: dict[str, Vector]) -> None:
    """Writes them. The row's version stays: nobody sees the difference."""
    lines = [f"{{{','.join(f'{number:.6g}' for number in vector)}}}" for vector in vectors.values()]
    await database.execute(
        "UPDATE tracks SET likeness = white.vector::real[] FROM unnest($1::text[], $2::text[]) AS white (id, vector) "
        "WHERE tracks.id = white.id",
        list(vectors),
        lines,
    )


async def like(database: Reader, track_id: str, limit: int, narrowed: "Narrowed", *, by_server: bool) -> list[tuple[str, float]]:
    """The nearest tracks that may air and their cosine, nearest first. `by_server`: it has pgvector; else they are compared here."""
    own = await database.fetch_row("SELECT likeness, features_model FROM tracks WHERE id = $1", track_id)
    if own is None or own["likeness"] is None:
        return []
    where, values = narrowed.conditions([track_id, own["features_model"]])
    where = f"FROM tracks t WHERE t.id <> $1 AND t.features_model = $2 AND t.likeness IS NOT NULL AND {_AIRABLE}{where}"
    if by_server:
        mine = "(SELECT likeness::vector FROM tracks WHERE id = $1)"
        sql = f"SELECT t.id, 1 - (t.likeness::vector <=> {mine}) AS cosine {where} ORDER BY 2 DESC, 1 LIMIT ${len(values) + 1}"
        return [(row["id"], float(row["cosine"])) for row in await database.read(sql, *values, limit)]
    rows = await database.read(f"SELECT t.id, t.likeness {where}", *values)
    if not rows:
        return []
    cosines = np.array([row["likeness"] for row in rows], np.float32) @ _vector(own["likeness"])
    best = np.argsort(-cosines, kind="stable")[:limit]
    return [(rows[at]["id"], float(cosines[at])) for at in best]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the like of a track must be besides; None asks for nothing."""

    wheels: tuple[int, ...] | None = None
    bpm: float | None = None
    """Within three percent of it, of its half or its double."""
    genre: str | None = None

    def conditions(self, values: list[object]) -> tuple[str, list[object]]:
        """As SQL that begins with AND, and `values` with those it takes."""
        sql = ""
        if self.wheels is not None:
            values = [*values, list(self.wheels)]
            sql += f" AND t.wheel = ANY (${len(values)}::integer[])"
        if self.bpm is not None:
            values = [*values, [self.bpm / 2, self.bpm, self.bpm * 2]]
            sql += f" AND EXISTS (SELECT FROM unnest(${len(values)}::real[]) AS pace WHERE t.bpm BETWEEN pace * 0.97 AND pace * 1.03)"
        if self.genre is not None:
            values = [*values, self.genre]
            sql += f" AND t.genre = ${len(values)}"
        return sql, values


async def tracks(database: Reader, ids: Sequence[str]) -> dict[str, StoredTrack]:
    """By id."""
    rows = await database.read(f"SELECT {_TRACK} FROM tracks t WHERE t.id = ANY ($1::text[])", list(ids))
    return {row["id"]: stored_track(row) for row in rows}


async def uncompared(database: Reader, limit: int) -> list[Uncompared]:
    """Tracks that have something to be compared by, and have not been."""
    rows = await database.fetch(
        "SELECT id, seconds, fingerprint, features_model, likeness FROM tracks "
        "WHERE NOT compared AND (fingerprint IS NOT NULL OR likeness IS NOT NULL) LIMIT $1",
        limit,
    )
    return [
        Uncompared(row["id"], row["seconds"], _fingerprint(row["fingerprint"]), row["features_model"], _vector_or_none(row["likeness"]))
        for row in rows
    ]


async def with_values(database: Reader, track_id: str, values: Sequence[int], limit: int) -> dict[str, Fingerprint]:
    """Fingerprints that have some of these values, those with the most of them first."""
    rows = await database.fetch(
        "SELECT id, fingerprint FROM tracks WHERE fingerprint_index && $2::integer[] AND id <> $1 "
        "ORDER BY (SELECT count(*) FROM unnest(fingerprint_index) AS value WHERE value = ANY ($2::integer[])) DESC LIMIT $3",
        track_id,
        list(values),
        limit,
    )
    return {row["id"]: np.array(row["fingerprint"], np.int32).view(np.uint32) for row in rows}


async def as_long(database: Reader, one: Uncompared, seconds: float, limit: int) -> dict[str, Vector]:
    """Whitened features of tracks of the same model that are as long, give or take."""
    rows = await database.fetch(
        "SELECT id, likeness FROM tracks WHERE likeness IS NOT NULL AND features_model = $2 AND id <> $1 "
        "AND seconds BETWEEN $3 AND $4 LIMIT $5",
        one.id,
        one.features_model,
        one.seconds - seconds,
        one.seconds + seconds,
        limit,
    )
    return {row["id"]: _vector(row["likeness"]) for row in rows}


async def keep_pairs(database: Reader, track_id: str, others: dict[str, float], found_by: str, certain: dict[str, bool]) -> None:
    """Writes what a comparison of one track with all others came to, and that it was made. Pairs of an earlier one go."""
    await database.execute(
        "WITH gone AS (DELETE FROM duplicates WHERE $1 IN (one, other) AND NOT (one = ANY ($2::text[]) OR other = ANY ($2::text[]))), "
        "kept AS (INSERT INTO duplicates (one, other, likeness, found_by, certain) "
        "SELECT least($1, other), greatest($1, other), likeness, $4, certain "
        "FROM unnest($2::text[], $3::real[], $5::boolean[]) AS found (other, likeness, certain) "
        "ON CONFLICT (one, other) DO UPDATE SET likeness = excluded.likeness, found_by = excluded.found_by, certain = excluded.certain) "
        "UPDATE tracks SET compared = true WHERE id = $1",
        track_id,
        list(others),
        list(others.values()),
        found_by,
        [certain[other] for other in others],
    )


async def pairs(database: Reader, track_id: str | None, *, certain: bool | None, limit: int, after: tuple[str, str] | None) -> list[Pair]:
    """Pairs in the order of their ids; of one track, if it is named. Both tracks are in the catalogue."""
    conditions, values = ["t.in_catalogue", "o.in_catalogue"], list[object]()
    for value, condition in ((track_id, "${0} IN (d.one, d.other)"), (certain, "d.certain = ${0}")):
        if value is not None:
            values.append(value)
            conditions.append(condition.format(len(values)))
    if after is not None:
        values += after
        conditions.append(f"(d.one, d.other) > (${len(values) - 1}, ${len(values)})")
    values.append(limit)
    rows = await database.read(
        "SELECT d.one, d.other, d.likeness, d.found_by, d.certain FROM duplicates d JOIN tracks t ON t.id = d.one "
        f"JOIN tracks o ON o.id = d.other WHERE {' AND '.join(conditions)} ORDER BY d.one, d.other LIMIT ${len(values)}",
        *values,
    )
    found = await tracks(database, [track for row in rows for track in (row["one"], row["other"])])
    return [
        Pair(found[row["one"]], found[row["other"]], row["likeness"], row["found_by"], row["certain"])
        for row in rows
        if row["one"] in found and row["other"] in found
    ]


def _vector(numbers: Sequence[float]) -> Vector:
    return np.array(numbers, np.float32)


def _vector_or_none(numbers: Sequence[float] | None) -> Vector | None:
    return None if numbers is None else _vector(numbers)


def _fingerprint(values: Sequence[int] | None) -> Fingerprint | None:
    return None if values is None else np.array(values, np.int32).view(np.uint32)
