"""Recordings: found, listed, and handed out as files, and nothing beside them."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request

from control.aircheck.routes import AircheckAddresses
from control.aircheck.shelf import Shelf
from control.api.operation import operations
from control.permissions import Role
from server.recording.reel import Label, Reel
from server.wire.wire import Rendition
from tests.control.stations.obedient import bearer, office

LIST = "/api/v1/stations/main/aircheck"
HOUR, SHOW = "2027-01-15T080000Z", "2027-01-15T081530Z"
SOUND = b"OggS" + bytes(range(256)) * 40


def record(folder: Path, stem: str, note: object, *, sheet: bool = True) -> None:
    """As the recorder leaves it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{stem}.opus").write_bytes(SOUND)
    if note is not None:
        (folder / f"{stem}.json").write_text(note if isinstance(note, str) else json.dumps(note))
    if sheet:
        (folder / f"{stem}.cue").write_text(f'FILE "{stem}.opus" WAVE\n')


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An hour, a show, and what is no recording."""
    main = tmp_path / "aircheck" / "main"
    record(main / "programme", HOUR, {"kind": "programme", "dj": "", "began_at": 1_800_000_000.0, "seconds": 3_600.0})
    record(main / "shows", SHOW, {"kind": "show", "dj": "Ada Lang", "began_at": 1_800_000_930.0, "seconds": 12.5}, sheet=False)
    record(main / "shows", "2027-01-15T090000Z", "{torn")
    record(main / "shows", "2027-01-15T090001Z", None)
    record(main / "shows", "..hidden", {"began_at": 1.0, "seconds": 1.0})
    (tmp_path / "secret.opus").write_bytes(b"secret")
    (main / "shows" / "2027-01-15T100000Z.opus").symlink_to(tmp_path / "secret.opus")
    return tmp_path / "aircheck"


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[TestClient[Request, Application]]:
    async with office(operations(AircheckAddresses(Shelf(lambda station: folder / station), {"main", "night"}))) as client:
        yield client


async def test_recordings_are_listed_the_newest_first(folder: Path) -> None:
    async with house(folder) as client:
        show, hour = (await (await client.get(LIST, headers=bearer(Role.DJ))).json())["items"]
        assert show == {
            "name": f"show-{SHOW}",
            "kind": "show",
            "began_at": "2027-01-15T08:15:30Z",
            "seconds": 12.5,
            "bytes": len(SOUND),
            "dj": "Ada Lang",
            "cue_url": None,
            "url": f"{LIST}/show-{SHOW}",
        }
        assert (hour["name"], hour["dj"], hour["cue_url"]) == (f"programme-{HOUR}", None, f"{LIST}/programme-{HOUR}.cue")
        night = await client.get("/api/v1/stations/night/aircheck", headers=bearer(Role.DJ))
        assert await night.json() == {"items": []}


async def test_a_file_is_handed_out_whole_and_in_ranges(folder: Path) -> None:
    async with house(folder) as client:
        whole = await client.get(f"{LIST}/programme-{HOUR}", headers=bearer(Role.ADMIN))
        assert (whole.status, await whole.read()) == (200, SOUND)
        assert whole.headers["Content-Type"] == "audio/ogg"
        assert whole.headers["Content-Disposition"] == f'attachment; filename="{HOUR}.opus"'
        assert "sandbox" in whole.headers["Content-Security-Policy"]
        part = await client.get(f"{LIST}/programme-{HOUR}", headers={**bearer(Role.ADMIN), "Range": "bytes=100-199"})
        assert (part.status, await part.read()) == (206, SOUND[100:200])
        assert part.headers["Content-Range"] == f"bytes 100-199/{len(SOUND)}"
        head = await client.head(f"{LIST}/programme-{HOUR}", headers=bearer(Role.ADMIN))
        assert head.headers["Content-Length"] == str(len(SOUND))
        sheet = await client.get(f"{LIST}/programme-{HOUR}.cue", headers=bearer(Role.ADMIN))
        assert (await sheet.text(), sheet.headers["Content-Type"]) == (f'FILE "{HOUR}.opus" WAVE\n', "application/x-cue")


@pytest.mark.parametrize(
    ("name", "status"),
    [
        (f"show-{HOUR}", 404),
        (f"show-{SHOW}.cue", 404),
        ("show-2027-01-15T100000Z", 404),
        ("show-2027-01-15T100000Z.opus", 422),
        (HOUR, 422),
        ("show-..hidden", 422),
        ("show-..%2F..%2F..%2Fsecret", 422),
        ("..%2F..%2Fsecret.cue", 422),
        ("programme-%00", 422),
        ("show-" + "2" * 200, 422),
    ],
)
async def test_nothing_else_is_reached(folder: Path, name: str, status: int) -> None:
    async with house(folder) as client:
        answer = await client.get(f"{LIST}/{name}", headers=bearer(Role.ADMIN))
        assert answer.status == status
        assert b"secret" not in await answer.read()


async def test_who_may_listen_again(folder: Path) -> None:
    async with house(folder) as client:
        for role, status in ((Role.DJ, 200), (Role.MODERATOR, 200), (Role.USER, 403), (Role.VIEWER, 403)):
            for address in (LIST, f"{LIST}/programme-{HOUR}", f"{LIST}/programme-{HOUR}.cue"):
                assert (await client.get(address, headers=bearer(role))).status == status
        assert (await client.get("/api/v1/stations/nowhere/aircheck", headers=bearer(Role.DJ))).status == 404
        assert (await client.get(f"/api/v1/stations/nowhere/aircheck/programme-{HOUR}", headers=bearer(Role.DJ))).status == 404


def test_what_a_real_recorder_writes_is_found(tmp_path: Path) -> None:
    """The layout is the recorder's: should it change there, it changes here."""
    head = b"OpusHead\x01\x02\x38\x01\x80\xbb\x00\x00\x00\x00\x00"
    for kind, folder in (("programme", "programme"), ("show", "shows")):
        reel = Reel(
            tmp_path / "main" / folder, Label(kind, "main", 1_800_000_000.0, "Ada"), Rendition("opus_128", "opus", 128_000, 960, head), 0
        )
        reel.mark("First", "Ada")
        reel.add([b"\xfc\xff\xfe"] * 100)
        reel.close()
    shelf = Shelf(lambda station: tmp_path / station)
    found = shelf.everything("main")
    assert [(each.name, each.note.seconds, each.has_sheet) for each in found] == [
        (f"show-{HOUR}", 2.0, True),
        (f"programme-{HOUR}", 2.0, True),
    ]
    assert all(shelf.file("main", each.name, ".opus") for each in found)
