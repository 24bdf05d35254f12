"""Limits of the house: who is counted with whom, and what he is told."""

import pytest

from control.identity.gatehouse import SecurityPolicy
from control.identity.rate_limits import HouseRates, Rate
from control.permissions import Role
from tests.control.identity.house import House, open_house

pytestmark = pytest.mark.real
ROOMY = Rate(1_000, 60)


def policy(*, address: Rate = ROOMY, account: Rate = ROOMY, together: Rate = ROOMY, proxies: tuple[str, ...] = ()) -> SecurityPolicy:
    return SecurityPolicy(proxies, rates=HouseRates(together, address, account))


async def statuses(house: House, count: int, headers: dict[str, str], path: str = "/api/v1/me") -> list[int]:
    found = []
    for _ in range(count):
        async with house.client.get(path, headers=headers) as answer:
            found.append(answer.status)
    return found


async def test_says_what_is_left_and_when_there_is_more() -> None:
    async with open_house(policy=policy(address=Rate(3, 60))) as house:
        headers = house.bearer(Role.USER)
        for left in ("2", "1", "0"):
            async with house.client.get("/api/v1/me", headers=headers) as answer:
                assert answer.status == 200
                assert answer.headers["RateLimit-Limit"] == "3"
                assert answer.headers["RateLimit-Remaining"] == left
                assert answer.headers["RateLimit-Policy"] == "3;w=60"
        async with house.client.get("/api/v1/me", headers=headers) as answer:
            assert answer.status == 429
            problem = await answer.json(content_type="application/problem+json")
            assert problem["type"].endswith("too-many")
            assert answer.headers["RateLimit-Remaining"] == "0"
            wait = int(answer.headers["Retry-After"])
            assert wait == int(answer.headers["RateLimit-Reset"]) > 0
        house.watch.now += wait - 1
        assert await statuses(house, 1, headers) == [429]
        house.watch.now += 1
        assert await statuses(house, 1, headers) == [200]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "True-Client-IP", "X-Client-IP"])
async def test_a_header_that_anybody_can_write_moves_nobody(header: str) -> None:
    async with open_house(policy=policy(address=Rate(4, 60))) as house:
        found = []
        for n in range(8):
            found += await statuses(house, 1, {header: f"198.51.100.{n}"}, "/api/nowhere")
        assert found == [404] * 4 + [429] * 4


async def test_behind_a_trusted_proxy_each_client_has_his_own_count() -> None:
    async with open_house(policy=policy(address=Rate(2, 60), proxies=("127.0.0.1",))) as house:
        for n in range(4):
            spoofed = {"X-Forwarded-For": f"1.1.1.{n}, 198.51.100.1"}
            assert await statuses(house, 1, spoofed, "/api/nowhere") == [404 if n < 2 else 429]
        assert await statuses(house, 1, {"X-Forwarded-For": "198.51.100.2"}, "/api/nowhere") == [404]
        household = [{"X-Forwarded-For": f"2001:db8:1:2::{n}"} for n in range(1, 4)]
        assert [(await statuses(house, 1, each, "/api/nowhere"))[0] for each in household] == [404, 404, 429]


async def test_an_account_is_counted_wherever_it_asks_from() -> None:
    async with open_house(policy=policy(account=Rate(3, 60), proxies=("127.0.0.1",))) as house:
        account = house.bearer(Role.USER)
        found = [(await statuses(house, 1, account | {"X-Forwarded-For": f"198.51.100.{n}"}))[0] for n in range(5)]
        assert found == [200, 200, 200, 429, 429]
        assert await statuses(house, 1, house.bearer(Role.USER)) == [200]


async def test_all_together_are_counted_too() -> None:
    async with open_house(policy=policy(together=Rate(5, 10), proxies=("127.0.0.1",))) as house:
        found = [(await statuses(house, 1, {"X-Forwarded-For": f"198.51.100.{n}"}, "/api/nowhere"))[0] for n in range(7)]
        assert found == [404] * 5 + [429] * 2


async def test_listening_is_not_counted_but_changing_is() -> None:
    async with open_house(policy=policy(address=Rate(2, 60))) as house:
        assert await statuses(house, 10, {}, "/public") == [200] * 10
        found = []
        for _ in range(3):
            async with house.client.post("/public") as answer:
                found.append(answer.status)
        assert found == [200, 200, 429]


async def test_several_fronts_count_together_if_they_shall() -> None:
    shared = SecurityPolicy(shared_limits=True, rates=HouseRates(ROOMY, Rate(3, 60), ROOMY))
    async with open_house(policy=shared) as house:
        assert await statuses(house, 5, {}, "/api/nowhere") == [404] * 3 + [429] * 2
        kept = await house.kv.get_many([f"limit/address/127.0.0.1/3/60/second/{int(house.watch.now // 60)}"])
        assert kept != [None]


async def test_limits_can_be_changed_while_the_house_is_open() -> None:
    async with open_house(policy=policy(address=Rate(2, 60))) as house:
        assert await statuses(house, 3, {}, "/api/nowhere") == [404, 404, 429]
        house.gatehouse.limits.adopt(HouseRates(ROOMY, Rate(4, 60), ROOMY))
        assert await statuses(house, 5, {}, "/api/nowhere") == [404] * 4 + [429]
        house.gatehouse.limits.adopt(HouseRates(ROOMY, Rate(4, 60), ROOMY))
        assert await statuses(house, 1, {}, "/api/nowhere") == [429], "what is as it was goes on counting"
