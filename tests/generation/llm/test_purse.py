from datetime import date

import pytest

from generation.llm.errors import LedgerAway
from generation.llm.ledger import CountingLedger, MemoryLedger, Spent
from generation.llm.purse import Held, NoMoney, Purse

TODAY = date(2027, 1, 15)
CALL = Spent("cheap", "small", 100, 20, 18, "valid")


class Closed(MemoryLedger):
    async def set_aside(self, day: date, microdollars: int, budget_microdollars: int) -> bool:  # noqa: ARG002
        raise LedgerAway("away")

    async def settle(self, day: date, set_aside_microdollars: int, spent: Spent) -> None:  # noqa: ARG002
        raise LedgerAway("away")


def purse(ledger: MemoryLedger, budget: int = 100) -> Purse:
    return Purse(ledger, lambda: 1_800_000_000.0, budget)


async def test_money_is_held_and_what_is_left_comes_back() -> None:
    ledger = MemoryLedger()
    held = await purse(ledger).hold(90)
    assert held == Held(TODAY, 90)
    with pytest.raises(NoMoney, match="budget is spent"):
        await purse(ledger).hold(11)
    assert await purse(ledger).pay(held, CALL)
    assert ledger.sums == {TODAY: 18}


async def test_what_is_free_needs_no_budget_and_no_book() -> None:
    assert await purse(Closed(), 0).hold(0) == Held(TODAY, 0)
    with pytest.raises(NoMoney, match="cannot be booked"):
        await purse(Closed()).hold(1)
    assert not await purse(Closed()).pay(Held(TODAY, 0), CALL)


async def test_calls_are_counted_by_provider_and_ending() -> None:
    counting = CountingLedger(MemoryLedger())
    assert await counting.set_aside(TODAY, 20, 100)
    await counting.settle(TODAY, 20, CALL)
    counting.count(CALL)
    assert counting.calls == {("cheap", "valid"): 2}
    assert counting.microdollars == {"cheap": 36}
