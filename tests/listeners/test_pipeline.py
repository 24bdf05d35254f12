"""A wish on a running station: booked over HTTP, watched by its socket, made by the worker, heard by the critic, put into the queue."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse

from control.permissions import Role
from tests.listeners.people import people_of
from tests.listeners.station import RunningStation, running_station

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]
PATIENCE_SECONDS = 240.0
"""A worker starts, compiles nothing, and makes a minute of music beside what it makes ahead."""
WISH = {"words": "a minute of calm ambient in D minor", "seconds": 60, "seed": 7, "air": True}


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStation]:
    with running_station(tmp_path_factory.mktemp("pipeline")) as running:
        running.until(lambda: "0014" in running.log.read_text(), 120, "the schema is up to date")
        yield running


async def told(socket: ClientWebSocketResponse, state: str) -> dict[str, Any]:
    """The next word of a booking in that state."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            event = json.loads(await socket.receive_str())
            if event["event"] == "booking" and event["booking"]["state"] == state:
                found: dict[str, Any] = event["booking"]
                return found


async def test_a_wish_becomes_a_track_in_the_queue(station: RunningStation) -> None:
    async with people_of(station) as people, ClientSession(station.base) as session:
        own = {"Authorization": f"Bearer {await people.token(Role.DJ)}"}
        async with session.post("/api/v1/tickets", headers=own) as answer:
            ticket = (await answer.json())["ticket"]
        async with session.ws_connect(f"/ws/pipeline/main?ticket={ticket}") as socket:
            async with session.post("/api/v1/pipeline/run", json=WISH, headers=own) as answer:
                assert answer.status == 202, await answer.text()
                booked = await answer.json()
            running = await told(socket, "running")
            done = await told(socket, "done")
        assert running["id"] == done["id"] == booked["id"]
        take = done["take"]
        assert take["not_queued"] is None
        assert (take["backend"], take["licence"], take["key"]) == ("procedural", "CC0-1.0", "D minor")
        assert 0 < take["scores"]["score"] <= 100
        async with session.get("/api/v1/stream/queue", headers=own) as answer:
            queued = [entry["track_id"] for entry in (await answer.json())["queue"]]
        on_air = station.now_playing()["now_playing"]["song"]["title"]
        assert take["track_id"] in queued or on_air == take["title"]
        async with session.get("/api/v1/pipeline/agents", headers=own) as answer:
            agents = {agent["agent"]: agent for agent in (await answer.json())["items"]}
        assert set(agents) == {"composer", "producer", "critic", "dj"}
        assert agents["dj"]["state"] == "working"
