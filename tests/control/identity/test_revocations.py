"""Revocations: known here at once, elsewhere when asked, and not forgotten when the store is away."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest

from control.identity.revocations import KEPT_SECONDS, REMEMBERED, Revocations
from control.kv.memory import MemoryKv

NOW = 1_800_000_000.0


@dataclass(frozen=True)
class Issued:
    """As much of a token as is asked for."""

    jti: str = field(default_factory=lambda: uuid4().hex)
    session_id: UUID = field(default_factory=uuid4)
    account_id: UUID = field(default_factory=uuid4)
    issued_at: int = int(NOW)


class Broken:
    """A store that fails, or never answers."""

    def __init__(self, *, hangs: bool) -> None:
        self._hangs = hangs

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        if self._hangs:
            await asyncio.Event().wait()
        raise ConnectionError(f"no answer to {len(keys)} keys")

    async def set(self, key: str, value: bytes, ttl_seconds: float | None = None) -> None:
        raise ConnectionError(f"{key} {value!r} {ttl_seconds}")


async def test_each_kind_reaches_its_tokens_and_no_others() -> None:
    kv = MemoryKv(lambda: 0.0)
    here, elsewhere = Revocations(kv), Revocations(kv)
    one, session, account, other = Issued(), Issued(), Issued(), Issued()
    await here.revoke_token(one.jti, NOW)
    await here.revoke_session(session.session_id, NOW)
    await here.revoke_account(account.account_id, NOW + 1)
    for token in (one, session, account):
        assert here.knows(token, NOW + 1)
        assert not elsewhere.knows(token, NOW + 1), "it has not asked yet"
        assert await elsewhere.holds(token, NOW + 1)
        assert elsewhere.knows(token, NOW + 2), "and remembers"
    assert not await elsewhere.holds(other, NOW + 1)


async def test_an_account_may_come_back_with_a_newer_token() -> None:
    revocations, account = Revocations(MemoryKv(lambda: 0.0)), uuid4()
    await revocations.revoke_account(account, NOW)
    assert await revocations.holds(Issued(account_id=account, issued_at=int(NOW) - 1), NOW)
    assert not await revocations.holds(Issued(account_id=account, issued_at=int(NOW) + 1), NOW + 1)


async def test_is_kept_as_long_as_a_token_lives() -> None:
    revocations, token = Revocations(MemoryKv(lambda: 0.0)), Issued()
    await revocations.revoke_token(token.jti, NOW)
    assert revocations.knows(token, NOW + KEPT_SECONDS - 1)
    assert not revocations.knows(token, NOW + KEPT_SECONDS)


@pytest.mark.parametrize("hangs", [False, True])
async def test_with_the_store_away_what_is_known_still_holds(*, hangs: bool) -> None:
    revocations, known, unknown = Revocations(Broken(hangs=hangs)), Issued(), Issued()
    with pytest.raises(ConnectionError):
        await revocations.revoke_token(known.jti, NOW)
    async with asyncio.timeout(2):
        assert await revocations.holds(known, NOW)
        assert not await revocations.holds(unknown, NOW)


async def test_an_entry_that_cannot_be_read_counts_against_the_token() -> None:
    kv, token = MemoryKv(lambda: 0.0), Issued()
    await kv.set(f"revoked-account:{token.account_id}", b"yesterday")
    assert await Revocations(kv).holds(token, NOW)


async def test_memory_is_bounded() -> None:
    revocations, first, last = Revocations(MemoryKv(lambda: 0.0)), Issued(), Issued()
    await revocations.revoke_token(first.jti, NOW)
    for n in range(REMEMBERED):
        await revocations.revoke_token(str(n), NOW)
    await revocations.revoke_token(last.jti, NOW)
    assert not revocations.knows(first, NOW)
    assert revocations.knows(last, NOW)
    assert await revocations.holds(first, NOW), "the store still has it"
