"""A real station's ears: files dropped into its folder are heard in the background, told by the API, compared, and heard again at need."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiohttp import ClientSession, FormData

from control.permissions import Role
from dsp.block import Samples
from server.ears import chromaprint
from sonicforge.takes import write_flac
from tests.dsp.playing import MAJOR, MINOR, chords, drums
from tests.listeners.people import people_of
from tests.listeners.station import RunningStation, running_station
from tests.programs import program

pytestmark = [pytest.mark.real, pytest.mark.timeout(400)]
SECONDS = 40.0
A_MINOR = ((9, MINOR), (2, MINOR), (4, MAJOR), (9, MINOR))
E_FLAT = ((3, MAJOR), (8, MAJOR), (10, MAJOR), (3, MAJOR))
HOUSE = {"STUDIO__ENABLED": "false"}


def piece(progression: tuple[tuple[int, tuple[int, int, int]], ...], bpm: float) -> Samples:
    """Chords that change on the ones of a drummer."""
    return chords(progression, SECONDS, 240.0 / bpm) + np.float32(0.8) * drums(bpm, SECONDS, 0.0)


def fill(media: Path) -> None:
    """Two pieces and a copy of one of them; the first says in its tags where it is to begin, and one has no cues of its own."""
    media.mkdir()
    write_flac(media / "first.flac", piece(A_MINOR, 120.0), {"title": "First", "artist": "One", "liq_cue_in": "2.5"})
    write_flac(media / "second.flac", piece(E_FLAT, 96.0), {"title": "Second", "artist": "Two"})
    copy = [program("ffmpeg"), "-v", "error", "-i", media / "first.flac", "-map_metadata", "-1", "-b:a", "64k", media / "Copy.mp3"]
    subprocess.run(copy, check=True)


@dataclass
class Caller:
    """Somebody with a token."""

    session: ClientSession

    async def get(self, address: str) -> Any:
        async with self.session.get(address) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def library(self) -> dict[str, dict[str, Any]]:
        return {track["title"]: track for track in (await self.get("/api/v1/library/tracks?sort=bpm"))["items"]}


async def until(holds: Callable[[], Awaitable[Any]], seconds: float, what: str) -> Any:
    """What `holds` gives as soon as that is something."""
    deadline = time.monotonic() + seconds
    while not (found := await holds()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        await asyncio.sleep(0.25)
    return found


async def heard(caller: Caller) -> dict[str, dict[str, Any]] | None:
    """The library once all of it has been heard."""
    library = await caller.library()
    return library if len(library) == 3 and all(track["hearing"] for track in library.values()) else None


async def test_what_lies_in_the_folder_is_heard_told_and_compared(tmp_path: Path) -> None:
    assert chromaprint.available(), chromaprint.ADVICE
    fill(tmp_path / "media")
    with running_station(tmp_path, **HOUSE) as station:
        async with people_of(station) as people:
            headers = {"Authorization": f"Bearer {await people.token(Role.MODERATOR)}"}
            async with ClientSession(station.base, headers=headers) as session:
                caller = Caller(session)
                library = await until(lambda: heard(caller), 120, "all three are heard")
                tells_what_was_heard(library)
                await tells_all_of_one(caller, library["First"])
                await hears_a_file(caller, tmp_path / "media" / "second.flac")
                await finds_copies_and_the_like(caller, library)
        assert "an endpoint failed" not in station.log.read_text()
    prints_annotations(station)
    forget(tmp_path / "state" / "catalogue")
    with running_station(tmp_path, **HOUSE) as again:
        again.until(lambda: again.log.read_text().count("listening: heard") >= 3, 120, "those of old sidecars are heard again")
    sidecars = [json.loads(path.read_text()) for path in (tmp_path / "state" / "catalogue" / "library").glob("*.json")]
    assert [round(sidecar["hearing"]["tempo"]["bpm"]) for sidecar in sidecars if sidecar["title"] == "Second"] == [96]
    assert all(sidecar["hearing"] for sidecar in sidecars)


def tells_what_was_heard(library: dict[str, dict[str, Any]]) -> None:
    first, second = library["First"], library["Second"]
    assert first["bpm"] == pytest.approx(120.0, rel=0.001)
    assert second["bpm"] == pytest.approx(96.0, rel=0.001)
    assert (first["key"], first["camelot"]) == ("A minor", "8A")
    assert (second["key"], second["camelot"]) == ("Eb major", "5B")
    assert 0.0 < first["energy"] <= 1.0
    assert first["cues"]["cue_in_seconds"] == 2.5, "its tags say so"
    assert first["hearing"]["cues"]["cue_in_seconds"] < 0.1, "and its ears something else"
    assert next(iter(library)) == "Second", "the slowest first"


async def tells_all_of_one(caller: Caller, track: dict[str, Any]) -> None:
    told = await caller.get(f"/api/v1/audio/{track['id']}/analyze")
    assert len(told["features"]) == 66
    assert told["features_model"] == "sonicforge-66/1"
    assert told["grid"]["beats_a_bar"] == 4
    assert told["quality"]["faults"] == []


async def hears_a_file(caller: Caller, path: Path) -> None:
    """A job with progress, whose result is what was heard; the library does not change."""
    form = FormData()
    form.add_field("file", await asyncio.to_thread(path.read_bytes), filename="any.flac")
    async with caller.session.post("/api/v1/audio/analyze", data=form) as answer:
        assert answer.status == 202, await answer.text()
        address = answer.headers["Location"]
    shares = []

    async def done() -> Any:
        told = await caller.get(address)
        shares.append(told["progress"])
        assert told["error"] is None, told
        return told if told["hearing"] else None

    told = await until(done, 60, "the file is heard")
    assert told["state"] == "done"
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert told["hearing"]["tempo"]["bpm"] == pytest.approx(96.0, rel=0.001)
    assert len(await caller.library()) == 3


async def finds_copies_and_the_like(caller: Caller, library: dict[str, dict[str, Any]]) -> None:
    async def copies() -> Any:
        return (await caller.get("/api/v1/library/duplicates"))["items"]

    [pair] = await until(copies, 90, "the copy is found")
    assert {pair["one"]["title"], pair["other"]["title"]} == {"First", "Copy"}
    assert (pair["found_by"], pair["certain"]) == ("fingerprint", True)

    async def similar() -> Any:
        return (await caller.get(f"/api/v1/recommendations/similar/{library['First']['id']}"))["items"]

    near = await until(similar, 90, "others are compared with it")
    assert {one["track"]["title"] for one in near} == {"Copy", "Second"}
    assert 1.0 >= near[0]["likeness"] >= near[1]["likeness"] >= -1.0


def prints_annotations(station: RunningStation) -> None:
    command = [sys.executable, "-m", "sonicforge", "annotate"]
    printed = subprocess.run(command, cwd=station.folder, env=station.environment, capture_output=True, text=True, check=True).stdout
    lines = printed.splitlines()
    assert lines[0] == "#EXTM3U"
    [first] = [line for line in lines if 'title="First"' in line]
    assert 'liq_cue_in="2.500"' in first
    assert 'initial_key="8A"' in first
    assert 'bpm="120.0' in first
    assert len(lines) == 4


def forget(catalogue: Path) -> None:
    """The sidecars as they were before there were ears."""
    for path in (catalogue / "library").glob("*.json"):
        sidecar = json.loads(path.read_text())
        del sidecar["hearing"]
        path.write_text(json.dumps(sidecar))
    for path in (catalogue / "heard").glob("*"):
        path.unlink()
