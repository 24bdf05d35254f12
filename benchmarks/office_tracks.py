"""The library's lists on a million tracks: how long each takes, and whether the index that was made for it is used."""

import random
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import asyncpg

from benchmarks.measurement import Measurement
from benchmarks.own_postgres import own_postgres
from benchmarks.row import Bar, Row
from control.database.database import Database
from control.database.migration import migrate
from control.library import repository
from control.library.repository import page_question
from control.library.wanted import Sort, Wanted

TRACKS: Final = 1_000_000
ASKED: Final = 400
WARM: Final = 50
PAGE: Final = 50
GENRES: Final = ("drum & bass", "house", "techno", "trance", "ambient", "jazz", "soul", "pop", "rock", "hip hop")
KEYS: Final = tuple(f"{tone} {mode}" for tone in ("A", "B", "C", "D", "E", "F", "G") for mode in ("major", "minor"))
WORDS: Final = ("night", "ferry", "lantern", "copper", "rain", "signal", "harbour", "ember", "glass", "meadow")
FILL: Final = """
    INSERT INTO tracks (id, title, artist, album, genre, source, licence, seconds, loudness_lufs, bpm, musical_key, score, approved,
                        in_catalogue, document, created_at)
    SELECT lpad(to_hex(n), 16, '0'),
           ($3::text[])[1 + (n * 7919) % 10] || ' ' || ($3::text[])[1 + (n * 104729) % 10] || ' ' || n,
           'Artist ' || (n * 31) % 5000, 'Album ' || n % 20000,
           ($1::text[])[1 + (n * 6151) % array_length($1::text[], 1)],
           CASE WHEN n % 3 = 0 THEN 'studio' ELSE 'library' END, 'CC-BY-4.0', 120 + n % 180, -14, 70 + (n * 37) % 1100 / 10.0,
           ($2::text[])[1 + (n * 12289) % array_length($2::text[], 1)], (n * 2654435761) % 1000003 / 1000.0, n % 10 > 0, n % 10 > 0,
           jsonb_build_object('id', lpad(to_hex(n), 16, '0'), 'title', 'Track ' || n, 'artist', 'Artist ' || (n * 31) % 5000,
               'source', 'library', 'path', '/media/' || n || '.flac', 'frames', 8640000, 'loudness_lufs', -14, 'true_peak_dbtp', -1,
               'cue_in_frames', 0, 'start_next_frames', 8600000, 'cue_out_frames', 8640000),
           timestamptz '2026-01-01' + n * interval '17 seconds'
    FROM generate_series($4::bigint, $5::bigint) AS n"""


@dataclass(frozen=True, slots=True)
class Question:
    """One list, the index that should answer it, and its bar."""

    name: str
    index: str
    sort: Sort

    def wanted(self, chance: random.Random) -> Wanted:
        """What one caller asks."""
        match self.index:
            case "tracks_genre_approved_score":
                return Wanted(genre=chance.choice(GENRES), approved=True)
            case "tracks_genre_score":
                return Wanted(genre=chance.choice(GENRES))
            case "tracks_approved_newest":
                return Wanted(approved=True)
            case "tracks_key_bpm":
                tempo = chance.uniform(70, 175)
                return Wanted(key=chance.choice(KEYS), bpm_from=tempo, bpm_to=tempo + 2, approved=True)
            case _:
                return Wanted(words=f"{chance.choice(WORDS)} {chance.choice(WORDS)} {chance.randrange(1, 1000)}", approved=True)


QUESTIONS: Final = (
    Question("genre by score", "tracks_genre_score", Sort.SCORE),
    Question("genre, approved, by score", "tracks_genre_approved_score", Sort.SCORE),
    Question("approved, newest", "tracks_approved_newest", Sort.NEWEST),
    Question("key and tempo", "tracks_key_bpm", Sort.NEWEST),
    Question("words", "tracks_search", Sort.NEWEST),
)
BARS: Final = {question: Bar(f"1,000,000 tracks: {question.name}, p99", "ms", most=10.0) for question in QUESTIONS[:4]}


async def fill(url: str, tracks: int) -> None:
    """A library of that many tracks: ten genres, nine in ten approved. Its indexes are built when all are there, which is faster."""
    connection = await asyncpg.connect(url)
    try:
        indexes = await connection.fetch(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'tracks' AND indexname <> 'tracks_pkey'"
        )
        for index in indexes:
            await connection.execute(f"DROP INDEX {index['indexname']}")
        await connection.execute(FILL, list(GENRES), list(KEYS), list(WORDS), 1, tracks)
        for index in indexes:
            await connection.execute(index["indexdef"])
        await connection.execute("VACUUM ANALYZE tracks")
    finally:
        await connection.close()


async def plan(database: Database, question: Question, chance: random.Random) -> str:
    """How PostgreSQL answers it."""
    sql, values = page_question(question.wanted(chance), question.sort, PAGE, None)
    rows = await database.fetch(f"EXPLAIN {sql}", *values)
    return "\n".join(row[0] for row in rows)


async def measure() -> list[Row]:
    """Fills a table, asks each question many times with other values, on one connection as a front has it."""
    async with own_postgres() as postgres:
        database = postgres.database
        url = postgres.postmaster.home.url()
        await migrate(url)
        await fill(url, TRACKS)
        chance = random.Random(8)
        return [await _row(database, question, chance) for question in BARS]


async def _row(database: Database, question: Question, chance: random.Random) -> Row:
    seconds: list[float] = []
    for number in range(WARM + ASKED):
        wanted = question.wanted(chance)
        began = time.perf_counter()
        await repository.page(database, wanted, question.sort, PAGE, None)
        if number >= WARM:
            seconds.append(time.perf_counter() - began)
    told = await plan(database, question, chance)
    median, worst = _at(seconds, 0.5) * 1e3, _at(seconds, 0.99) * 1e3
    note = f"p50 {median:.2f} ms; {'by' if question.index in told else 'NOT by'} {question.index}"
    return BARS[question].row(worst, note=note, valid=question.index in told)


def _at(values: Iterable[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


MEASUREMENT: Final = Measurement(tuple(BARS.values()), measure, 400.0)
