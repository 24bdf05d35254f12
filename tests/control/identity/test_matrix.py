"""The matrix itself: silent over a house in order, and loud over each way in which a route can be wrong."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

import pytest
from aiohttp.web import HTTPNotFound, Request, Response, StreamResponse, WebSocketResponse

from control.identity.gatehouse import SecurityPolicy
from control.identity.rate_limits import HouseRates, Rate
from control.identity.request import PRINCIPAL
from control.identity.tokens import LIFE_SECONDS, Tokens
from control.permissions import GRANTS, PUBLIC, Permission, Role
from control.principal import Means, Principal
from control.tiers import Tier
from server.route import Route
from tests.control.identity.house import House, open_house, who
from tests.control.identity.matrix import Findings, Matrix, Owned, filled, undeclared

pytestmark = pytest.mark.real
ROOMY = Rate(1_000_000, 60)


@dataclass
class Crowd:
    """Makes people of a small house that has no database."""

    house: House

    async def token(self, role: Role) -> str:
        return self.house.token(role)

    async def expired(self, role: Role) -> str:
        return self.house.tokens.mint(_principal(role), self.house.watch.now - LIFE_SECONDS)

    async def forged(self, role: Role) -> str:
        return Tokens(bytes(range(1, 33))).mint(_principal(role), self.house.watch.now)

    async def key(self, role: Role, scopes: frozenset[Permission]) -> str:
        return self.house.key(role, scopes)

    async def ticket(self, role: Role) -> str:
        return await self.house.gatehouse.tickets.issue(_principal(role), self.house.watch.now)


def _principal(role: Role) -> Principal:
    return Principal(Means.TOKEN, GRANTS[role], uuid4(), role, Tier.FREE, uuid4())


@dataclass
class Drawer:
    """Things with owners. One that is careless shows them to everybody."""

    careless: bool = False
    owners: dict[UUID, UUID | None] = field(default_factory=dict)

    async def show(self, request: Request) -> StreamResponse:
        owner = self.owners.get(UUID(request.match_info["id"]))
        if owner is None or not (self.careless or owner == request[PRINCIPAL].account_id):
            raise HTTPNotFound
        return Response(text="a thing")

    def make(self, house: House) -> Owned:
        async def make(token: str) -> str:
            thing = uuid4()
            self.owners[thing] = house.tokens.read(token, house.watch.now).account_id
            return f"/api/v1/things/{thing}"

        return Owned(make, frozenset({Role.USER, Role.DJ}))


async def endless(request: Request) -> StreamResponse:
    answer = StreamResponse()
    await answer.prepare(request)
    await answer.write(b"sound")
    while True:
        await answer.write(bytes(65_536))


async def socket(request: Request) -> StreamResponse:
    answer = WebSocketResponse()
    await answer.prepare(request)
    await answer.close()
    return answer


async def falls(_: Request) -> StreamResponse:
    raise RuntimeError("an endpoint with a fault")


THING = "/api/v1/things/{id:[0-9a-f-]{36}}"


def routes_in_order(drawer: Drawer) -> list[Route]:
    return [
        Route("GET", "/api/nowplaying/{station}", PUBLIC, who),
        Route("POST", "/api/v1/auth/login", PUBLIC, who),
        Route("GET", "/metrics", Permission.HOUSE_METRICS_READ, who),
        Route("POST", "/api/v1/stream/control", Permission.STATION_CONTROL_SKIP, who),
        Route("PATCH", "/api/v1/accounts/{id}", Permission.HOUSE_ROLES_ASSIGN, who),
        Route("GET", "/radio.mp3", Permission.STATION_STATUS_READ, endless),
        Route("GET", "/ws/queue", Permission.STATION_QUEUE_READ, socket),
        Route("GET", THING, Permission.OWN_ACCOUNT_READ, drawer.show),
    ]


@asynccontextmanager
async def roomy(routes: Iterable[Route]) -> AsyncIterator[House]:
    async with open_house(routes, SecurityPolicy(rates=HouseRates(ROOMY, ROOMY, ROOMY, ROOMY))) as house:
        yield house


async def examined(house: House, routes: Sequence[Route], drawer: Drawer) -> Findings:
    matrix = Matrix(str(house.client.make_url("")).rstrip("/"), Crowd(house), {f"GET {THING}": drawer.make(house)})
    return await matrix.run(routes)


async def test_a_house_in_order_holds_no_surprise() -> None:
    drawer = Drawer()
    routes = routes_in_order(drawer)
    async with roomy(routes) as house:
        found = await examined(house, routes, drawer)
        assert [str(each) for each in found.surprises] == []
        assert found.untried == []
        assert found.cells > 6 * 20
        assert undeclared(house.client.app, routes) == []


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        (2, Permission.STATION_STATUS_READ),
        (3, Permission.STATION_CONTROL_STOP),
        (4, Permission.HOUSE_ACCOUNTS_MANAGE),
        (6, PUBLIC),
        (7, PUBLIC),
    ],
)
async def test_a_route_behind_the_wrong_permission_is_found(place: int, wrong: str) -> None:
    drawer = Drawer()
    declared = routes_in_order(drawer)
    served = list(declared)
    served[place] = replace(declared[place], permission=wrong)
    async with roomy(served) as house:
        found = await examined(house, declared, drawer)
    assert {each.route for each in found.surprises} == {f"{declared[place].method} {declared[place].path}"}


async def test_a_route_without_a_guard_is_found() -> None:
    drawer = Drawer()
    declared = routes_in_order(drawer)
    async with roomy([route for route in declared if route.path != "/metrics"]) as house:
        found = await examined(house, declared, drawer)
        assert {each.route for each in found.surprises} == {"GET /metrics"}, "it is not even there"
        behind_no_guard = undeclared(house.client.app, declared[:5])
        assert behind_no_guard == [
            "GET /api/v1/things/{id}",
            "GET /radio.mp3",
            "GET /ws/queue",
            "HEAD /api/v1/things/{id}",
            "HEAD /radio.mp3",
            "HEAD /ws/queue",
        ]


async def test_a_drawer_that_shows_other_peoples_things_is_found() -> None:
    drawer = Drawer(careless=True)
    routes = routes_in_order(drawer)
    async with roomy(routes) as house:
        found = await examined(house, routes, drawer)
    assert sorted(each.caller for each in found.surprises) == ["another dj", "another user"]


async def test_an_endpoint_that_falls_is_found() -> None:
    drawer = Drawer()
    declared = [Route("POST", "/api/v1/stream/control", Permission.STATION_CONTROL_SKIP, falls), Route("GET", "/open", PUBLIC, falls)]
    async with roomy(declared) as house:
        found = await examined(house, declared, drawer)
    assert {(each.route, each.found[:3]) for each in found.surprises} == {("POST /api/v1/stream/control", "500"), ("GET /open", "500")}


async def test_own_things_that_nobody_can_make_are_named() -> None:
    drawer = Drawer()
    routes = routes_in_order(drawer)
    async with roomy(routes) as house:
        found = await Matrix(str(house.client.make_url("")).rstrip("/"), Crowd(house)).run(routes)
    assert found.untried == [f"GET {THING}"]


def test_paths_are_filled_by_name_or_pattern() -> None:
    assert filled("/hls/{station}/{rung:aac_[0-9]+}/live.m3u8", {"station": "main"}) == "/hls/main/aac_128/live.m3u8"
    assert filled(THING, {}) == f"/api/v1/things/{UUID(int=7)}"
    with pytest.raises(ValueError, match="fill="):
        filled("/{code:[QZ]{40}}", {})
