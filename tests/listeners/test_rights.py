"""Every address of a running station, asked by everybody: what the table of permissions grants, and nothing else; and by strangers,
for everything that the document allows and much that it does not.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from aiohttp import ClientSession

from control.permissions import Role
from control.tiers import Tier
from server.route import Route
from sonicforge.config import Settings
from sonicforge.folders import Folders
from sonicforge.wiring.front import routes_of
from tests.control.api.strangers import complaints
from tests.control.identity.matrix import Matrix, Owned
from tests.listeners.people import StationsPeople, people_of
from tests.listeners.station import RunningStation, running_station

pytestmark = [pytest.mark.real, pytest.mark.timeout(1_200)]

UNHURRIED = {
    "SECURITY__REQUESTS_PER_MINUTE_PER_ADDRESS": "10000000",
    "SECURITY__REQUESTS_PER_MINUTE_PER_ACCOUNT": "10000000",
    "SECURITY__REQUESTS_PER_SECOND": "1000000",
    "SECURITY__WRONG_CREDENTIALS_PER_MINUTE": "100000",
}

OAUTH = "/api/v1/auth/oauth/{provider:google|github|spotify}"
WITHOUT_OWNER = {f"POST {OAUTH}/link", f"DELETE {OAUTH}"}
"""Addresses that name another house, not a thing of somebody's: whoever asks reaches his own link only."""

EXAMPLES = int(os.environ.get("STRANGERS_EXAMPLES", "50"))
NOT_ASKED = (
    "/api/v1/auth/logout",
    "/api/v1/auth/me$",
    "/api/v1/auth/sessions",
    "/api/v1/admin/rate-limits",
    "/oauth/.+/callback",
    "/oembed",
)
"""Asked by nobody here: they end the login that asks, or
everybody's requests; a provider's answer may be longer than a request line; and oEmbed has a 501 of its own. Other tests ask them all."""


@pytest.fixture(scope="module")
def office_station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStation]:
    """A station without a studio whose house limits stand in nobody's way."""
    with running_station(tmp_path_factory.mktemp("office"), STUDIO__ENABLED="false", **UNHURRIED) as station:
        station.until(lambda: "0011" in station.log.read_text() and "#setup=" in station.log.read_text(), 60, "the schema is up to date")
        yield station


async def test_the_matrix_of_roles_and_routes_has_no_surprises(office_station: RunningStation, tmp_path: Path) -> None:
    async with people_of(office_station) as people, every_route(tmp_path) as routes:
        owned = {f"{method} {path}": made for method, path, made in _belongings(people)}
        found = await Matrix(office_station.base, people, owned, {"provider": "github"}).run(routes)
    assert found.cells > 20 * len([route for route in routes if route.permission != "public"])
    assert set(found.untried) == WITHOUT_OWNER
    assert not found.surprises, "\n".join(map(str, found.surprises))


def test_its_document_knows_every_address(office_station: RunningStation) -> None:
    paths = json.loads(office_station.fetch("/openapi.json"))["paths"]
    assert [path for path, methods in paths.items() for told in methods.values() if told.get("tags") == ["elsewhere"]] == []


@pytest.mark.long
async def test_an_administrator_finds_no_fault_in_the_api(office_station: RunningStation) -> None:
    async with people_of(office_station) as people:
        token = await people.token(Role.SUPERADMIN, Tier.ENTERPRISE)
    found = await asyncio.to_thread(
        complaints, office_station.base, token, EXAMPLES, leave_out=NOT_ASKED, phases="examples,coverage,fuzzing", limit_seconds=900
    )
    assert not found, found
    assert "an endpoint failed" not in office_station.log.read_text()


@asynccontextmanager
async def every_route(folder: Path) -> AsyncIterator[list[Route]]:
    """The routes of such a station, from its own wiring."""
    folders = Folders(folder / "state")
    folders.make()
    async with routes_of(Settings(), folders) as routes:
        yield routes


def _belongings(people: StationsPeople) -> list[tuple[str, str, Owned]]:
    """One's own things, and how to come by one."""
    key, session = partial(_key, people), partial(_session, people)
    return [
        ("GET", "/api/v1/api-keys/{id}", Owned(key)),
        ("PATCH", "/api/v1/api-keys/{id}", Owned(key, body={"name": "renamed"})),
        ("DELETE", "/api/v1/api-keys/{id}", Owned(key)),
        ("POST", "/api/v1/api-keys/{id}/rotate", Owned(partial(_key, people, after="/rotate"), body={})),
        ("DELETE", "/api/v1/auth/sessions/{id}", Owned(session)),
    ]


async def _key(people: StationsPeople, token: str, after: str = "") -> str:
    wish = {"name": "mine", "scopes": ["own:account:read"]}
    answer = await _ask(people, "POST", "/api/v1/api-keys", token, wish)
    return f"/api/v1/api-keys/{answer['id']}{after}"


async def _session(people: StationsPeople, token: str) -> str:
    answer = await _ask(people, "GET", "/api/v1/auth/sessions", token)
    return f"/api/v1/auth/sessions/{answer['items'][0]['id']}"


async def _ask(people: StationsPeople, method: str, path: str, token: str, body: object = None) -> dict[str, list[dict[str, str]]]:
    headers = {"Authorization": f"Bearer {token}"}
    async with ClientSession() as session, session.request(method, people.base + path, json=body, headers=headers) as answer:
        assert answer.status < 300, await answer.text()
        found: dict[str, list[dict[str, str]]] = await answer.json()
        return found
