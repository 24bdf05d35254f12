"""Who is let in by what he shows: every way to log in, and every way in which it can be wrong."""

import asyncio
from base64 import b64encode
from uuid import uuid4

import pytest
from aiohttp.web import Request, StreamResponse

from control.api.operation import operations
from control.identity.gatehouse import Gatehouse, SecurityPolicy
from control.identity.rate_limits import HouseRates, Rate
from control.identity.ticket_routes import TicketRoutes
from control.permissions import Permission, Role
from server.route import Route
from tests.control.identity.house import House, Watch, open_house, who

pytestmark = pytest.mark.real


async def asked(house: House, path: str, headers: dict[str, str] | None = None, method: str = "GET") -> tuple[int, str]:
    async with house.client.request(method, path, headers=headers or {}) as answer:
        return answer.status, await answer.text()


def basic(password: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'source:{password}'.encode()).decode()}"}


async def test_unknown_permission_stops_the_start() -> None:
    async with open_house() as house:
        for misspelt in ("house:metrics:raed", "PUBLIC", "", "own:*:*"):
            with pytest.raises(ValueError, match="does not know it"):
                house.gatehouse.guard(misspelt, who)


async def test_token_opens_what_its_role_may_and_nothing_else() -> None:
    async with open_house() as house:
        dj = house.bearer(Role.DJ)
        assert await asked(house, "/api/v1/me", dj) == (200, "token dj 127.0.0.1")
        assert (await asked(house, "/api/v1/skip", dj, "POST"))[0] == 200
        status, words = await asked(house, "/api/v1/audit", dj)
        assert status == 403
        assert "house:audit:export" in words
        assert (await asked(house, "/api/v1/skip", house.bearer(Role.VIEWER), "POST"))[0] == 403


async def test_nobody_is_asked_to_log_in() -> None:
    async with open_house() as house, house.client.get("/api/v1/me", headers={"Host": "radio.example"}) as answer:
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer " + "a" * 9_000},
        {"Authorization": "Bearer sf_unknown"},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Digest username=x"},
        {"X-API-Key": "sf_unknown"},
        {"X-API-Key": ""},
        basic("hackme"),
        basic("sf_unknown"),
    ],
)
async def test_bad_credential_is_refused_where_one_is_needed_and_overlooked_where_not(headers: dict[str, str]) -> None:
    async with open_house() as house:
        assert (await asked(house, "/api/v1/me", headers))[0] in {401, 400}
        status, words = await asked(house, "/public", headers)
        assert (status, words) in {(200, "nothing nobody 127.0.0.1"), (400, words)}


async def test_two_credentials_are_one_too_many() -> None:
    async with open_house() as house:
        both = {**house.bearer(Role.ADMIN), "X-API-Key": house.key(Role.ADMIN, Permission)}
        assert (await asked(house, "/api/v1/me", both))[0] == 401


async def test_key_comes_as_bearer_header_or_basic_password() -> None:
    async with open_house() as house:
        key = house.key(Role.DJ, [Permission.OWN_ACCOUNT_READ])
        for headers in ({"Authorization": f"Bearer {key}"}, {"X-API-Key": key}, basic(key)):
            assert await asked(house, "/api/v1/me", headers) == (200, "key dj 127.0.0.1")
            assert (await asked(house, "/api/v1/skip", headers, "POST"))[0] == 403, "its scope does not reach there"


async def test_key_from_a_refused_address_and_with_the_database_away() -> None:
    async with open_house() as house:
        headers = {"X-API-Key": house.key(Role.DJ, Permission)}
        house.keys.refused_address = "127.0.0.1"
        assert (await asked(house, "/api/v1/me", headers))[0] == 403
        house.keys.refused_address, house.keys.away = "", True
        async with house.client.get("/api/v1/me", headers=headers) as answer:
            assert answer.status == 503
            assert answer.headers["Retry-After"] == "2"
        assert (await asked(house, "/public", headers))[0] == 200
        assert (await asked(house, "/api/v1/me", house.bearer(Role.DJ)))[0] == 200, "a token needs no database"


async def test_token_ends_in_time() -> None:
    async with open_house() as house:
        dj = house.bearer(Role.DJ)
        assert (await asked(house, "/api/v1/me", dj))[0] == 200
        house.watch.now += 900
        assert (await asked(house, "/api/v1/me", dj))[0] == 401
        assert await asked(house, "/public", dj) == (200, "nothing nobody 127.0.0.1")


async def test_revoked_here_it_ends_at_once_and_elsewhere_within_a_second() -> None:
    async with open_house() as house:
        account, session = uuid4(), uuid4()
        mine = {"Authorization": f"Bearer {house.token(Role.DJ, account, session)}"}
        sibling = {"Authorization": f"Bearer {house.token(Role.DJ, account)}"}
        for headers in (mine, sibling):
            assert (await asked(house, "/api/v1/me", headers))[0] == 200
        await house.gatehouse.revocations.revoke_session(session, house.watch.now)
        assert (await asked(house, "/api/v1/me", mine))[0] == 401
        assert (await asked(house, "/api/v1/me", sibling))[0] == 200
        await house.kv.set(f"revoked-account:{account}", str(house.watch.now + 0.5).encode(), 900)
        house.watch.now += 1
        assert (await asked(house, "/api/v1/me", sibling))[0] == 401
        later = {"Authorization": f"Bearer {house.token(Role.DJ, account)}"}
        assert (await asked(house, "/api/v1/me", later))[0] == 200, "what was issued after it counts"


async def test_ticket_opens_a_stream_of_events_once() -> None:
    async with open_house([Route("GET", "/events", Permission.OWN_ACCOUNT_READ, who)]) as house:
        principal = house.tokens.read(house.token(Role.USER), house.watch.now).principal
        ticket = await house.gatehouse.tickets.issue(principal, house.watch.now)
        path, events = f"/events?ticket={ticket}", {"Accept": "text/event-stream"}
        assert (await asked(house, path))[0] == 401, "only streams of events and sockets take tickets"
        several = await asyncio.gather(*(asked(house, path, events) for _ in range(20)))
        assert sorted(status for status, _ in several) == [200] + [401] * 19
        assert (200, "ticket user 127.0.0.1") in several


async def test_ticket_opens_a_mount_once() -> None:
    """An audio element sends no header either."""
    async with open_house([Route("GET", "/listen/main/unmastered.mp3", Permission.STATION_MASTERING_WRITE, who)]) as house:
        principal = house.tokens.read(house.token(Role.ADMIN), house.watch.now).principal
        ticket = await house.gatehouse.tickets.issue(principal, house.watch.now)
        path = f"/listen/main/unmastered.mp3?from=960&ticket={ticket}"
        assert await asked(house, path) == (200, "ticket admin 127.0.0.1")
        assert (await asked(house, path))[0] == 401


async def test_ticket_is_fetched_with_a_token() -> None:
    def tickets(gatehouse: Gatehouse, watch: Watch) -> list[Route]:
        return operations(TicketRoutes(gatehouse.tickets, watch.wall))

    async with open_house([Route("GET", "/events", Permission.OWN_ACCOUNT_READ, who)], more=tickets) as house:
        assert (await asked(house, "/api/v1/tickets", method="POST"))[0] == 401
        async with house.client.post("/api/v1/tickets", headers=house.bearer(Role.VIEWER)) as answer:
            assert (answer.status, answer.headers["Cache-Control"]) == (201, "no-store")
            fetched = await answer.json()
        assert fetched["expires_in"] == 30
        events = {"Accept": "text/event-stream"}
        path = f"/events?ticket={fetched['ticket']}"
        assert await asked(house, path, events) == (200, "ticket viewer 127.0.0.1")
        assert (await asked(house, path, events))[0] == 401


async def test_this_machine_reads_metrics_and_nothing_else() -> None:
    async with open_house() as house:
        assert await asked(house, "/metrics") == (200, "machine nobody 127.0.0.1")
        assert (await asked(house, "/api/v1/me"))[0] == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"X-Real-IP": "127.0.0.1"},
        {"Via": "1.1 somewhere"},
        {"Host": "rebound.example"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_a_proxy_or_a_page_is_not_this_machine(headers: dict[str, str]) -> None:
    async with open_house() as house:
        assert (await asked(house, "/metrics", headers))[0] == 401


async def test_machine_can_be_asked_to_log_in_too() -> None:
    async with open_house(policy=SecurityPolicy(machine_reads=False)) as house:
        assert (await asked(house, "/metrics"))[0] == 401
        assert (await asked(house, "/metrics", house.bearer(Role.ADMIN)))[0] == 200


async def test_guessing_is_ended_and_harms_nobody_beside() -> None:
    policy = SecurityPolicy(rates=HouseRates(wrong_credentials=Rate(5, 60)))
    async with open_house(policy=policy) as house:
        known = house.bearer(Role.DJ)
        assert (await asked(house, "/api/v1/me", known))[0] == 200
        statuses = [(await asked(house, "/api/v1/me", {"X-API-Key": f"sf_{n}"}))[0] for n in range(8)]
        assert statuses == [401] * 5 + [429] * 3
        for neighbour in (known, house.bearer(Role.DJ)):
            assert (await asked(house, "/api/v1/me", neighbour))[0] == 200, "tokens from the same address are none the worse"
        good = {"X-API-Key": house.key(Role.DJ, Permission)}
        assert (await asked(house, "/api/v1/me", good))[0] == 429
        house.watch.now += 121
        assert (await asked(house, "/api/v1/me", good))[0] == 200


async def test_an_old_token_left_open_shuts_nobody_out() -> None:
    async with open_house(policy=SecurityPolicy(rates=HouseRates(wrong_credentials=Rate(5, 60)))) as house:
        old = house.bearer(Role.DJ)
        house.watch.now += 900
        assert [(await asked(house, "/public", old))[0] for _ in range(20)] == [200] * 20
        assert [(await asked(house, "/api/v1/me", old))[0] for _ in range(20)] == [401] * 20
        assert (await asked(house, "/api/v1/me", {"X-API-Key": house.key(Role.DJ, Permission)}))[0] == 200


async def test_refusal_comes_before_the_endpoint() -> None:
    reached: list[str] = []

    async def secret(request: Request) -> StreamResponse:
        reached.append(request.path)
        return await who(request)

    async with open_house([Route("POST", "/secret", Permission.HOUSE_ROLES_ASSIGN, secret)]) as house:
        for headers in ({}, house.bearer(Role.ADMIN), {"X-API-Key": house.key(Role.SUPERADMIN, [])}):
            assert (await asked(house, "/secret", headers, "POST"))[0] in {401, 403}
        assert reached == []
        assert (await asked(house, "/secret", house.bearer(Role.SUPERADMIN), "POST"))[0] == 200
        assert reached == ["/secret"]
