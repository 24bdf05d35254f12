import asyncio

import pytest

from control.admin.limit_book import LimitBook
from control.identity.rate_limits import HouseRates, Rate
from control.permissions import Role
from tests.control.admin.house import open_administration
from tests.server.until import until

pytestmark = pytest.mark.real
LIMITS = "/api/v1/admin/rate-limits"


class Front:
    """Adopts, and remembers what."""

    def __init__(self) -> None:
        self.rates: list[HouseRates] = []

    def adopt(self, rates: HouseRates) -> None:
        self.rates.append(rates)


async def test_limits_are_as_configured_until_somebody_changes_them() -> None:
    async with open_administration() as house:
        table = await (await house.chief.ask("GET", LIMITS)).json()
        assert {row["name"]: row["times"] for row in table["items"]} == {
            "all_together": 30_000,
            "by_address": 6_000,
            "by_account": 6_000,
            "wrong_credentials": 60,
        }
        assert {row["changed_at"] for row in table["items"]} == {None}


async def test_a_change_holds_at_once_and_is_taken_back_by_null() -> None:
    async with open_administration() as house:
        person = await house.office.person()
        changed = await house.chief.ask("PUT", LIMITS, {"by_account": {"times": 10, "seconds": 60}})
        assert changed.status == 200
        statuses = [(await person.ask("GET", "/api/v1/api-keys")).status for _ in range(11)]
        assert statuses == [200] * 10 + [429]
        back = await (await house.chief.ask("PUT", LIMITS, {})).json()
        assert {row["changed_at"] for row in back["items"]} == {None}
        assert (await person.ask("GET", "/api/v1/api-keys")).status == 200
        details = [entry.detail for entry in await house.office.entries("limits.change")]
        assert sorted(details, key=len) == [{}, {"by_account": [10, 60]}]


async def test_another_front_hears_of_it() -> None:
    async with open_administration() as house:
        front = Front()
        office = house.office
        book = LimitBook(office.database, office.kv, office.audit, HouseRates(), front, office.watch.wall)
        running = asyncio.create_task(book.run())
        await until(lambda: bool(front.rates))
        assert front.rates[-1] == HouseRates()
        await house.chief.ask("PUT", LIMITS, {"wrong_credentials": {"times": 20, "seconds": 60}})
        await until(lambda: front.rates[-1].wrong_credentials == Rate(20, 60))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_who_may() -> None:
    async with open_administration() as house:
        assert (await (await house.office.person(Role.MODERATOR)).ask("GET", LIMITS)).status == 403
        assert (await (await house.office.person(Role.ADMIN)).ask("PUT", LIMITS, {})).status == 200
        assert (await house.office.client.get(LIMITS)).status == 401


@pytest.mark.parametrize(
    "change", [{"by_account": {"times": 1, "seconds": 60}}, {"by_account": {"times": 100, "seconds": 0}}, {"x": None}, {"by_address": 5}]
)
async def test_nobody_can_lock_everybody_out(change: dict[str, object]) -> None:
    async with open_administration() as house:
        assert (await house.chief.ask("PUT", LIMITS, change)).status == 422
