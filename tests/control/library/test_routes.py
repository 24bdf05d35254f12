"""The library asked over HTTP: searched, changed, added to. The sound is real and is decoded in the real sandbox."""

import asyncio
import math
import struct
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, FormData
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request

from control.api.operation import operations
from control.database.database import Database
from control.kv.memory import MemoryKv
from control.library import repository
from control.library.library import Library
from control.library.routes import LibraryRoutes
from control.library.shown import Shown
from control.library.step import StationFiles, Step
from control.library.uploads import Uploads
from control.permissions import Role
from control.stations.desk import Desk
from control.tiers import ENTITLEMENTS, Tier
from server.catalogue.catalogue import Catalogue
from server.clock import VirtualClock
from server.intake.intake import Intake
from tests.control.library.shelf import airing_of, lines_of, sign_on, track_of
from tests.control.postgres import fresh_database
from tests.control.stations.obedient import Ledger, ObedientStation, bearer, office, person

pytestmark = pytest.mark.real
TRACKS, UPLOAD, HISTORY = "/api/v1/library/tracks", "/api/v1/audio/upload", "/api/v1/library/history"
LARGEST_BYTES = 2_000_000


def tune(hertz: float = 330.0, seconds: float = 3.0) -> bytes:
    """A WAV file of one tone."""
    frames = (struct.pack("<h", int(9000 * math.sin(2 * math.pi * hertz * frame / 22_050))) for frame in range(int(22_050 * seconds)))
    file = BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, 22_050, 0, "NONE", ""))
        sound.writeframes(b"".join(frames))
    return file.getvalue()


@dataclass
class House:
    """A library with its folders."""

    client: TestClient[Request, Application]
    database: Database
    catalogue: Catalogue
    station: ObedientStation
    ledger: Ledger
    root: Path

    async def send(self, role: Role, sound: bytes, name: str = "My Tune.wav", query: str = "", field: str = "file") -> ClientResponse:
        form = FormData(quote_fields=False)  # as browsers send names
        form.add_field(field, sound, filename=name, content_type="audio/wav")
        return await self.client.post(UPLOAD + query, data=form, headers=bearer(role))

    async def get(self, path: str, role: Role = Role.VIEWER) -> Any:
        return await (await self.client.get(path, headers=bearer(role))).json()

    async def patch(self, track_id: str, body: dict[str, object], role: Role = Role.MODERATOR, **headers: str) -> ClientResponse:
        return await self.client.patch(f"{TRACKS}/{track_id}", json=body, headers={**bearer(role), **headers})

    def on_shelf(self, track_id: str) -> bool:
        self.catalogue.refresh()
        return self.catalogue.airable(track_id) is not None

    def left_over(self) -> list[Path]:
        return list((self.root / "uploads" / "incoming").glob("*"))


@asynccontextmanager
async def house(root: Path) -> AsyncIterator[House]:
    async with fresh_database() as database:
        for role in Role:
            sql = "INSERT INTO accounts (id, email, role, state) VALUES ($1, $2, $3, 'active')"
            await database.execute(sql, person(role).account_id, f"{role.value}@example.org", role.value)
        uploads, watching = root / "uploads", Catalogue(root / "catalogue")
        uploads.mkdir()

        def find(track_id: str) -> Any:
            watching.refresh()
            return watching.airable(track_id)

        station, ledger = ObedientStation(find), Ledger()
        desk = Desk({"main": station}, ledger)
        library = Library(database, Catalogue(root / "catalogue"), ledger)
        sending = Uploads(database, Catalogue(root / "catalogue"), Intake([uploads]), uploads, LARGEST_BYTES, VirtualClock())
        async with office(operations(LibraryRoutes(library, Shown(library, MemoryKv()), sending, desk, ["main"]))) as client:
            yield House(client, database, watching, station, ledger, root)


async def test_a_djs_upload_airs_at_once_and_is_queued_when_asked(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        answer = await one.send(Role.DJ, tune(), "../../etc/Night <b>Bus.wav", "?queue=true")
        told = await answer.json()
        assert answer.status == 201
        assert told["new"]
        assert told["entry_id"] == one.station.queue.entries[0].id
        track = told["track"]
        assert (track["title"], track["approved"], track["airable"], track["uploaded"]) == ("Night <b>Bus", True, True, True)
        assert 2.5 < track["seconds"] <= 3.0
        assert one.on_shelf(track["id"])
        stored = one.catalogue.track(track["id"])
        assert stored is not None
        assert Path(stored.path) == tmp_path / "uploads" / f"{track['id']}.wav"
        assert Path(stored.path).read_bytes() == tune()  # noqa: ASYNC240
        assert one.left_over() == []
        again = await one.send(Role.DJ, tune(), "other name.wav")
        assert (await again.json())["new"] is False
        assert (await again.json())["track"]["id"] == track["id"]


async def test_a_listeners_upload_waits_for_approval(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        track = (await (await one.send(Role.USER, tune())).json())["track"]
        assert not track["approved"]
        assert not one.on_shelf(track["id"])
        assert (await one.get(TRACKS))["items"] == []
        assert (await one.get(f"{TRACKS}?approved=false"))["items"] == [], "others do not see what is not approved"
        assert (await one.client.get(f"{TRACKS}/{track['id']}", headers=bearer(Role.VIEWER))).status == 404
        assert (await one.client.get(f"{TRACKS}/{track['id']}", headers=bearer(Role.USER))).status == 200, "its sender does"
        waiting = await one.get(f"{TRACKS}?approved=false", Role.MODERATOR)
        assert [item["id"] for item in waiting["items"]] == [track["id"]]
        assert (await one.patch(track["id"], {"approved": True}, Role.DJ)).status == 403
        approved = await one.patch(track["id"], {"approved": True, "title": "Named Well", "genre": "House"})
        assert (await approved.json())["airable"]
        shelved = one.catalogue.track(track["id"]) if one.on_shelf(track["id"]) else None
        assert shelved is not None
        assert (shelved.title, shelved.genre) == ("Named Well", "House")
        assert [item["title"] for item in (await one.get(f"{TRACKS}?genre=HOUSE&q=named%20we"))["items"]] == ["Named Well"]
        withdrawn = await one.patch(track["id"], {"approved": False})
        assert not (await withdrawn.json())["airable"]
        assert not one.on_shelf(track["id"])
        assert [event for event, *_ in one.ledger.entries] == ["track.change"] * 2


async def test_what_is_no_sound_is_turned_away_and_leaves_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        for content, status in (
            (b"#EXTM3U\nhttp://169.254.169.254/", 422),
            (b"RIFF\x24\x00\x00\x00WAVE" + bytes(2000), 422),
            (b"fLaC" + bytes(20_000), 422),
            (b"", 422),
            (b"RIF", 422),
            (tune(seconds=0.2), 422),
            (b"ID3" + bytes(LARGEST_BYTES + 10), 413),
        ):
            answer = await one.send(Role.DJ, content)
            assert answer.status == status, (content[:20], await answer.text())
            assert str(tmp_path) not in await answer.text()
        assert one.left_over() == []
        assert list((tmp_path / "uploads").glob("*.*")) == []
        assert await one.database.fetch_value("SELECT count(*) FROM tracks") == 0
        assert (await one.send(Role.DJ, tune(), field="files")).status == 422
        assert (await one.client.post(UPLOAD, json={}, headers=bearer(Role.DJ))).status == 415
        headers = {**bearer(Role.DJ), "Content-Type": "multipart/form-data; boundary=x"}
        assert (await one.client.post(UPLOAD, data=b"nonsense", headers=headers)).status in (400, 422)
        hostile = b'--x\r\nContent-Disposition: form-data; name="\x08"\r\n\r\nsound\r\n--x--\r\n'
        assert (await one.client.post(UPLOAD, data=hostile, headers=headers)).status == 400
        assert (await one.send(Role.VIEWER, tune())).status == 403
        assert (await one.send(Role.USER, tune(), query="?queue=true")).status == 403
        assert (await one.send(Role.DJ, tune(), query="?station=nowhere")).status == 404


async def test_a_sender_who_goes_away_leaves_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        came = asyncio.Event()

        async def body() -> AsyncIterator[bytes]:
            yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n' + tune()[:60_000]
            came.set()
            await asyncio.Event().wait()

        headers = {**bearer(Role.DJ), "Content-Type": "multipart/form-data; boundary=x"}
        sending = asyncio.create_task(one.client.post(UPLOAD, data=body(), headers=headers))
        await came.wait()
        async with asyncio.timeout(10):
            while not one.left_over():  # noqa: ASYNC110 -- the disk sets no event
                await asyncio.sleep(0.01)
            second = await one.send(Role.DJ, tune())
            assert second.status == 429, "one upload of an account at a time"
            sending.cancel()
            while one.left_over():  # noqa: ASYNC110
                await asyncio.sleep(0.01)


async def test_the_plan_bounds_uploads_and_room(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        allowed = ENTITLEMENTS[Tier.FREE].uploads_a_day
        assert allowed is not None
        account_id = person(Role.DJ).account_id
        assert account_id is not None
        async with one.database.transaction() as connection:
            for number in range(allowed - 1):
                await repository.add_upload(connection, track_of(f"Old {number}"), approved=True, account_id=account_id, file_bytes=1)
            await connection.execute("UPDATE tracks SET uploaded_at = to_timestamp($1)", VirtualClock().wall())
        assert (await one.send(Role.DJ, tune(300))).status == 201
        await one.database.execute("UPDATE tracks SET uploaded_at = to_timestamp($1)", VirtualClock().wall())
        full = await one.send(Role.DJ, tune(400))
        assert full.status == 429
        assert int(full.headers["Retry-After"]) > 0
        await one.database.execute(
            "UPDATE tracks SET uploaded_at = to_timestamp($1), file_bytes = 99999999", VirtualClock().wall() - 90_000
        )
        assert (await one.send(Role.DJ, tune(400))).status == 402
        assert one.left_over() == []


async def test_a_change_is_refused_to_those_who_have_not_seen_the_last_one(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        await repository.follow(one.database, [track_of("One", tmp_path)])
        track_id = track_of("One").id
        seen = (await one.client.get(f"{TRACKS}/{track_id}", headers=bearer(Role.MODERATOR))).headers["ETag"]
        first = await one.patch(track_id, {"title": "First"}, **{"If-Match": seen})
        assert first.status == 200
        late = await one.patch(track_id, {"title": "Late"}, **{"If-Match": seen})
        assert late.status == 412
        assert (await one.get(f"{TRACKS}/{track_id}"))["title"] == "First"
        assert (await one.patch(track_id, {"title": "Now"}, **{"If-Match": first.headers["ETag"]})).status == 200
        assert (await one.patch(track_id, {})).status == 422
        assert (await one.patch("f" * 16, {"title": "x"})).status == 404
        answers = await asyncio.gather(*(one.patch(track_id, {"title": f"T{number}"}) for number in range(20)))
        assert {answer.status for answer in answers} == {200}
        assert (await one.get(f"{TRACKS}/{track_id}"))["version"] == 23


async def test_pages_lead_through_the_whole_list(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        await repository.follow(one.database, [track_of(f"Song {number}", made_at=1_780_000_000.0 + number // 3) for number in range(25)])
        for sort in ("newest", "score"):
            seen, cursor = [], ""
            while True:
                page = await one.get(f"{TRACKS}?limit=7&sort={sort}{cursor}")
                seen += [item["id"] for item in page["items"]]
                if page["next_cursor"] is None:
                    break
                cursor = f"&cursor={page['next_cursor']}"
            assert len(seen) == len(set(seen)) == 25
        assert (await one.client.get(f"{TRACKS}?cursor=forged", headers=bearer(Role.VIEWER))).status == 404


async def test_history_is_told_in_pages_of_one_station(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        files = StationFiles(tmp_path / "history.jsonl", tmp_path / "state.json")
        sign_on(files.state)
        files.history.write_bytes(lines_of(*map(airing_of, range(9))))
        await Step(one.database, one.catalogue, {"main": files}).take()
        page = await one.get(f"{HISTORY}?limit=5")
        rest = await one.get(f"{HISTORY}?limit=5&cursor={page['next_cursor']}")
        assert [item["entry_id"] for item in (*page["items"], *rest["items"])] == [f"0-{number}" for number in range(8, -1, -1)]
        of_track = await one.get(f"{HISTORY}?track_id={track_of('Song 1').id}")
        assert [item["entry_id"] for item in of_track["items"]] == ["0-8", "0-1"]
        assert (await one.client.get(f"{HISTORY}?station=nowhere", headers=bearer(Role.VIEWER))).status == 404
        assert (await one.client.get(HISTORY)).status == 401
