"""Those who make the programme, as one may watch them: composer, producer, critic and DJ. Each says what it is doing, what it decided last
and why, what it has cost and what went wrong; the process that does the work tells it, any front shows it.

The DJ is the rundown, which lives in the engine: a front sees it for itself (control/pipeline/rundown_seen.py), so nobody tells it here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import msgspec

from control.pipeline import repository
from control.pipeline.repository import Reader, Writer

LONGEST_WORDS: Final = 400


class Agent(StrEnum):
    """In the order in which a track passes them."""

    COMPOSER = "composer"
    """Decides what is to be made."""
    PRODUCER = "producer"
    """Has it made."""
    CRITIC = "critic"
    """Hears it."""
    DJ = "dj"
    """Airs it."""


@dataclass(frozen=True, slots=True)
class AgentStanding:
    """One agent of one station, at the moment it is told. Words are for people: no key, no prompt, no listener's text."""

    agent: str
    """One of Agent."""
    station: str
    state: str
    """working, idle, resting (backs off after an error) or away."""
    doing: str = ""
    """What it does now: "drum & bass, the last drop"."""
    last_decision: str = ""
    """And why: "refused: 12 % of it is silence"."""
    decided_at: float = 0.0
    """UNIX seconds; 0: it has decided nothing yet."""
    cost_microdollars: int = 0
    """Today."""
    errors_total: int = 0
    last_error: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)
    """What else it counts. The page knows `takes_total` and `waiting_total` of the producer, `heard_total` and `approved_total` of the
    critic, `by_model_total` and `by_rules_total` of the composer; others are shown by their name."""


async def tell_agents(database: Writer, standings: Sequence[AgentStanding]) -> None:
    """Keeps the latest word of each; those that are not named stay as they are. Raises DatabaseAway, ValueError for an unknown agent."""
    if standings:
        await repository.tell_standings(database, msgspec.json.encode([_short(standing) for standing in standings]))


async def agents_of(database: Reader, station: str) -> dict[Agent, tuple[AgentStanding, datetime]]:
    """What each has told last, and when. Raises DatabaseAway."""
    rows = await repository.standings_of(database, station)
    return {Agent(row["agent"]): (msgspec.json.decode(row["document"], type=AgentStanding), row["told_at"]) for row in rows}


def _short(standing: AgentStanding) -> dict[str, Any]:
    """As it is kept: words cut, and without the zero character, which the database cannot hold."""
    told: dict[str, Any] = msgspec.to_builtins(standing)
    Agent(standing.agent)
    return {name: value.replace("\0", "")[:LONGEST_WORDS] if isinstance(value, str) else value for name, value in told.items()}
