"""The composer at work, for all stations of the house: gives commissions to whoever asks, and sees to what is learnt of them.

`compose` never fails. What is outside, the database, the models, the trends, may all be away: then there is a brief by rules all the same,
and the commission is noted when the database is back, before its take has aired as a rule.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

import structlog
from asyncpg import PostgresError

from control.composing import repository
from control.composing.figures import Figure, belief_figures, money_figures, tally_figures
from control.composing.memory import PostgresMemory
from control.composing.moment import Moments
from control.composing.plan import Plan
from control.composing.repository import Reader
from control.composing.standing import (
    Client,
    Decision,
    ModelsStanding,
    Standings,
    agent_standing,
    decision_of,
    models_standing,
    standing_of,
)
from control.errors import DatabaseAway
from control.pipeline.agents import tell_agents
from control.receptions.crediting import Crediting
from generation.bandit.arm import Arm
from generation.composer.composer import Commission, Composer
from generation.composer.surroundings import Surroundings
from generation.llm.ledger import CountingLedger
from generation.llm.standing import SOUND

STEP_SECONDS: Final = 10.0
SLOW_STEP_SECONDS: Final = 30.0
"""Between two looks at what has aired, at the plan, at the beliefs and at what is spent."""
FORGET_SECONDS: Final = 86_400.0
MOST_UNNOTED: Final = 1_000

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Desk:
    """One station's composer."""

    composer: Composer
    by_rules: Composer
    """For when nothing else goes: it asks nobody and remembers nothing."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What all desks share."""

    database: Reader
    memory: PostgresMemory
    moments: Moments
    crediting: Crediting
    ledger: CountingLedger
    budget_microdollars: int
    client: Client | None = None
    """None without language models."""
    plan: Plan | None = None
    """None where nothing is ordered ahead."""
    close: Callable[[], Awaitable[None]] | None = None
    """Ends what was opened for the models."""


class Composing:
    """All desks. On one event loop."""

    def __init__(self, desks: Mapping[str, Desk], parts: Parts, wall: Callable[[], float], ideas_at_once: int = 1) -> None:
        """Where a model is asked, it is asked for `ideas_at_once`. `wall` is UNIX time."""
        self._desks = desks
        self._parts = parts
        self._wall = wall
        self._ideas_at_once = ideas_at_once
        self._unnoted: deque[Commission] = deque(maxlen=MOST_UNNOTED)
        self._known: dict[str, dict[str, dict[str, tuple[Arm, int]]]] = {}
        self._spent_microdollars = 0
        self._costs: dict[str, int] = {}
        self._decisions = dict.fromkeys(desks, Decision())
        self._slow_at = self._forget_at = 0.0
        self.faults_total = 0
        """Times that composing failed by a fault of ours and the rules stepped in."""

    async def compose(self, station: str, number: int) -> Commission:
        """Brief number `number` of a station of the house. Never fails."""
        self._decisions[station] = replace(self._decisions[station], working=True)
        try:
            around = await self._parts.moments.of(station)
            commission = await self._desks[station].composer.compose(number, around, self._ideas_at_once)
        except (DatabaseAway, PostgresError) as error:  # its schema may still be on its way
            logger.warning("the composer goes by rules: the database does not answer", station=station, reason=str(error))
            commission = await self._stand_in(station, number)
        except Exception:  # whatever it is, the station has to go on
            self.faults_total += 1
            logger.exception("composing failed; the rules step in", station=station, number=number)
            commission = await self._stand_in(station, number)
        finally:
            self._decisions[station] = replace(self._decisions[station], working=False)
        self._decisions[station] = decision_of(commission, self._wall())
        await self._note(commission)
        told = {"genre": commission.brief.genre, "variant": commission.variant, "by": commission.composed_by}
        logger.info("commission", station=station, number=number, brief=commission.brief.id, **told)
        return commission

    async def run(self, ended: asyncio.Event) -> None:
        """Credits, plans and tells until `ended`, through every absence of the database."""
        was_away = False
        while not ended.is_set():
            try:
                await self.step()
                was_away = False
            except DatabaseAway:
                if not was_away:
                    logger.warning("composer: the database is away; what aired is credited when it is back")
                was_away = True
            except PostgresError as error:
                logger.error("composer: a step failed, and will be tried again", error=str(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(STEP_SECONDS):
                    await ended.wait()

    async def close(self) -> None:
        """Ends all connections to models."""
        if self._parts.close is not None:
            await self._parts.close()

    async def step(self) -> None:
        """Does what is due. Raises DatabaseAway; what is done so far stands."""
        while self._unnoted:
            await self._parts.memory.note(self._unnoted[0])
            self._unnoted.popleft()
        await self._tell()
        now = self._wall()
        if now >= self._slow_at:
            await self._parts.crediting.credit()
            await self._look_around()
            self._slow_at = now + SLOW_STEP_SECONDS
        if now >= self._forget_at:
            await self._parts.crediting.forget()
            self._forget_at = now + FORGET_SECONDS

    def models(self) -> ModelsStanding | None:
        """How the language models stand; None where there is none. From memory."""
        if self._parts.client is None:
            return None
        failures = [desk.composer.tally.last_failure for desk in self._desks.values() if desk.composer.tally.last_failure]
        return models_standing(self._parts.client, self._spent_microdollars, failures[-1] if failures else "")

    def figures(self) -> list[Figure]:
        """For Prometheus; from memory, as of the last step."""
        found = [figure for name, desk in self._desks.items() for figure in tally_figures(name, desk.composer.tally)]
        found += money_figures(self._parts.ledger, self._parts.budget_microdollars, self._spent_microdollars)
        for station, known in self._known.items():
            found += belief_figures(station, known)
        credited = self._parts.crediting.credited_total
        found.append(Figure("sonicforge_bandit_credited_airings", "Airings from which was learnt.", "counter", credited))
        found.append(
            Figure("sonicforge_composer_faults", "Times that composing failed and rules stepped in.", "counter", self.faults_total)
        )
        return found

    async def _tell(self) -> None:
        parts, agents = self._parts, []
        for station, desk in self._desks.items():
            tally = desk.composer.tally
            await Standings(parts.database).tell(station, standing_of(tally, parts.client, SOUND))
            agents.append(agent_standing(station, tally, self._decisions[station], parts.client, self._costs.get(station, 0)))
        await tell_agents(parts.database, agents)

    async def _look_around(self) -> None:
        parts = self._parts
        day = datetime.fromtimestamp(self._wall(), UTC).date()
        self._costs = await repository.cost_of_stations(parts.database, day)
        for station in self._desks:
            self._known[station] = await repository.arms_of_station(parts.database, station)
        self._spent_microdollars = await repository.sum_of_day(parts.database, day)
        if parts.plan is not None:
            await parts.plan.step()

    async def _stand_in(self, station: str, number: int) -> Commission:
        return await self._desks[station].by_rules.compose(number, Surroundings(self._parts.moments.hour()))

    async def _note(self, commission: Commission) -> None:
        try:
            await self._parts.memory.note(commission)
        except (DatabaseAway, PostgresError):
            self._unnoted.append(commission)
