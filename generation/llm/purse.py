"""The day's budget for language models: nothing is asked for before its price is set aside, and what it cost is booked after it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from generation.errors import StudioError
from generation.llm.errors import LedgerAway
from generation.llm.ledger import Ledger, Spent


class NoMoney(StudioError):
    """The call may not be paid for; the message says why."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is set aside for one call, and of which day's budget."""

    day: date
    microdollars: int


class Purse:
    """One for all who call; the book behind it may be shared by many processes."""

    def __init__(self, ledger: Ledger, wall: Callable[[], float], budget_microdollars_a_day: int) -> None:
        """`wall` is UNIX time; a day is UTC's."""
        self._ledger = ledger
        self._wall = wall
        self._budget_microdollars_a_day = budget_microdollars_a_day

    async def hold(self, most_microdollars: int) -> Held:
        """Sets aside what a call can cost at most. Raises NoMoney. What costs nothing needs no book and no budget."""
        day = datetime.fromtimestamp(self._wall(), UTC).date()
        if most_microdollars == 0:
            return Held(day, 0)
        try:
            if not await self._ledger.set_aside(day, most_microdollars, self._budget_microdollars_a_day):
                raise NoMoney("the day's budget is spent")
        except LedgerAway:
            raise NoMoney("what is spent cannot be booked") from None
        return Held(day, most_microdollars)

    async def pay(self, held: Held, spent: Spent) -> bool:
        """Books what it came to. False while the book is away: then what was set aside stays so, too much rather than too little."""
        try:
            await self._ledger.settle(held.day, held.microdollars, spent)
        except LedgerAway:
            return False
        return True
