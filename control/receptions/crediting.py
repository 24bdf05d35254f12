"""Credits what has aired: each ended airing of a commissioned take, once, with its audience, its skips and its votes.

Nothing is remembered here: what waits is read from the database each time, so an outage only delays it, and whoever does it twice counts
once (control/composing/memory.py).
"""

from datetime import timedelta
from typing import Final, Protocol

from asyncpg import Record

from control.composing.memory import PostgresMemory
from control.receptions import repository
from control.receptions.repository import Reader
from dsp.block import SAMPLE_RATE
from generation.bandit.reward import Reception

SETTLED: Final = timedelta(seconds=90)
"""After an airing's end all fronts have told their part, and who wanted to vote for it has."""
OLDEST: Final = timedelta(days=7)
BATCH: Final = 100
CUT_SHORT: Final = 0.8
"""A take that aired less of itself was skipped. A mix on the beat may begin a little before its time."""


class CountsVotes(Protocol):
    """Whoever keeps the listeners' votes."""

    async def votes_for(self, station: str, entry_id: str) -> tuple[int, int]:
        """Ups and downs for one airing. Raises DatabaseAway."""


class NoVotes:
    """Where nobody can vote: skips and the time listened tell."""

    async def votes_for(self, station: str, entry_id: str) -> tuple[int, int]:  # noqa: ARG002
        return 0, 0


class Crediting:
    """One for the house."""

    def __init__(self, database: Reader, memory: PostgresMemory, votes: CountsVotes | None = None, settled: timedelta = SETTLED) -> None:
        self._database = database
        self._memory = memory
        self._votes = votes or NoVotes()
        self._settled = settled
        self.credited_total = 0

    async def credit(self) -> int:
        """Credits what waits; how many airings. Raises DatabaseAway, and what is done so far stands."""
        done = 0
        for row in await repository.waiting(self._database, OLDEST, self._settled, BATCH):
            ups, downs = await self._votes.votes_for(row["station"], row["entry_id"])
            done += await self._memory.credit(row["station"], row["entry_id"], row["track_id"], reception_of(row, ups, downs))
        self.credited_total += done
        return done

    async def forget(self) -> int:
        """Lets go what fronts told of airings that were credited long ago. Raises DatabaseAway."""
        return await repository.forget(self._database, 2 * OLDEST)


def reception_of(row: Record, ups: int, downs: int) -> Reception:
    """How that airing was received. Whoever skipped it at the desk has heard it, so he counts among the listeners."""
    skipped = int(cut_short(row))
    seconds = (row["ended_at"] - row["started_at"]).total_seconds()
    return Reception(
        exposed=row["exposed"] + skipped,
        ups=ups,
        downs=downs,
        skips=row["left_early"] + skipped,
        listened_seconds=row["listened_seconds"],
        offered_seconds=row["offered_seconds"] + skipped * seconds,
    )


def cut_short(row: Record) -> bool:
    """Whether somebody ended it before its time, to hear something else: not a DJ who took over."""
    if row["whole_frames"] is None or row["next_reason"] == "live":
        return False
    aired_seconds = (row["ended_at"] - row["started_at"]).total_seconds() + row["offset_seconds"]
    return bool(aired_seconds < CUT_SHORT * row["whole_frames"] / SAMPLE_RATE)
