"""How the composer and its providers stand, told by the process that composes and read by those that answer people. It holds names and
counts: no key, no prompt, no word of a listener or of a model."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import msgspec
from msgspec import Struct

from control.composing import repository
from control.composing.repository import Reader
from control.pipeline.agents import Agent, AgentStanding
from generation.composer.composer import Commission, Tally
from generation.llm.standing import Standing


class ProviderStanding(Struct, frozen=True):
    """One provider."""

    name: str
    state: str
    """well, sickly (asked last) or resting (not asked)."""
    health: float
    rests_seconds: float
    answers_total: int
    repairs_total: int
    failures_total: int
    last_failure: str


class ComposerStanding(Struct, frozen=True):
    """One station's composer."""

    by_rules_total: int
    by_model_total: int
    unanswered_total: int
    memory_away_total: int
    providers: tuple[ProviderStanding, ...] = ()
    from_shelf_total: int = 0


class ModelsStanding(Struct, frozen=True):
    """All providers at once."""

    configured: int
    awake: int
    """Those whose last call was answered, or that were not asked yet: one that has rested after a failure has still to prove itself."""
    cost_microdollars: int
    """Of the house, today."""
    last_failure: str


class Client(Protocol):
    """What is asked of the client of language models (generation/llm/client.py)."""

    @property
    def standings(self) -> dict[str, Standing]: ...
    def resting_seconds(self, name: str) -> float: ...


def standing_of(tally: Tally, client: Client | None, sound: float) -> ComposerStanding:
    """The words for it; below `sound` a provider is sickly."""
    providers = []
    for name, standing in client.standings.items() if client else ():
        rests = client.resting_seconds(name) if client else 0.0
        state = "resting" if rests > 0 else "well" if standing.health >= sound else "sickly"
        providers.append(
            ProviderStanding(
                name,
                state,
                round(standing.health, 3),
                round(rests, 1),
                standing.answers_total,
                standing.repairs_total,
                standing.failures_total,
                standing.last_failure,
            )
        )
    return ComposerStanding(
        tally.by_rules_total,
        tally.by_model_total,
        tally.unanswered_total,
        tally.memory_away_total,
        tuple(providers),
        tally.from_shelf_total,
    )


def models_standing(client: Client, cost_microdollars: int, last_failure: str) -> ModelsStanding:
    """In figures."""
    answering = [name for name, standing in client.standings.items() if standing.failures == 0 and client.resting_seconds(name) <= 0]
    return ModelsStanding(len(client.standings), len(answering), cost_microdollars, last_failure)


def agent_standing(station: str, tally: Tally, decision: "Decision", client: Client | None, cost_microdollars: int) -> AgentStanding:
    """The composer among those who make the programme."""
    mute = client is not None and all(client.resting_seconds(name) > 0 for name in client.standings)
    return AgentStanding(
        agent=Agent.COMPOSER,
        station=station,
        state="working" if decision.working else "resting" if mute else "idle",
        doing="has an idea" if decision.working else "",
        last_decision=decision.words,
        decided_at=decision.at,
        cost_microdollars=cost_microdollars,
        errors_total=tally.unanswered_total,
        last_error=tally.last_failure,
        figures={"by_model_total": tally.by_model_total, "by_rules_total": tally.by_rules_total},
    )


@dataclass(frozen=True, slots=True)
class Decision:
    """What a composer decided last. No word of a model stands in it: those go to music models alone."""

    words: str = ""
    at: float = 0.0
    """UNIX seconds; 0: nothing yet."""
    working: bool = False


def decision_of(commission: Commission, at: float) -> Decision:
    """In words for people."""
    brief = commission.brief
    tempo = f"{brief.bpm:g} BPM" if brief.bpm is not None else "any tempo"
    return Decision(f"{brief.genre}, {commission.variant}: {tempo} in {brief.key}, {brief.seconds:.0f} s; by {commission.composed_by}", at)


class Standings:
    """The latest word of each station's composer."""

    def __init__(self, database: Reader) -> None:
        self._database = database

    async def tell(self, station: str, standing: ComposerStanding) -> None:
        """Raises DatabaseAway."""
        await repository.tell_standing(self._database, station, msgspec.json.encode(standing))

    async def of(self, station: str) -> tuple[ComposerStanding, datetime] | None:
        """And when it was told; None if it never was. Raises DatabaseAway."""
        row = await repository.standing(self._database, station)
        return (msgspec.json.decode(row["document"], type=ComposerStanding), row["told_at"]) if row else None
