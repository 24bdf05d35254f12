"""Strangers ask the pipeline for everything its document invites."""

import asyncio

import pytest

from tests.control.api.strangers import complaints
from tests.control.pipeline.house import house


@pytest.mark.real
@pytest.mark.timeout(900)
@pytest.mark.parametrize("who", ["moderator", "user"])
async def test_a_stranger_finds_no_way_past_the_document(who: str) -> None:
    async with house() as one:
        base = str(one.client.make_url("")).rstrip("/")
        found = await asyncio.to_thread(complaints, base, who, 20, phases="examples,coverage,fuzzing")
    assert not found, found
