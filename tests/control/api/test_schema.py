"""Strangers ask a small application for everything its document invites."""

import asyncio

import pytest

from control.api.operation import operations
from control.api.routes import api_routes
from tests.control.api.shelf import Shelf, house
from tests.control.api.strangers import complaints

pytestmark = pytest.mark.real


@pytest.mark.timeout(300)
async def test_a_stranger_finds_no_way_past_the_document() -> None:
    routes = operations(Shelf())
    async with house([*routes, *api_routes(routes, "Shelf", "1")]) as client:
        found = await asyncio.to_thread(complaints, str(client._base_url).rstrip("/"), "dj", 25)
    assert not found, found
