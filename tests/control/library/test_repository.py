"""The lists of the library: what they find, in which order, and by which index."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from benchmarks.office_tracks import GENRES, QUESTIONS, fill, plan
from control.database.database import Database, open_database
from control.database.link import DatabaseLink
from control.library import repository
from control.library.shown import place_of
from control.library.wanted import After, Sort, Wanted
from tests.control.library.shelf import track_of
from tests.control.postgres import fresh_database, fresh_url

pytestmark = pytest.mark.real
ROWS = 20_000


@asynccontextmanager
async def filled(tracks: int) -> AsyncIterator[Database]:
    """A library of that many tracks."""
    async with fresh_url() as url:
        await fill(url, tracks)
        database = await open_database(DatabaseLink(url))
        try:
            yield database
        finally:
            await database.close()


async def test_each_list_is_answered_by_the_index_that_was_made_for_it() -> None:
    async with filled(ROWS) as database:
        for question in QUESTIONS:
            told = await plan(database, question, random.Random(4))
            assert question.index in told, told
            assert "Seq Scan" not in told, told


@pytest.mark.parametrize("rising", [False, True])
async def test_pages_hold_every_track_once_and_in_order(rising: bool) -> None:
    async with filled(2_000) as database:
        for sort in Sort:
            wanted = Wanted(genre=GENRES[1], approved=True)
            seen: list[tuple[object, str]] = []
            after: After | None = None
            while found := await repository.page(database, wanted, sort, 37, after, rising=rising):
                values = [(place_of(stored, sort), stored.id) for stored in found]
                seen += values
                after = After(*values[-1])
            count = await database.fetch_value("SELECT count(*) FROM tracks WHERE genre = $1 AND approved", GENRES[1])
            assert len(seen) == len(set(seen)) == count > 100
            assert seen == sorted(seen, reverse=not rising)  # type: ignore[type-var]


async def test_filters_let_through_what_they_say() -> None:
    async with filled(3_000) as database:
        found = await repository.page(database, Wanted(key="A minor", bpm_from=100, bpm_to=110), Sort.NEWEST, 200, None)
        assert found
        assert all(stored.key == "A minor" and stored.bpm is not None and 100 <= stored.bpm <= 110 for stored in found)
        assert all(not stored.approved for stored in await repository.page(database, Wanted(approved=False), Sort.NEWEST, 50, None))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("fruher", True),
        ("FRÜHER vog", True),
        ("arzterate", True),
        ("strasse", True),
        ("vogel früh", True),
        ("vogel nacht", False),
        ("och", False),
        ("  ", False),
        ("& | ! ( ' :*", False),
        ("o'brien", True),
        ("ŉq '' \\ <->", False),
        ("x" * 200, False),
    ],
)
async def test_words_are_found_without_their_accents_and_as_far_as_they_are_typed(words: str, found: bool) -> None:
    async with fresh_database() as database:
        await repository.follow(database, [track_of("1", title="Früher Vogel", artist="Die Ärzteräte & O'Brien", album="Straße №5")])
        tracks = await repository.page(database, Wanted(words=words), Sort.NEWEST, 10, None)
        assert bool(tracks) is found
