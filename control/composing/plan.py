"""Ideas ordered ahead: for each hour to come so many for each station, all in one batch, which costs half and may take a day.

An order is an offer, not a promise: what has not come by its hour is asked for then, like everything else. What was ordered stands in the
database, so that a process that starts anew collects it, and the money of a batch is booked once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from math import ceil
from typing import Final

import structlog

from control.composing import repository
from control.composing.ledger import Database
from control.composing.moment import Moments
from generation.composer.asking import Form, question
from generation.composer.profile import Profile
from generation.composer.shelf import Had, Shelf
from generation.llm.batch_client import BatchClient, Collected
from generation.llm.batches import MOST_REQUESTS
from generation.llm.errors import NoAnswer
from generation.llm.ledger import CountingLedger
from generation.llm.question import Question

HOUR_SECONDS: Final = 3_600.0
LATE_SECONDS: Final = 1_800.0
"""An idea for an hour may still be taken so long after it."""
_REST_SECONDS: Final = 1_800.0
"""After an order that was not taken, or of which nothing came."""

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Planned:
    """A station whose hours are planned."""

    profile: Profile
    shelf: Shelf

    @property
    def ideas_an_hour(self) -> int:
        """As many as tracks air."""
        return ceil(2.0 * HOUR_SECONDS / sum(self.profile.seconds))


class Plan:
    """One for the house, with one provider that has batches."""

    def __init__(
        self,
        database: Database,
        client: BatchClient,
        ledger: CountingLedger,
        stations: Mapping[str, Planned],
        moments: Moments,
        zone: tzinfo,
        wall: Callable[[], float],
        hours: int,
    ) -> None:
        """`hours` ahead, 2 or more; a new order is made when less than half of them are planned. `wall` is UNIX time."""
        self._database = database
        self._client = client
        self._ledger = ledger
        self._stations = stations
        self._moments = moments
        self._zone = zone
        self._wall = wall
        self._hours = hours
        self._collected: set[str] = set()
        self._rests_until = 0.0
        self.last_failure = ""

    async def step(self) -> None:
        """Collects what has come, and orders what is missing. Raises DatabaseAway."""
        try:
            await self._collect()
            if self._wall() >= self._rests_until:
                await self._order()
        except NoAnswer as failure:
            self._rests_until = self._wall() + _REST_SECONDS
            if self.last_failure != str(failure):
                logger.warning("the composer's plan", reason=str(failure))
            self.last_failure = str(failure)

    async def _collect(self) -> None:
        for row in await repository.batches_ahead(self._database, self._client.provider.name):
            batch = row["batch"]
            if batch in self._collected:
                continue
            found = await self._client.collect(batch, self._template())
            if found is None:
                continue
            if row["booked_at"] is None:
                await self._book(batch, found)
            self._collected.add(batch)
            self._shelve(found)
            if not found.answers:
                self._rests_until = self._wall() + _REST_SECONDS
                self.last_failure = f"{self._client.provider.name}: nothing came of a batch"

    async def _book(self, batch: str, found: Collected[Form]) -> None:
        async with self._database.transaction() as connection:
            if await repository.book_batch(connection, batch, len(found.answers), found.spent):
                self._ledger.count(found.spent)
        logger.info("ideas came", batch=batch, ideas=len(found.answers), unfit=found.unanswered, dollars=found.spent.microdollars / 1e6)

    def _shelve(self, found: Collected[Form]) -> None:
        coming: dict[str, list[Had]] = {}
        for name, answered in found.answers.items():
            station, hour, _ = name.rsplit("-", 2)
            begins = float(hour)
            had = Had(
                answered.value,
                f"{answered.provider} {answered.model}",
                answered.microdollars,
                begins,
                begins + HOUR_SECONDS + LATE_SECONDS,
            )
            coming.setdefault(station, []).append(had)
        for station, ideas in coming.items():
            if station in self._stations:
                self._stations[station].shelf.put(sorted(ideas, key=lambda one: one.begins_at))

    async def _order(self) -> None:
        now = self._wall()
        next_hour = (now // HOUR_SECONDS + 1) * HOUR_SECONDS
        until = await repository.planned_until(self._database, self._client.provider.name)
        begins = max(next_hour, until.timestamp() if until else 0.0)
        if begins - now > self._hours * HOUR_SECONDS / 2.0:
            return
        hours = [begins + place * HOUR_SECONDS for place in range(int((now + self._hours * HOUR_SECONDS - begins) // HOUR_SECONDS) + 1)]
        questions = await self._questions(hours)
        handed_in = await self._client.hand_in(questions)
        ends = datetime.fromtimestamp(hours[-1] + HOUR_SECONDS, UTC)
        await repository.add_batch(self._database, handed_in, len(questions), ends)
        self.last_failure = ""
        logger.info("ideas ordered", batch=handed_in.batch, ideas=len(questions), until=ends.isoformat())

    async def _questions(self, hours: list[float]) -> dict[str, Question[Form]]:
        """By names that tell station, hour and number; the soonest first, as many as a batch takes."""
        found: dict[str, Question[Form]] = {}
        for name, planned in self._stations.items():
            around = await self._moments.of(name)
            for hour in hours:
                local = datetime.fromtimestamp(hour, self._zone).hour + 0.5
                asked = question(planned.profile, replace(around, hour=local, aired=()), planned.profile.seconds[0])
                found |= {f"{name}-{int(hour)}-{number}": asked for number in range(planned.ideas_an_hour)}
        names = sorted(found, key=lambda one: int(one.rsplit("-", 2)[1]))[:MOST_REQUESTS]
        return {name: found[name] for name in names}

    @staticmethod
    def _template() -> Question[Form]:
        """The shape of an answer. Whether the station may air it is seen when it is taken."""
        return Question("", "", Form)
