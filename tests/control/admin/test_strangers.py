"""Strangers ask for everything that keys, audit log and administration invite to."""

import asyncio
from collections.abc import Sequence

import pytest

from control.api.routes import api_routes
from control.permissions import Role
from server.route import Route
from tests.control.admin.house import open_administration
from tests.control.admin.office import Office
from tests.control.api.strangers import complaints

pytestmark = pytest.mark.real


def document(_: Office, routes: Sequence[Route]) -> Sequence[Route]:
    return api_routes(routes, "Office", "1")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("role", [Role.SUPERADMIN, Role.USER])
async def test_a_stranger_finds_no_way_past_the_document(role: Role) -> None:
    async with open_administration(document) as house:
        person = await house.office.person(role)
        token = person.headers["Authorization"].removeprefix("Bearer ")
        url = str(house.office.client.make_url("")).rstrip("/")
        # rate limits that a stranger sets would end the test
        found = await asyncio.to_thread(
            # A revoked key can still be looked at: it says since when.
            complaints,
            url,
            token,
            10,
            leave_out=["rate-limits"],
            without_checks=["use_after_free"],
            limit_seconds=240,
        )
    assert not found, found
