"""How the composer and its providers stand, told by the process that composes and read by those that answer people. It holds names and
counts: no key, no prompt, no word of a listener or of a model."""

from datetime import datetime
from typing import Protocol

import msgspec
from msgspec import Struct

from control.composing import repository
from control.composing.repository import Reader
from generation.composer.composer import Tally
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
    return ComposerStanding(tally.by_rules_total, tally.by_model_total, tally.unanswered_total, tally.memory_away_total, tuple(providers))


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
