"""Takes heard off the air: who may hear which, over a real PostgreSQL and real files."""

import json

import pytest

from control.library import repository
from control.permissions import Role
from server.track import Source
from tests.control.library.shelf import track_of
from tests.control.pipeline.house import WALL, House, house

pytestmark = pytest.mark.real
SOUND = b"fLaC, as far as these tests go"


async def made(one: House, who: str) -> str:
    """The id of a take that was made for a booking of that account, and is kept."""
    booked = await one.booked(who, {"genre": "house"})
    take = track_of(f"Take for {who}", source=Source.STUDIO, station="main", made_at=WALL)
    await repository.follow(one.database, [take])
    (one.sounds / f"{take.id}.flac").write_bytes(SOUND)
    sql = "UPDATE jobs SET state = 'done', queue_id = NULL, finished_at = now(), result = $2::text::jsonb WHERE id::text = $1"
    await one.database.execute(sql, booked["id"], json.dumps({"track_id": take.id}))
    return take.id


def address(track_id: str) -> str:
    return f"/api/v1/pipeline/takes/{track_id}/sound"


async def test_a_take_is_heard_whole_or_in_part() -> None:
    async with house() as one:
        track_id = await made(one, "user")
        answer = await one.client.get(address(track_id), headers={"Authorization": "Bearer dj"})
        assert (answer.status, await answer.read()) == (200, SOUND)
        assert answer.content_type == "audio/flac"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        part = await one.client.get(address(track_id), headers={"Authorization": "Bearer dj", "Range": "bytes=4-8"})
        assert (part.status, await part.read()) == (206, SOUND[4:9])


async def test_whoever_books_hears_his_own_and_the_studio_s_people_hear_all() -> None:
    async with house() as one:
        track_id = await made(one, "user")
        asked = {role.value: (await one.ask("GET", address(track_id), role.value))[0] for role in Role}
        assert {who for who, status in asked.items() if status == 200} == {"user", "dj", "moderator", "admin", "superadmin"}
        assert asked["viewer"] == asked["api_client"] == 403
        others = await made(one, "dj")
        assert (await one.ask("GET", address(others), "user"))[0] == 404, "as if it were not there"


async def test_what_is_no_take_or_no_longer_kept_is_not_found() -> None:
    async with house() as one:
        track_id = await made(one, "user")
        (one.sounds / f"{track_id}.flac").unlink()
        status, problem = await one.ask("GET", address(track_id), "user")
        assert (status, problem["detail"]) == (404, "The sound of this take is no longer kept.")
        file = track_of("A file")
        await repository.follow(one.database, [file])
        (one.sounds / f"{file.id}.flac").write_bytes(SOUND)
        for no_take in (file.id, "0" * 16):
            assert (await one.ask("GET", address(no_take), "admin"))[0] == 404
        assert (await one.ask("GET", address("..%2F..%2Fsecrets"), "admin"))[0] in (404, 422)
