"""The purse of a house that sells no credits."""

from typing import cast

from control.database.server import Connection
from control.permissions import Role
from control.pipeline.purse import FreePurse
from tests.control.stations.obedient import person


async def test_everything_is_free() -> None:
    purse = FreePurse()
    assert await purse.left(person(Role.USER)) is None
    assert await purse.pay(cast("Connection", None), person(Role.USER), 20) == 0
