"""How often a door may be tried, over hours."""

import pytest

from control.accounts.throttle import HASTY, STUBBORN, TRIES, Throttle
from control.errors import TooMany
from control.kv.memory import MemoryKv


class Hours:
    """A clock that is pushed on."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


async def granted(throttle: Throttle, subject: str, kind: str = "login-account") -> bool:
    try:
        await throttle.allow(kind, subject)
    except TooMany as refusal:
        return not refusal.retry_after_seconds
    return True


async def test_who_keeps_on_waits_ever_longer() -> None:
    clock = Hours()
    throttle = Throttle(MemoryKv(clock.monotonic))
    tries = 0
    for _ in range(3_600):
        tries += await granted(throttle, "somebody@example.org")
        clock.now += 1
    assert HASTY.times < tries <= 2 * STUBBORN.times, "in the first hour"
    tries = 0
    for _ in range(3_600):
        tries += await granted(throttle, "somebody@example.org")
        clock.now += 1
    assert tries <= STUBBORN.times + 1, "in every hour after it"


async def test_capitals_make_no_other_mailbox_and_others_are_not_concerned() -> None:
    throttle = Throttle(MemoryKv(Hours().monotonic))
    for number in range(HASTY.times):
        assert await granted(throttle, "Somebody@example.org" if number % 2 else "somebody@example.org")
    assert not await granted(throttle, "SOMEBODY@example.org")
    assert await granted(throttle, "other@example.org")
    assert await granted(throttle, "somebody@example.org", "mail-address")


async def test_the_store_learns_no_addresses() -> None:
    seen: list[str] = []

    class Store:
        async def tokens(self, key: str, rate_per_second: float, burst: int, cost: int = 1) -> float:
            seen.append(key)
            return 0.0 * rate_per_second * burst * cost

    for kind in TRIES:
        await Throttle(Store()).allow(kind, "somebody@example.org")
    assert seen
    assert not [key for key in seen if "somebody" in key]


async def test_a_kind_that_is_not_known_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError):
        await Throttle(MemoryKv()).allow("nothing", "x")
