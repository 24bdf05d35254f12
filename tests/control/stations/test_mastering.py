"""The mastering, asked and set as people do it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request

from control.api.operation import operations
from control.permissions import Role
from control.stations.desk import Desk
from control.stations.mastering_routes import PATH, MasteringControl
from dsp.presets import PRESETS
from server.commands import Master
from tests.control.library.shelf import track_of
from tests.control.stations.obedient import Ledger, ObedientStation, bearer, office

pytestmark = pytest.mark.real
TRACK = track_of("One")


@dataclass
class House:
    client: TestClient[Request, Application]
    station: ObedientStation
    ledger: Ledger

    async def told(self, role: Role = Role.ADMIN) -> tuple[int, dict]:
        async with self.client.get(PATH, headers=bearer(role)) as answer:
            return answer.status, await answer.json()

    async def wish(self, body: object, role: Role = Role.ADMIN, **headers: str) -> tuple[int, dict]:
        async with self.client.patch(PATH, json=body, headers={**bearer(role), **headers}) as answer:
            return answer.status, await answer.json()


@asynccontextmanager
async def house() -> AsyncIterator[House]:
    station, ledger = ObedientStation({TRACK.id: TRACK}.get), Ledger()
    async with office(operations(MasteringControl(Desk({"main": station}, ledger)))) as client:
        yield House(client, station, ledger)


async def test_it_tells_everything_that_a_desk_shows() -> None:
    async with house() as one:
        status, told = await one.told()
        assert (status, told["preset"], told["changed"], told["station"]) == (200, "radio", False, "main")
        assert told["settings"]["servo"]["target_lufs"] == -16.0
        assert told["bounds"]["limiter.ceiling_dbtp"] == {"least": -12.0, "most": -1.0}
        assert [preset["name"] for preset in told["presets"]] == list(PRESETS)
        assert told["insert"] == {
            "state": "in",
            "wanted": True,
            "plug_ins": ["Reverb"],
            "reason": "",
            "starts_total": 1,
            "late_blocks_total": 0,
            "latency_ms": 35.0,
        }


async def test_a_wish_becomes_a_command_and_is_written_down() -> None:
    async with house() as one:
        status, done = await one.wish({"preset": "loud", "settings": {"servo": {"target_lufs": -13}}, "insert": False})
        assert (status, done["entry_id"]) == (200, None)
        command = one.station.asked[0]
        assert isinstance(command, Master)
        assert (command.preset, command.changes, command.insert) == ("loud", {"servo": {"target_lufs": -13}}, False)
        _, told = await one.told()
        assert (told["preset"], told["changed"], told["settings"]["servo"]["target_lufs"]) == ("loud", True, -13.0)
        assert told["insert"]["wanted"] is False
        event, _, subject, detail = one.ledger.entries[0]
        assert (event, subject, detail["preset"], detail["insert"]) == ("station.master", "main", "loud", False)


async def test_a_wish_with_a_key_is_one_wish() -> None:
    async with house() as one:
        for _ in range(3):
            assert (await one.wish({"preset": "loud"}, **{"Idempotency-Key": "b" * 32}))[0] == 200
        assert len({command.id for command in one.station.asked}) == 1


@pytest.mark.parametrize(
    ("role", "reads", "sets"),
    [
        (Role.VIEWER, False, False),
        (Role.USER, False, False),
        (Role.API_CLIENT, False, False),
        (Role.DJ, True, False),
        (Role.MODERATOR, True, False),
        (Role.ADMIN, True, True),
    ],
)
async def test_djs_read_it_and_administrators_set_it(role: Role, reads: bool, sets: bool) -> None:
    async with house() as one:
        assert (await one.told(role))[0] == (200 if reads else 403)
        assert (await one.wish({"preset": "loud"}, role))[0] == (200 if sets else 403)
        assert len(one.station.asked) == len(one.ledger.entries) == int(sets)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"settings": {"servo": {"target_lufs": 3}}}, "Servo.target_lufs is 3, not from -31 to -9."),
        ({"settings": {"servo": {"loudness": -14}}}, "Servo.loudness does not exist"),
        ({"settings": {"limiter": {"bypass": 1}}}, "neither true nor false"),
        ({"preset": "The Loud One"}, "preset"),
        ({"loud": True}, "loud"),
    ],
)
async def test_what_the_chain_cannot_play_is_refused_before_the_engine_hears_of_it(body: dict[str, object], words: str) -> None:
    async with house() as one:
        status, problem = await one.wish(body)
        assert status == 422
        assert words in str(problem)
        assert one.station.asked == []


async def test_what_the_engine_refuses_is_a_conflict_and_an_engine_that_is_away_a_503() -> None:
    async with house() as one:
        status, problem = await one.wish({"preset": "cathedral"})
        assert status == 409
        assert "There is no preset cathedral" in problem["detail"]
        one.station.away = True
        assert (await one.wish({"preset": "loud"}))[0] == 503
        one.station.mastering = None
        assert (await one.told())[0] == 503
