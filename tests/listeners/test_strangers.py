"""A running station's whole API, asked for everything that its document allows and much that it does not."""

import asyncio
import json
import os
from collections.abc import Iterator

import pytest

from control.permissions import Role
from control.tiers import Tier
from tests.control.api.strangers import complaints
from tests.listeners.people import people_of
from tests.listeners.station import RunningStation, running_station
from tests.listeners.test_rights import UNHURRIED

pytestmark = [pytest.mark.real, pytest.mark.timeout(1_200)]

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
def open_station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStation]:
    """Its own, for strangers leave a mess."""
    with running_station(tmp_path_factory.mktemp("strangers"), STUDIO__ENABLED="false", **UNHURRIED) as station:
        station.until(lambda: "#setup=" in station.log.read_text(), 60, "the schema is up to date")
        yield station


def test_its_document_knows_every_address(open_station: RunningStation) -> None:
    paths = json.loads(open_station.fetch("/openapi.json"))["paths"]
    assert [path for path, methods in paths.items() for told in methods.values() if told.get("tags") == ["elsewhere"]] == []


async def test_an_administrator_finds_no_fault_in_the_api(open_station: RunningStation) -> None:
    async with people_of(open_station) as people:
        token = await people.token(Role.SUPERADMIN, Tier.ENTERPRISE)
    found = await asyncio.to_thread(
        complaints, open_station.base, token, EXAMPLES, leave_out=NOT_ASKED, phases="examples,coverage,fuzzing", limit_seconds=900
    )
    assert not found, found
    assert "an endpoint failed" not in open_station.log.read_text()
