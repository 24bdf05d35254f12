"""Analyses over HTTP: queued, done by a worker with ears of cardboard, told while it goes on. The database and the jobs are real."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from aiohttp import ClientResponse, FormData
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request
from pydantic import ValidationError

from control.analysis.analysis import ANALYSE, FOLDER, Wanted
from control.analysis.duty import LEFT_OVER_SECONDS, analysis_duty, tidy
from control.analysis.routes import AnalysisRoutes
from control.api.operation import operations
from control.jobs.job import State
from control.library import repository
from control.library.library import Library
from control.permissions import Role
from server.catalogue.catalogue import Catalogue
from server.catalogue.heard import Heard, heard
from server.catalogue.measurement import Measurement
from server.intake.refusal import IntakeError, Refused
from server.track import Track
from tests.control.jobs.works import House as JobHouse
from tests.control.jobs.works import ended, opened, working
from tests.control.library.shelf import track_of
from tests.control.library.test_routes import tune
from tests.control.stations.obedient import Ledger, bearer, office, person
from tests.hearings import a_hearing

pytestmark = pytest.mark.real
Tell = Callable[[float, str], None]


class Listening:
    """Hears the same in everything; refuses, fails or waits when told to."""

    def __init__(self) -> None:
        self.refuses = False
        self.failures = 0
        self.files: list[Path] = []
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def hear_file(self, path: Path, tell: Tell) -> Measurement:
        self.files.append(path)
        said = await self._hear(tell)
        return Measurement(480_000, -14.0, -1.0, said.hearing.cues, said)

    async def hear_track(self, track: Track, tell: Tell) -> Heard:  # noqa: ARG002
        return await self._hear(tell)

    async def _hear(self, tell: Tell) -> Heard:
        tell(0.4, "listening")
        await self.go_on.wait()
        if self.refuses:
            raise Refused("It is damaged.")
        if self.failures:
            self.failures -= 1
            raise IntakeError("The disk is full.")
        return heard(a_hearing(), np.array([1], np.uint32), sought=True)


@dataclass
class House:
    """A library, its front and its worker."""

    client: TestClient[Request, Application]
    jobs: JobHouse
    listening: Listening
    catalogue: Catalogue
    root: Path

    async def post(self, path: str, role: Role = Role.USER) -> Any:
        answer = await self.client.post(path, headers=bearer(role))
        assert answer.status == 202, await answer.text()
        told = await answer.json()
        assert answer.headers["Location"] == f"/api/v1/audio/analyses/{told['id']}"
        return told

    async def send(self, sound: bytes, role: Role = Role.USER) -> ClientResponse:
        form = FormData()
        form.add_field("file", sound, filename="a.wav", content_type="audio/wav")
        return await self.client.post("/api/v1/audio/analyze", data=form, headers=bearer(role))

    async def told(self, analysis_id: str, role: Role = Role.USER) -> Any:
        answer = await self.client.get(f"/api/v1/audio/analyses/{analysis_id}", headers=bearer(role))
        return await answer.json() if answer.status == 200 else answer.status

    async def outcome(self, analysis_id: str) -> Any:
        await ended(self.jobs.jobs, UUID(analysis_id))
        return await self.told(analysis_id)

    def waiting(self) -> list[Path]:
        return list((self.root / "uploads" / FOLDER).glob("*"))


@asynccontextmanager
async def house(root: Path) -> AsyncIterator[House]:
    uploads = root / "uploads"
    uploads.mkdir()
    async with opened() as jobs:
        for role in Role:
            sql = "INSERT INTO accounts (id, email, role, state) VALUES ($1, $2, $3, 'active')"
            await jobs.database.execute(sql, person(role).account_id, f"{role.value}@example.org", role.value)
        listening, catalogue = Listening(), Catalogue(root / "catalogue")
        library = Library(jobs.database, Catalogue(root / "catalogue"), Ledger())
        duty = analysis_duty(listening, Catalogue(root / "catalogue"), uploads)
        routes = operations(AnalysisRoutes(jobs.jobs, library, uploads, 2_000_000))
        async with office(routes) as client, working(jobs.database, jobs.url, duty):
            yield House(client, jobs, listening, catalogue, root)


async def test_a_track_is_heard_anew_and_progress_is_told(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        track = track_of("One")
        one.catalogue.put(track)
        await repository.follow(one.jobs.database, [track])
        address = f"/api/v1/audio/{track.id}/analyze"
        assert (await one.client.get(address, headers=bearer(Role.VIEWER))).status == 404, "nobody has heard it"
        one.listening.go_on.clear()
        told = await one.post(address)
        assert (await one.post(address))["id"] == told["id"], "asked again while it waits, it is the same"
        async with asyncio.timeout(10):
            while (now := await one.told(told["id"]))["progress_words"] != "listening":  # noqa: ASYNC110 -- the worker's note sets no event
                await asyncio.sleep(0.02)
        assert (now["state"], now["progress"], now["hearing"]) == ("running", 0.4, None)
        one.listening.go_on.set()
        done = await one.outcome(told["id"])
        assert (done["state"], done["progress"]) == ("done", 1.0)
        assert done["hearing"]["tempo"]["bpm"] == 124.0
        assert done["hearing"]["key"]["camelot"] == "8A"
        assert len(done["hearing"]["features"]) == 66
        assert (await one.post(address))["id"] != told["id"]


async def test_what_the_ears_said_last_is_told_at_once(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        track = replace(track_of("One"), hearing=a_hearing(7))
        await repository.follow(one.jobs.database, [track])
        answer = await one.client.get(f"/api/v1/audio/{track.id}/analyze", headers=bearer(Role.VIEWER))
        told = await answer.json()
        assert told["features"] == list(a_hearing(7).features)
        assert told["grid"]["first_beat_seconds"] == 0.01


async def test_a_file_is_heard_and_forgotten(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        one.listening.go_on.clear()
        answer = await one.send(tune())
        assert answer.status == 202, await answer.text()
        told = await answer.json()
        assert [path.suffix for path in one.waiting()] == [".wav"]
        one.listening.go_on.set()
        done = await one.outcome(told["id"])
        assert done["hearing"]["energy"] == 0.62
        assert one.waiting() == []
        assert await one.jobs.database.fetch_value("SELECT count(*) FROM tracks") == 0
        assert (await one.send(b"#EXTM3U\nno sound at all, by no means")).status == 422
        assert one.waiting() == []


async def test_a_file_that_is_refused_says_why_and_one_that_cannot_be_read_yet_waits(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        one.listening.refuses = True
        failed = await one.outcome((await (await one.send(tune())).json())["id"])
        assert (failed["state"], failed["error"]) == ("failed", "It is damaged.")
        assert one.waiting() == []
        one.listening.refuses, one.listening.failures = False, 1
        told = await (await one.send(tune())).json()
        async with asyncio.timeout(10):
            while (await one.told(told["id"]))["error"] is None:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert len(one.waiting()) == 1


async def test_an_analysis_is_its_askers_business(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        told = await (await one.send(tune())).json()
        assert await one.told(told["id"], Role.DJ) == 404
        assert (await one.told(told["id"], Role.ADMIN))["id"] == told["id"]
        assert (await one.send(tune(), Role.VIEWER)).status == 403
        assert (await one.client.post(f"/api/v1/audio/{'f' * 16}/analyze", headers=bearer(Role.USER))).status == 404
        other = await one.jobs.jobs.enqueue(replace(ANALYSE, name="test.other"), Wanted(track_id="a"))
        assert await one.told(str(other), Role.ADMIN) == 404


async def test_a_track_without_a_sidecar_here_fails_for_good(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        await repository.follow(one.jobs.database, [track_of("Elsewhere")])
        told = await one.post(f"/api/v1/audio/{track_of('Elsewhere').id}/analyze")
        assert (await one.outcome(told["id"]))["state"] == State.FAILED


@pytest.mark.parametrize("payload", [{}, {"track_id": "a", "file": f"{'0' * 32}.wav"}, {"file": "../../etc/passwd"}, {"file": "a.wav"}])
def test_a_job_names_a_track_or_a_file_of_its_folder(payload: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Wanted(**payload)


def test_files_of_jobs_that_were_never_done_go(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "old.wav").touch()
    now = (tmp_path / FOLDER / "old.wav").stat().st_mtime
    assert tidy(tmp_path, now) == 0
    assert tidy(tmp_path, now + LEFT_OVER_SECONDS + 1) == 1
    assert tidy(tmp_path / "nowhere", now) == 0
