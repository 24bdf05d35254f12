"""Stream control, asked as people ask it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import msgspec
import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request

from control.api.operation import operations
from control.permissions import Role
from control.stations.desk import Desk
from control.stations.routes import StreamControl
from server.commands import Skip
from server.nowplaying.listeners import Listeners, Place
from server.segue_plan import Curve, SegueKind, SeguePlan, SharedBeat
from tests.control.library.shelf import track_of
from tests.control.stations.obedient import Ledger, ObedientStation, bearer, office, person

pytestmark = pytest.mark.real
TRACKS = {track.id: track for track in (track_of("One"), track_of("Two"), track_of("Three"))}
ONE, TWO, THREE = TRACKS
CONTROL, QUEUE, STATUS = "/api/v1/stream/control", "/api/v1/stream/queue", "/api/v1/stream/status"


@dataclass
class House:
    """Two stations behind their door."""

    client: TestClient[Request, Application]
    main: ObedientStation
    dawn: ObedientStation
    ledger: Ledger
    listeners: Listeners

    async def control(self, role: Role, body: dict[str, object], query: str = "", **headers: str) -> ClientResponse:
        return await self.client.post(CONTROL + query, json=body, headers={**bearer(role), **headers})

    async def cue(self, *tracks: str) -> list[str]:
        answers = [await self.client.post(QUEUE, json={"track_id": track}, headers=bearer(Role.DJ)) for track in tracks]
        return [(await answer.json())["entry_id"] for answer in answers]

    async def queued(self) -> list[str]:
        answer = await self.client.get(QUEUE, headers=bearer(Role.DJ))
        return [entry["track_id"] for entry in (await answer.json())["queue"]]


@asynccontextmanager
async def house() -> AsyncIterator[House]:
    stations = {name: ObedientStation(TRACKS.get, name) for name in ("main", "dawn")}
    ledger, listeners = Ledger(), Listeners()
    async with office(operations(StreamControl(Desk(stations, ledger), listeners))) as client:
        yield House(client, stations["main"], stations["dawn"], ledger, listeners)


async def test_everybody_reads_the_status_and_only_some_its_standing() -> None:
    async with house() as one:
        with one.listeners.listening(Place("main", "icy", "radio.mp3"), "192.0.2.9", "mpv"):
            public = await (await one.client.get(STATUS)).json()
        whole = await (await one.client.get(STATUS, headers=bearer(Role.VIEWER))).json()
        airing = one.main.airing
        assert public["airing"]["entry"]["entry_id"] == airing.entry.id
        assert public["sounding"] == "programme"
        assert public["listeners"] == {"total": 1, "unique": 1}
        assert abs(public["airing"]["elapsed_seconds"] + public["airing"]["remaining_seconds"] - 600) < 0.1
        assert public["levels"] is None or public["levels"]["momentary_lufs"] < 0
        assert public["standing"] is None
        assert whole["standing"]["fallback_level"] == 0
        assert "/secret" not in str(whole)


async def test_a_station_is_named_or_the_first_is_meant() -> None:
    async with house() as one:
        assert (await (await one.client.get(f"{STATUS}?station=dawn")).json())["station"] == "dawn"
        assert (await (await one.client.get(STATUS)).json())["station"] == "main"
        assert (await one.client.get(f"{STATUS}?station=nowhere")).status == 404
        assert (await one.control(Role.DJ, {"action": "skip"}, "?station=nowhere")).status == 404
        assert (await one.control(Role.DJ, {"action": "skip"}, "?station=dawn")).status == 200
        assert [type(command) for command in one.dawn.asked] == [Skip]
        assert one.main.asked == []


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.VIEWER, set()),
        (Role.USER, set()),
        (Role.API_CLIENT, set()),
        (Role.DJ, {"skip", "veto"}),
        (Role.MODERATOR, {"skip", "veto"}),
        (Role.ADMIN, {"skip", "veto", "stop", "start"}),
    ],
)
async def test_each_action_has_its_own_permission(role: Role, allowed: set[str]) -> None:
    async with house() as one:
        for action in ("skip", "veto", "stop", "start"):
            body = {"action": action, **({"track_id": ONE} if action == "veto" else {})}
            answer = await one.control(role, body)
            assert answer.status == (200 if action in allowed else 403), action
        assert len(one.main.asked) == len(allowed)
        assert len(one.ledger.entries) == len(allowed)
        assert (await one.client.post(CONTROL, json={"action": "skip"})).status == 401


async def test_the_queue_is_filled_reordered_and_emptied() -> None:
    async with house() as one:
        entries = await one.cue(ONE, TWO, THREE)
        assert await one.queued() == [ONE, TWO, THREE]
        put = await one.client.put(QUEUE, json={"entry_ids": entries[::-1]}, headers=bearer(Role.DJ))
        assert put.status == 200
        assert await one.queued() == [THREE, TWO, ONE]
        gone = await one.client.delete(f"{QUEUE}/{entries[1]}", headers=bearer(Role.DJ))
        assert (await gone.json())["entry_id"] == entries[1]
        assert await one.queued() == [THREE, ONE]
        first = await one.client.post(QUEUE, json={"track_id": TWO, "index": 0}, headers=bearer(Role.DJ))
        assert first.status == 201
        assert await one.queued() == [TWO, THREE, ONE]
        for method, role in (("POST", Role.USER), ("PUT", Role.USER), ("POST", Role.API_CLIENT)):
            body = {"track_id": ONE} if method == "POST" else {"entry_ids": []}
            assert (await one.client.request(method, QUEUE, json=body, headers=bearer(role))).status == 403
        assert (await one.client.get(QUEUE, headers=bearer(Role.VIEWER))).status == 403


async def test_what_the_engine_refuses_is_a_conflict_that_says_why() -> None:
    async with house() as one:
        unknown = await one.client.post(QUEUE, json={"track_id": "0" * 16}, headers=bearer(Role.DJ))
        assert unknown.status == 409
        assert (await unknown.json())["detail"] == "The catalogue has no track 0000000000000000."
        late = await one.control(Role.DJ, {"action": "skip", "entry_id": "long-gone"})
        assert late.status == 409
        assert (await one.client.delete(f"{QUEUE}/nothing", headers=bearer(Role.DJ))).status == 409
        assert (await one.client.put(QUEUE, json={"entry_ids": ["x"]}, headers=bearer(Role.DJ))).status == 409
        assert one.ledger.entries == [], "what was not done is not written down as done"


async def test_an_engine_that_is_away_is_told_at_once() -> None:
    async with house() as one:
        one.main.away = True
        answer = await one.control(Role.DJ, {"action": "skip"})
        assert answer.status == 503
        assert answer.headers["Retry-After"] == "2"
        assert (await answer.json())["type"].endswith("station-away")
        one.main.filling = True
        assert (await (await one.client.get(STATUS)).json())["sounding"] == "loop"


async def test_a_wish_with_a_key_is_one_wish() -> None:
    async with house() as one:
        keyed = {**bearer(Role.DJ), "Idempotency-Key": "a" * 32}
        answers = await asyncio.gather(*(one.client.post(QUEUE, json={"track_id": ONE}, headers=keyed) for _ in range(20)))
        assert len({(await answer.json())["entry_id"] for answer in answers}) == 1
        assert await one.queued() == [ONE]
        other = await one.client.post(QUEUE, json={"track_id": ONE}, headers={**keyed, **bearer(Role.ADMIN)})
        assert (await other.json())["entry_id"] != (await answers[0].json())["entry_id"], "another's key is another key"


async def test_who_did_what_is_written_down() -> None:
    async with house() as one:
        await one.control(Role.ADMIN, {"action": "stop"})
        assert (await (await one.client.get(STATUS)).json())["sounding"] == "bed"
        await one.control(Role.MODERATOR, {"action": "veto", "track_id": TWO})
        events = [(event, actor, subject) for event, actor, subject, _ in one.ledger.entries]
        assert events == [("station.stop", person(Role.ADMIN), "main"), ("station.veto", person(Role.MODERATOR), "main")]
        assert one.ledger.entries[1][3]["track_id"] == TWO


@pytest.mark.parametrize(
    "body", [{}, {"action": "explode"}, {"action": "veto"}, {"action": "skip", "x": 1}, {"action": "skip", "entry_id": "<b>"}]
)
async def test_what_cannot_be_meant_is_refused_before_the_engine_hears_of_it(body: dict[str, object]) -> None:
    async with house() as one:
        assert (await one.control(Role.ADMIN, body)).status == 422
        assert one.main.asked == []


async def test_the_planned_segue_and_its_reason_are_told_with_status_and_queue() -> None:
    async with house() as one:
        assert one.main.on_air is not None
        airing, coming = one.main.airing, one.main.on_air.upcoming[0]
        assert (await (await one.client.get(STATUS)).json())["segue"] is None
        beat = SharedBeat(16, 64, 22_500.0, 22_325.0, 0.9922, stretched=False)
        plan = SeguePlan(
            SegueKind.BEATMATCHED, "Both go at 128.", airing.entry.id, coming.id, 96_000, 1_440_000, Curve.EQUAL_POWER, 0.1, beat
        )
        one.main.change(msgspec.structs.replace(one.main.on_air, segue=plan))
        told = (await (await one.client.get(STATUS)).json())["segue"]
        assert (await (await one.client.get(QUEUE, headers=bearer(Role.DJ))).json())["segue"] == told
        assert (told["kind"], told["why"], told["enters"], told["curve"]) == ("beat-matched", "Both go at 128.", coming.id, "equal power")
        assert (told["bars"], told["coming_speed"], told["overlap_seconds"], told["correlation"]) == (16, 0.9922, 30.0, 0.1)
        assert told["begins_position"] == airing.started_position + 96_000
        assert told["begins_at"] == pytest.approx(one.main.wall_of(told["begins_position"]), abs=0.001)


async def test_what_came_by_a_segue_says_by_which() -> None:
    async with house() as one:
        assert one.main.on_air is not None
        airing = one.main.airing
        plan = SeguePlan(SegueKind.TAIL, "It rang out.", "before", airing.entry.id, 96_000, 240_000)
        one.main.change(msgspec.structs.replace(one.main.on_air, airing=replace(airing, segue=plan)))
        told = (await (await one.client.get(STATUS)).json())["airing"]["segue"]
        assert (told["kind"], told["why"], told["begins_position"]) == ("tail", "It rang out.", airing.started_position)
        assert (told["bars"], told["coming_speed"]) == (None, None)
