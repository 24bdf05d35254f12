"""Live shows over the API: who is in, and who may steer whose."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request

from control.api.operation import operations
from control.live.routes import LiveAddresses
from control.live.service import Shows
from control.permissions import Role
from server.live.session import Mode, State
from server.wire.wire import LiveClose, LiveOpen
from tests.control.live.studio import Studio, seat_of, session_of
from tests.control.stations.obedient import Ledger, bearer, office, person

DJ = str(person(Role.DJ).account_id)


@dataclass
class House:
    """What a test may reach for."""

    client: TestClient[Request, Application]
    studio: Studio
    ledger: Ledger

    async def ask(
        self, method: str, path: str = "", body: Mapping[str, object] | None = None, role: Role = Role.DJ, station: str = "main"
    ) -> ClientResponse:
        return await self.client.request(method, f"/api/v1/stations/{station}/live{path}", json=body, headers=bearer(role))

    async def listed(self, role: Role = Role.VIEWER) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await (await self.ask("GET", role=role)).json())["items"]
        return found


@asynccontextmanager
async def house() -> AsyncIterator[House]:
    studio, ledger = Studio(), Ledger()
    shows = Shows(studio.relays, studio.entrances, ledger)
    async with office(operations(LiveAddresses(shows, studio.relays))) as client:
        yield House(client, studio, ledger)


async def test_everybody_who_is_in_stands_in_the_order_of_the_turns() -> None:
    async with house() as one:
        assert await one.listed() == []
        line = one.studio.come("aa", DJ)
        [told] = await one.listed()
        assert (told["state"], told["level_dbfs"], told["on_air_since"]) == ("waiting", -120.0, None), "no engine knows him yet"
        elsewhere = session_of("bb", priority=80)
        one.studio.main.tell(seat_of(elsewhere), seat_of(line.session, State.WAITING, None, -120.0))
        line.change(title="Night Signal", artist="Vera Holm")
        first, second = await one.listed(Role.DJ)
        assert first == {
            "id": "bb",
            "dj": "Ada",
            "way": "whip",
            "mode": "takeover",
            "state": "on_air",
            "priority": 80,
            "began_at": "2027-01-15T08:00:00Z",
            "on_air_since": "2027-01-15T08:00:30Z",
            "title": "",
            "artist": "",
            "level_dbfs": -9.2,
            "mine": False,
        }
        assert (second["title"], second["artist"], second["mine"]) == ("Night Signal", "Vera Holm", True), "newer than the engine's"
        assert [told["mine"] for told in await one.listed(Role.ADMIN)] == [False, False]
        one.studio.main.tell(seat_of(line.session, State.SILENT))
        assert (await one.listed())[0]["on_air_since"] is None


async def test_a_dj_steers_his_own_session() -> None:
    async with house() as one:
        line = one.studio.come("aa", DJ)
        answer = await one.ask("PATCH", "/aa", {"mode": "talk_over", "title": "Night\u202e Signal\n", "artist": "Vera Holm"})
        told = await answer.json()
        assert (answer.status, told["mode"], told["title"], told["artist"]) == (200, "talk_over", "Night Signal", "Vera Holm")
        assert line.session.mode is Mode.TALK_OVER
        assert isinstance(one.studio.main.said[-1], LiveOpen)
        assert (await one.ask("DELETE", "/aa")).status == 204
        assert one.studio.main.said[-1] == LiveClose("aa")
        assert not line.open
        assert (await one.ask("DELETE", "/aa")).status == 404
        events = [(event, actor, subject) for event, actor, subject, _ in one.ledger.entries]
        assert events == [("live.change", person(Role.DJ), "aa"), ("live.end", person(Role.DJ), "aa")]
        assert one.ledger.entries[0][3]["title"] == "Night Signal"


@pytest.mark.parametrize(
    ("role", "own", "body", "status"),
    [
        (Role.DJ, True, {"title": "x"}, 200),
        (Role.DJ, True, {"priority": 90}, 403),
        (Role.DJ, False, {"title": "x"}, 403),
        (Role.MODERATOR, False, {"title": "x", "priority": 90}, 200),
        (Role.ADMIN, False, {"priority": 0}, 200),
        (Role.USER, False, {"title": "x"}, 403),
        (Role.USER, True, {"title": "x"}, 403),
        (Role.VIEWER, False, {"title": "x"}, 403),
    ],
)
async def test_anothers_session_and_every_priority_take_the_right_to_manage(
    role: Role, own: bool, body: dict[str, object], status: int
) -> None:
    async with house() as one:
        line = one.studio.come("aa", str(person(role).account_id) if own else "")
        assert (await one.ask("PATCH", "/aa", body, role)).status == status
        assert line.session.priority == (body.get("priority", 50) if status == 200 else 50)
        may_end = role in {Role.MODERATOR, Role.ADMIN} or (role is Role.DJ and own)
        assert (await one.ask("DELETE", "/aa", role=role)).status == (204 if may_end else 403)
        assert line.open is not may_end


async def test_a_session_of_another_front_cannot_be_reached_from_here_and_that_is_said() -> None:
    async with house() as one:
        one.studio.main.tell(seat_of(session_of("bb", DJ)))
        for method, body in (("PATCH", {"title": "x"}), ("DELETE", None)):
            answer = await one.ask(method, "/bb", body)
            assert answer.status == 409
            assert "another front" in (await answer.json())["detail"]
        assert (await one.ask("DELETE", "/bb", role=Role.USER)).status == 403, "and those who may not are told nothing of it"


async def test_what_is_not_there_is_not_found() -> None:
    async with house() as one:
        one.studio.come("aa", DJ)
        for path, station in (("/cc", "main"), ("/aa", "night"), ("/aa", "nowhere")):
            assert (await one.ask("PATCH", path, {"title": "x"}, Role.ADMIN, station)).status == 404
            assert (await one.ask("DELETE", path, role=Role.ADMIN, station=station)).status == 404
        assert (await one.ask("GET", station="nowhere")).status == 404
        assert (await one.ask("GET", station="night")).status == 200


@pytest.mark.parametrize("body", [{"mode": "louder"}, {"priority": 101}, {"priority": -1}, {"title": 5}, {"title": "x" * 257}, {"dj": "x"}])
async def test_what_cannot_be_meant_is_refused(body: dict[str, object]) -> None:
    async with house() as one:
        line = one.studio.come("aa", DJ)
        assert (await one.ask("PATCH", "/aa", body, Role.ADMIN)).status == 422
        assert line.session == session_of("aa", DJ)


async def test_api_clients_may_look_and_nobody_may_do_without_an_account() -> None:
    async with house() as one:
        assert (await one.ask("GET", role=Role.API_CLIENT)).status == 200
        assert (await one.client.get("/api/v1/stations/main/live")).status == 401
