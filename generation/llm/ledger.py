"""What is spent on language models, day by day. Money is set aside before a call, at the most that it can cost, and the rest is given back
after it: so no number of callers at once can spend more than the day's budget. A caller who dies in between has spent what he set aside.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Spent:
    """One call to one provider, done with."""

    provider: str
    model: str
    tokens_in: int
    tokens_out: int
    microdollars: int
    ending: str
    """valid, repaired, or why it failed."""


class Ledger(Protocol):
    """The book. Each raises LedgerAway if it cannot be had."""

    async def set_aside(self, day: date, microdollars: int, budget_microdollars: int) -> bool:
        """Adds to the day's sum unless it would pass the budget; says which."""

    async def settle(self, day: date, set_aside_microdollars: int, spent: Spent) -> None:
        """Puts the call's true cost in the place of what was set aside for it, and notes the call."""


class MemoryLedger:
    """A book for one process that is lost with it: where there is no database, and in tests."""

    def __init__(self) -> None:
        self.sums: dict[date, int] = {}
        self.calls: list[tuple[date, Spent]] = []

    async def set_aside(self, day: date, microdollars: int, budget_microdollars: int) -> bool:
        if self.sums.get(day, 0) + microdollars > budget_microdollars:
            return False
        self.sums[day] = self.sums.get(day, 0) + microdollars
        return True

    async def settle(self, day: date, set_aside_microdollars: int, spent: Spent) -> None:
        self.sums[day] = self.sums.get(day, 0) - set_aside_microdollars + spent.microdollars
        self.calls.append((day, spent))


class CountingLedger:
    """Another book, and what was written into it by this process, for its figures."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.calls: Counter[tuple[str, str]] = Counter()
        """(provider, ending) -> calls."""
        self.microdollars: Counter[str] = Counter()
        """Provider -> what it cost."""

    async def set_aside(self, day: date, microdollars: int, budget_microdollars: int) -> bool:
        return await self._ledger.set_aside(day, microdollars, budget_microdollars)

    async def settle(self, day: date, set_aside_microdollars: int, spent: Spent) -> None:
        self.count(spent)
        await self._ledger.settle(day, set_aside_microdollars, spent)

    def count(self, spent: Spent) -> None:
        """What was booked elsewhere."""
        self.calls[spent.provider, spent.ending] += 1
        self.microdollars[spent.provider] += spent.microdollars
