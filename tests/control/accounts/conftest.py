"""The reception, opened for one test."""

from collections.abc import AsyncIterator

import pytest

from tests.control.accounts.reception import Desk, open_desk


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """With limits that nobody reaches."""
    async with open_desk() as opened:
        yield opened


@pytest.fixture
async def throttled() -> AsyncIterator[Desk]:
    """With the limits of the house."""
    async with open_desk(throttled=True) as opened:
        yield opened
