"""A real station published to a real ingest: targets by the API, the pusher, what arrives there, and what nobody is told."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from control.permissions import Role
from server.rtmp.status import read_report
from sonicforge.folders import Folders
from tests.listeners.people import people_of
from tests.listeners.station import RunningStation, running_station
from tests.programs import program
from tests.server.rtmp.nginx import Nginx, running_nginx
from tests.sound_files import make_sound_files

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]
KEY = "live_4711_SecretOfTheHouse"
TARGETS = "/api/v1/stations/main/targets"


@pytest.fixture(scope="module")
def rtmp_station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStation]:
    """Its targets may be on this machine."""
    folder = tmp_path_factory.mktemp("rtmp")
    (folder / "media").mkdir()
    make_sound_files(folder / "media")
    rests = {"STATIONS__MAIN__TITLE_SEPARATION_MINUTES": "0", "STATIONS__MAIN__ARTIST_SEPARATION_MINUTES": "0"}
    with running_station(folder, STUDIO__ENABLED="false", RTMP__PRIVATE_TARGETS="true", VIDEO__PRESET="superfast", **rests) as station:
        station.until(lambda: "#setup=" in station.log.read_text(), 60, "the schema is up to date")
        station.until(lambda: station.airs("library"), 60, "a file of the media folder on air")
        yield station


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[Nginx]:
    with running_nginx(tmp_path) as found:
        yield found


class Office:
    """The targets, as an administrator sees them."""

    def __init__(self, session: ClientSession) -> None:
        self._session = session
        self.answers: list[str] = []

    async def add(self, name: str, address: str, key: str) -> str:
        body = {"platform": "custom", "name": name, "address": address, "key": key}
        return str((await self._ask("POST", TARGETS, body, 201))["id"])

    async def enable(self, target_id: str, enabled: bool) -> None:
        await self._ask("PATCH", f"{TARGETS}/{target_id}", {"enabled": enabled}, 200)

    async def remove_all(self) -> None:
        for target in await self.targets():
            await self._ask("DELETE", f"{TARGETS}/{target['id']}", None, 204)

    async def targets(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self._ask("GET", TARGETS, None, 200))["items"]
        return found

    async def until(self, holds: Callable[[dict[str, dict[str, Any]]], bool], seconds: float) -> float:
        """Returns how long it took until the targets, by name, are so."""
        began = time.monotonic()
        seen: dict[str, dict[str, Any]] = {}
        while time.monotonic() < began + seconds:
            seen = {target["name"]: target for target in await self.targets()}
            if holds(seen):
                return time.monotonic() - began
            await asyncio.sleep(0.1)
        raise AssertionError(f"not within {seconds} s: {seen}")

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None, status: int) -> Any:
        async with self._session.request(method, path, json=body) as answer:
            self.answers.append(await answer.text())
            assert answer.status == status, self.answers[-1]
            return await answer.json() if self.answers[-1] else None


@asynccontextmanager
async def office(station: RunningStation) -> AsyncIterator[Office]:
    async with people_of(station) as people:
        headers = {"Authorization": f"Bearer {await people.token(Role.ADMIN)}"}
        async with ClientSession(station.base, headers=headers) as session:
            found = Office(session)
            try:
                yield found
            finally:
                await found.remove_all()


def live(targets: dict[str, dict[str, Any]], *names: str) -> bool:
    return all(targets[name]["state"] == "live" for name in names)


def decoded(recording: Path) -> list[str]:
    """The codecs in it; fails if a decoder finds anything wrong with it."""
    words = [program("ffmpeg"), "-v", "warning", "-xerror", "-i", str(recording), "-f", "null", "-"]
    decoding = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (decoding.returncode, decoding.stderr) == (0, ""), recording
    asked = ["-show_entries", "stream=codec_name,width,height,sample_rate,profile,has_b_frames", "-of", "csv=p=0"]
    told = subprocess.run([program("ffprobe"), "-v", "error", *asked, str(recording)], capture_output=True, text=True, check=True)
    return sorted(told.stdout.split())


def watched_title(address: str) -> str:
    """What a player at the ingest is told as the title."""
    words = [program("ffprobe"), "-v", "error", "-show_entries", "format_tags=title", "-of", "default=nw=1:nk=1", address]
    return subprocess.run(words, capture_output=True, text=True, check=True, timeout=30).stdout.strip()


async def test_a_station_is_published_and_its_pusher_may_die(rtmp_station: RunningStation, nginx: Nginx) -> None:
    async with office(rtmp_station) as desk:
        await desk.add("good", nginx.address, KEY)
        await desk.add("nobody", "rtmp://127.0.0.1:1024/app", KEY)
        await desk.until(lambda told: live(told, "good") and told["nobody"]["reason"] == "connection refused", 30)
        await desk.until(lambda told: told["good"]["sent_bytes"] > 2_000_000, 40)
        shown = await asyncio.to_thread(watched_title, f"{nginx.address}/{KEY}")
        playing = rtmp_station.now_playing()
        assert shown in {str(one["song"]["title"]) for one in (playing["now_playing"], *playing["song_history"][:1])}
        sent = (await desk.targets())[0]["sent_bytes"]
        (pusher,) = rtmp_station.processes("pusher")
        os.kill(pusher, signal.SIGKILL)
        await asyncio.to_thread(rtmp_station.until, lambda: rtmp_station.processes("pusher") not in ([], [pusher]), 20, "another pusher")
        await desk.until(lambda told: told["good"]["sent_bytes"] < sent, 10)  # what the first one wrote down has gone stale
        await desk.until(lambda told: live(told, "good") and told["good"]["sent_bytes"] > 1_000_000, 40)
    await asyncio.to_thread(rtmp_station.until, lambda: not rtmp_station.processes("pusher"), 20, "without targets no pusher")
    recordings = nginx.recorded()
    assert len(recordings) == 2
    for recording in recordings:
        assert await asyncio.to_thread(decoded, recording) == ["aac,LC,48000", "h264,Main,1280,720,0"]


async def test_targets_are_switched_at_run_time_each_for_itself(rtmp_station: RunningStation, nginx: Nginx) -> None:
    async with office(rtmp_station) as desk:
        await desk.add("stays", nginx.address, "stays")
        other = await desk.add("other", nginx.address, "other")
        await desk.until(lambda told: live(told, "stays", "other"), 30)
        await desk.enable(other, False)
        await desk.until(lambda told: told["other"]["state"] == "off", 10)
        report = Folders(Path(rtmp_station.environment["SONICFORGE_STATE__FOLDER"])).pushing("main")
        await asyncio.to_thread(rtmp_station.until, lambda: _published(report) == 1, 10, "one target less")
        await desk.enable(other, True)
        await desk.until(lambda told: live(told, "stays", "other"), 10)
        (stays,) = (target for target in await desk.targets() if target["name"] == "stays")
        assert stays["reconnects"] == 0
        assert stays["dropped_gops"] == 0
    names = [recording.name.split("-")[0] for recording in nginx.recorded()]
    assert sorted(names) == ["other", "other", "stays"]


async def test_nobody_is_told_a_stream_key(rtmp_station: RunningStation, nginx: Nginx) -> None:
    async with office(rtmp_station) as desk:
        await desk.add("good", nginx.address, KEY)
        await desk.add("twice", nginx.address, KEY)  # what is published already is refused, with words of the server's
        await desk.until(lambda told: {told[name]["state"] for name in ("good", "twice")} == {"live", "refused"}, 30)
        texts = [*desk.answers, *await asyncio.to_thread(_all_that_can_be_read, rtmp_station)]
        assert len(texts) > 8
        for text in texts:
            assert KEY not in text


def _published(report: Path) -> int:
    """To how many targets the pusher says that it publishes."""
    found = read_report(report, time.time())
    return len(found.targets) if found else 0


def _all_that_can_be_read(station: RunningStation) -> list[str]:
    """Log, metrics, command lines, and what the station keeps of itself."""
    texts = [station.log.read_text(), station.fetch("/metrics").decode()]
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            words = (entry / "cmdline").read_bytes()
            texts += [words.decode(errors="replace")] if b"sonicforge" in words else []
    state = Path(station.environment["SONICFORGE_STATE__FOLDER"])
    for path in (*(state / "run").iterdir(), *(state / "stations").rglob("*"), *(state / "audit").rglob("*")):
        texts += [path.read_bytes().decode(errors="replace")] if path.is_file() else []
    return texts
