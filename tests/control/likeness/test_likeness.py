"""Likeness, from sidecars to answers, on a real database: with pgvector and without."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request

from control.api.operation import operations
from control.database.database import Database
from control.library.library import Library
from control.library.step import StationFiles, Step
from control.likeness import repository
from control.likeness.comparing import compare_some, whiten
from control.likeness.repository import Narrowed
from control.likeness.routes import LikenessRoutes
from control.permissions import Role
from dsp.fingerprint import Fingerprint
from dsp.hearing import Hearing, Key
from server.catalogue.catalogue import Catalogue
from server.catalogue.heard import heard
from tests.control.library.shelf import sign_on, track_of
from tests.control.postgres import fresh_database
from tests.control.stations.obedient import Ledger, bearer, office
from tests.dsp.test_fingerprint import damaged, stranger
from tests.hearings import a_hearing

pytestmark = pytest.mark.real
SIMILAR, DUPLICATES = "/api/v1/recommendations/similar", "/api/v1/library/duplicates"


@dataclass
class House:
    """A library whose tracks have been heard."""

    client: TestClient[Request, Application]
    database: Database
    catalogue: Catalogue
    step: Step

    def add(self, name: str, hearing: Hearing, fingerprint: Fingerprint | None = None, **changes: object) -> str:
        track = track_of(name, **changes)
        self.catalogue.put(track)
        self.catalogue.remember(track.id, heard(hearing, fingerprint, sought=True))
        return track.id

    async def settle(self) -> None:
        """What the worker does, until there is nothing left to do."""
        await self.step.take()
        await whiten(self.database)
        while await compare_some(self.database):
            pass

    async def get(self, path: str, role: Role = Role.MODERATOR) -> Any:
        answer = await self.client.get(path, headers=bearer(role))
        assert answer.status == 200, await answer.text()
        return await answer.json()


@asynccontextmanager
async def house(root: Path) -> AsyncIterator[House]:
    files = StationFiles(root / "history.jsonl", root / "state.json")
    sign_on(files.state)
    catalogue = Catalogue(root / "catalogue")
    async with fresh_database() as database:
        step = Step(database, Catalogue(root / "catalogue"), {"main": files})
        library = Library(database, Catalogue(root / "catalogue"), Ledger())
        async with office(operations(LikenessRoutes(database, library))) as client:
            yield House(client, database, catalogue, step)


def near(seed: int, noise: float) -> Hearing:
    """Like the track of that seed, more or less."""
    base = np.array(a_hearing(seed).features)
    noisy = base + noise * np.random.default_rng(99).standard_normal(base.size)
    return a_hearing(seed, features=tuple(float(number) for number in noisy.round(5)))


@pytest.mark.parametrize("by_server", [True, False])
async def test_the_most_alike_come_first(tmp_path: Path, by_server: bool) -> None:
    async with house(tmp_path) as one:
        ours = one.add("Ours", a_hearing(1))
        close, closer = one.add("Close", near(1, 0.5)), one.add("Closer", near(1, 0.2))
        for seed in range(2, 12):
            one.add(f"Other {seed}", a_hearing(seed))
        await one.settle()
        assert await repository.has_vectors(one.database), "the station's own PostgreSQL brings pgvector"
        found = await repository.like(one.database, ours, 5, Narrowed(), by_server=by_server)
        assert [track_id for track_id, _ in found[:2]] == [closer, close]
        assert found[0][1] > found[1][1] > 0.7 > found[2][1]
        assert len(found) == 5
        assert ours not in dict(found)
        told = (await one.get(f"{SIMILAR}/{ours}?limit=5", Role.VIEWER))["items"]
        assert [(item["track"]["id"], item["likeness"]) for item in told] == [(track_id, round(cosine, 4)) for track_id, cosine in found]


async def test_only_what_mixes_well_if_asked(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        ours = one.add("Ours", a_hearing(1))
        beside = one.add("Beside", replace(near(1, 0.4), key=Key(4, True, 0.8, 0.0)))
        half = one.add("Half", replace(near(1, 0.6), tempo=replace(a_hearing().tempo, bpm=62.5)))
        one.add("Off key", replace(near(1, 0.2), key=Key(10, True, 0.8, 0.0)))
        one.add("Too fast", replace(near(1, 0.2), tempo=replace(a_hearing().tempo, bpm=140.0)))
        one.add("Other genre", near(1, 0.1), genre="Jazz")
        await one.settle()
        found = (await one.get(f"{SIMILAR}/{ours}?mixable=true&same_genre=true"))["items"]
        assert [item["track"]["id"] for item in found] == [beside, half]


async def test_a_track_that_nobody_has_heard_is_like_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        one.catalogue.put(track_of("Unheard"))
        one.add("Heard", a_hearing(1))
        await one.settle()
        assert (await one.get(f"{SIMILAR}/{track_of('Unheard').id}"))["items"] == []
        assert (await one.client.get(f"{SIMILAR}/{'f' * 16}", headers=bearer(Role.VIEWER))).status == 404
        assert (await one.client.get(f"{SIMILAR}/{'f' * 16}")).status == 401


async def test_vectors_of_different_models_are_not_compared(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        ours = one.add("Ours", a_hearing(1))
        one.add("Bigger", a_hearing(1, features=(0.5,) * 512, features_model="clap/music"))
        theirs = one.add("Theirs", near(1, 0.3))
        await one.settle()
        assert [item["track"]["id"] for item in (await one.get(f"{SIMILAR}/{ours}"))["items"]] == [theirs]


async def test_copies_are_found_by_their_fingerprints(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        first = one.add("First", a_hearing(1), stranger(1))
        await one.settle()
        copy = one.add("Copy", a_hearing(2), damaged(stranger(1), 0.04)[30:])
        remaster = one.add("Remaster", a_hearing(3), damaged(stranger(1), 0.2))
        for seed in range(4, 9):
            one.add(f"Other {seed}", a_hearing(seed), stranger(seed))
        await one.settle()
        pairs = (await one.get(DUPLICATES))["items"]
        told = {frozenset((pair["one"]["id"], pair["other"]["id"])): pair for pair in pairs}
        assert told[frozenset((first, copy))]["certain"]
        assert told[frozenset((first, copy))]["found_by"] == "fingerprint"
        assert set(told) <= {frozenset(pair) for pair in ((first, copy), (first, remaster), (copy, remaster))}
        assert all(not pair["certain"] for pair in pairs if remaster in (pair["one"]["id"], pair["other"]["id"]))
        certain = (await one.get(f"{DUPLICATES}?certain=true&track_id={copy}"))["items"]
        assert len(certain) == 1
        assert (await one.client.get(DUPLICATES, headers=bearer(Role.DJ))).status == 403
        page = await one.get(f"{DUPLICATES}?limit=1")
        rest = await one.get(f"{DUPLICATES}?limit=50&cursor={page['next_cursor']}")
        assert len(page["items"]) + len(rest["items"]) == len(pairs) > 1


async def test_without_fingerprints_what_is_as_long_and_sounds_the_same_may_be_a_copy(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        first, copy = one.add("First", a_hearing(1)), one.add("Copy", near(1, 0.02))
        one.add("Longer", near(1, 0.02), frames=9_000_000, cue_out_frames=8_900_000)
        for seed in range(2, 12):
            one.add(f"Other {seed}", a_hearing(seed))
        await one.settle()
        pairs = (await one.get(DUPLICATES))["items"]
        assert [{pair["one"]["id"], pair["other"]["id"]} for pair in pairs] == [{first, copy}]
        assert (pairs[0]["found_by"], pairs[0]["certain"]) == ("features", False)


async def test_what_is_heard_anew_is_compared_anew(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        first, other = one.add("First", a_hearing(1), stranger(1)), one.add("Other", a_hearing(2), stranger(1))
        await one.settle()
        assert len((await one.get(DUPLICATES))["items"]) == 1
        one.catalogue.remember(other, heard(a_hearing(5), stranger(2), sought=True))
        await one.settle()
        assert (await one.get(DUPLICATES))["items"] == []
        near_first = await repository.like(one.database, first, 5, Narrowed(), by_server=True)
        assert [track_id for track_id, _ in near_first] == [other]


async def test_the_index_answers_for_fingerprints() -> None:
    async with fresh_database() as database:
        await database.execute(
            "INSERT INTO tracks (id, title, artist, source, seconds, loudness_lufs, document, fingerprint_index) "
            "SELECT md5(n::text), 't', 'a', 'library', 100, -14, '{}', "
            "ARRAY(SELECT (random() * 268435455)::integer FROM generate_series(1, 50) WHERE n = n) FROM generate_series(1, 500) AS n"
        )
        async with database.transaction() as connection:
            await connection.execute("SET LOCAL enable_seqscan = off")  # a table this small is read as quickly as a whole
            plan = await connection.fetch("EXPLAIN SELECT id FROM tracks WHERE fingerprint_index && $1::integer[]", list(range(120)))
        assert "tracks_fingerprint" in "\n".join(row[0] for row in plan)
