"""Tickets: once, soon, and only what their owner may."""

import asyncio
from uuid import uuid4

import pytest

from control.errors import Forbidden, Unauthenticated
from control.identity.tickets import LIFE_SECONDS, Tickets
from control.kv.memory import MemoryKv
from control.permissions import Permission, Role
from control.principal import ANONYMOUS, Means, Principal
from control.tiers import Tier

NOW = 1_800_000_000.0
SCOPE = frozenset({Permission.STATION_QUEUE_READ})
OWNER = Principal(Means.KEY, SCOPE, uuid4(), Role.DJ, Tier.PRO, uuid4(), uuid4(), mfa=True)


async def test_carries_its_owner_with_no_more_than_his_scope() -> None:
    tickets = Tickets(MemoryKv())
    redeemed = await tickets.redeem(await tickets.issue(OWNER, NOW), NOW + LIFE_SECONDS - 1)
    assert redeemed == Principal(Means.TICKET, SCOPE, OWNER.account_id, Role.DJ, Tier.PRO, OWNER.session_id, OWNER.key_id, mfa=True)


async def test_of_a_hundred_at_once_one_gets_in() -> None:
    tickets = Tickets(MemoryKv())
    ticket = await tickets.issue(OWNER, NOW)
    tries = await asyncio.gather(*(tickets.redeem(ticket, NOW) for _ in range(100)), return_exceptions=True)
    assert sum(isinstance(each, Principal) for each in tries) == 1
    assert sum(isinstance(each, Unauthenticated) for each in tries) == 99


@pytest.mark.parametrize("later", [LIFE_SECONDS, 3_600.0])
async def test_is_too_old_after_half_a_minute(later: float) -> None:
    tickets = Tickets(MemoryKv(lambda: 0.0))
    ticket = await tickets.issue(OWNER, NOW)
    with pytest.raises(Unauthenticated):
        await tickets.redeem(ticket, NOW + later)


@pytest.mark.parametrize("forged", ["", "*", "a" * 32, "a" * 100_000, "ß"])
async def test_what_was_never_given_out_opens_nothing(forged: str) -> None:
    tickets = Tickets(MemoryKv())
    await tickets.issue(OWNER, NOW)
    with pytest.raises(Unauthenticated):
        await tickets.redeem(forged, NOW)


async def test_nobody_in_particular_gets_none() -> None:
    with pytest.raises(Forbidden):
        await Tickets(MemoryKv()).issue(ANONYMOUS, NOW)


async def test_the_store_never_holds_the_ticket_itself() -> None:
    kv = MemoryKv()
    ticket = await Tickets(kv).issue(OWNER, NOW)
    assert await kv.get(f"ticket:{ticket}") is None
    assert await kv.delete_matching("ticket:*") == 1


def test_a_long_life_is_refused() -> None:
    with pytest.raises(ValueError, match="30 s"):
        Tickets(MemoryKv(), 31)
