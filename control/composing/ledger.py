"""The book of what is spent on language models, in PostgreSQL: one budget for all processes of the house."""

from contextlib import AbstractAsyncContextManager
from datetime import date
from typing import Protocol

from control.composing import repository
from control.composing.repository import Connection, Reader
from control.errors import DatabaseAway
from generation.llm.errors import LedgerAway
from generation.llm.ledger import Spent


class Database(Reader, Protocol):
    """What is asked of the database (control/database/database.py)."""

    def transaction(self, seconds: float | None = None) -> AbstractAsyncContextManager[Connection]: ...


class PostgresLedger:
    """A Ledger (generation/llm/ledger.py)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def set_aside(self, day: date, microdollars: int, budget_microdollars: int) -> bool:
        """Raises LedgerAway, as `settle` does, while the database is away."""
        try:
            return await repository.set_aside(self._database, day, microdollars, budget_microdollars)
        except DatabaseAway:
            raise LedgerAway("the database is away") from None

    async def settle(self, day: date, set_aside_microdollars: int, spent: Spent) -> None:
        try:
            async with self._database.transaction() as connection:
                await repository.settle(connection, day, set_aside_microdollars, spent)
        except DatabaseAway:
            raise LedgerAway("the database is away") from None
