"""Targets over the API: added, changed, removed, and how they stand."""

import asyncio
from pathlib import Path

import pytest

from control.permissions import Role
from control.targets.service import MOST_TARGETS
from server.rtmp.status import PushState, TargetStatus
from tests.control.targets.house import KEY, NOW, PLAIN, house

pytestmark = pytest.mark.real


async def test_a_target_is_added_shown_and_handed_to_the_pusher(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        answer = await one.ask("POST", body=PLAIN)
        made = await answer.json()
        assert (answer.status, answer.headers["Location"]) == (201, f"/api/v1/stations/main/targets/{made['id']}")
        assert made | {"id": ""} == {
            "id": "",
            "name": "Studio",
            "platform": "custom",
            "address": "rtmp://ingest.example/app",
            "enabled": True,
            "has_key": True,
            "state": "unknown",
            "reason": "The pusher does not tell; it is being started, or it has ended.",
            "since": None,
            "next_try_at": None,
            "sent_bytes": 0,
            "dropped_gops": 0,
            "reconnects": 0,
            "created_at": "2027-01-15T08:00:00Z",
        }
        assert await one.listed() == [made]
        assert await one.listed("night") == []
        [target] = one.mirrored()
        assert (target.id, target.key, target.address) == (made["id"], KEY, "rtmp://ingest.example/app")


async def test_a_platform_knows_its_own_address(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        made = await one.add(platform="youtube", address="")
        assert made["address"] == "rtmps://a.rtmps.youtube.com/live2"
        told = await one.add(platform="youtube", address="rtmps://a.rtmps.youtube.com:443/live2")
        assert told["address"] == made["address"]
        assert [target.address for target in one.mirrored()] == ["", ""], "it moves with the platform"
        kick = await one.ask("POST", body={**PLAIN, "platform": "kick", "address": ""})
        assert kick.status == 422
        assert [error["pointer"] for error in (await kick.json())["errors"]] == ["body.address"]


async def test_what_is_left_out_of_a_change_stays(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        made = await one.add()
        renamed = await (await one.ask("PATCH", f"/{made['id']}", {"name": "Second studio"})).json()
        assert renamed == made | {"name": "Second studio"}
        off = await (await one.ask("PATCH", f"/{made['id']}", {"enabled": False, "name": None})).json()
        assert (off["name"], off["enabled"], off["state"]) == ("Second studio", False, "off")
        assert not one.file.exists(), "nothing is published"
        await one.ask("PATCH", f"/{made['id']}", {"enabled": True, "key": "another-key"})
        assert [(target.name, target.key) for target in one.mirrored()] == [("Second studio", "another-key")]


async def test_another_address_takes_the_stream_key_again(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        made = await one.add()
        path = f"/{made['id']}"
        thief = await one.ask("PATCH", path, {"address": "rtmp://ingest.example/thief"})
        assert (thief.status, (await thief.json())["errors"][0]["pointer"]) == (422, "body.key")
        assert (await one.ask("PATCH", path, {"address": made["address"], "name": "As it is"})).status == 200
        moved = await one.ask("PATCH", path, {"address": "rtmp://ingest.example/second", "key": "new-key"})
        assert moved.status == 200
        assert [(target.address, target.key) for target in one.mirrored()] == [("rtmp://ingest.example/second", "new-key")]


async def test_a_target_that_was_removed_is_gone(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        made = await one.add()
        assert (await one.ask("DELETE", f"/{made['id']}")).status == 204
        assert await one.listed() == []
        assert not one.file.exists()
        assert [(await one.ask(method, f"/{made['id']}", {} if method == "PATCH" else None)).status for method in ("PATCH", "DELETE")] == [
            404
        ] * 2


async def test_a_stations_targets_are_its_own(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        made = await one.add()
        for method, body in (("PATCH", {"name": "x"}), ("DELETE", None)):
            assert (await one.ask(method, f"/{made['id']}", body, station="night")).status == 404
            assert (await one.ask(method, f"/{made['id']}", body, station="nowhere")).status == 404
        assert (await one.ask("GET", station="nowhere")).status == 404
        assert (await one.ask("POST", body=PLAIN, station="nowhere")).status == 404
        assert len(await one.listed()) == 1


async def test_how_it_stands_is_what_the_pusher_tells(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        made, new, off = await one.add(), await one.add(name="New"), await one.add(name="Off", enabled=False)
        waiting = TargetStatus(made["id"], PushState.WAITING, "The line broke.", NOW - 2, NOW + 3, 5_000, 1, 7, 2)
        one.push(waiting, TargetStatus(off["id"], PushState.LIVE, "", NOW))
        first, second, third = await one.listed()
        assert (first["state"], first["reason"], first["since"], first["next_try_at"]) == (
            "waiting",
            "The line broke.",
            "2027-01-15T07:59:58Z",
            "2027-01-15T08:00:03Z",
        )
        assert (first["sent_bytes"], first["dropped_gops"], first["reconnects"]) == (5_000, 1, 2)
        assert (second["id"], second["state"]) == (new["id"], "connecting")
        assert third["state"] == "off", "whatever an old report says"
        one.push(waiting, at=NOW - 60)
        assert [target["state"] for target in await one.listed()] == ["unknown", "unknown", "off"]


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"platform": "peertube"}, "body.platform"),
        ({"name": ""}, "body.name"),
        ({"name": " "}, "body.name"),
        ({"name": "line\nbreak"}, "body.name"),
        ({"key": ""}, "body.key"),
        ({"key": "with a blank"}, "body.key"),
        ({"address": ""}, "body.address"),
        ({"address": "https://ingest.example/app"}, "body.address"),
        ({"address": "rtmp://user:word@ingest.example/app"}, "body.address"),
        ({"address": "rtmp://ingest.example"}, "body.address"),
        ({"address": "rtmp://ingest.example:22/app"}, "body.address"),
        ({"address": "rtmp://127.0.0.1/app"}, "body.address"),
        ({"address": "rtmp://[::1]/app"}, "body.address"),
        ({"address": "rtmp://169.254.169.254/app"}, "body.address"),
        ({"address": "rtmp://inside.example/app"}, "body.address"),
        ({"address": "rtmp://both.example/app"}, "body.address"),
        ({"surprise": 1}, "body.surprise"),
    ],
)
async def test_what_may_not_be_is_refused_by_its_field(tmp_path: Path, wrong: dict[str, object], pointer: str) -> None:
    async with house(tmp_path) as one:
        answer = await one.ask("POST", body={**PLAIN, **wrong})
        assert answer.status == 422
        assert [error["pointer"] for error in (await answer.json())["errors"]] == [pointer]
        assert await one.listed() == []
        made = await one.add()
        change = {"key": KEY, **wrong}
        if "platform" not in wrong and wrong != {"address": ""}:
            assert (await one.ask("PATCH", f"/{made['id']}", change)).status == 422


async def test_a_station_has_twenty_at_most_however_they_come(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        answers = await asyncio.gather(*(one.ask("POST", body={**PLAIN, "name": f"No. {n}"}) for n in range(MOST_TARGETS + 4)))
        assert sorted(answer.status for answer in answers) == [201] * MOST_TARGETS + [409] * 4
        assert len(await one.listed()) == MOST_TARGETS
        assert (await one.ask("POST", body=PLAIN, station="night")).status == 201


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.DJ, Role.USER, Role.API_CLIENT])
async def test_others_than_operators_do_not_even_see_them(tmp_path: Path, role: Role) -> None:
    async with house(tmp_path) as one:
        for method, path in (("GET", ""), ("POST", ""), ("PATCH", f"/{NOBODY}"), ("DELETE", f"/{NOBODY}")):
            assert (await one.ask(method, path, PLAIN if method == "POST" else None, role)).status == 403


NOBODY = "00000000-0000-0000-0000-000000000000"


async def test_each_change_is_written_down_without_the_key(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        made = await one.add()
        await one.ask("PATCH", f"/{made['id']}", {"key": "another-key"})
        await one.ask("DELETE", f"/{made['id']}")
        events = await one.events()
        assert [event["event"] for event in events] == ["target.add", "target.change", "target.remove"]
        assert {event["subject"] for event in events} == {made["id"]}
        assert '"new_stream_key": true' in events[1]["detail"]
        assert '"address": "rtmp://ingest.example/app"' in events[0]["detail"]
