"""/api/v1/pipeline/{studio,agents,takes}: who makes the programme and how they do, and what they have made."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from pydantic import AwareDatetime

from control.api.call import Call
from control.api.operation import operation
from control.api.paging import Cursors, Page
from control.composing.repository import sum_of_day
from control.errors import NotFound
from control.permissions import Permission
from control.pipeline import repository
from control.pipeline.agents import Agent, AgentStanding, agents_of
from control.pipeline.repository import Reader
from control.pipeline.rundown_seen import rundown_seen
from control.pipeline.shapes import AgentTold, StudioTold, TakesQuery, TakeTold, take_told
from control.stations.desk import Station
from control.stations.wishes import OfStation

TAG: Final = "studio"
SILENT_SECONDS: Final = 120.0
"""An agent that has not spoken for so long is away: its process tells every few seconds."""
_CURSORS: Final = Cursors[tuple[datetime, str]](tuple[AwareDatetime, str])
_MICRO: Final = 1_000_000


class StudioAddresses:
    """The operations; `operations(StudioAddresses(...))` makes their routes."""

    def __init__(self, database: Reader, stations: Mapping[str, Station], wall: Callable[[], float]) -> None:
        """`stations` in their order; the first is meant where none is named. `wall`: UNIX seconds."""
        self._database = database
        self._stations = stations
        self._wall = wall

    @operation(
        "GET",
        "/api/v1/pipeline/studio",
        permission=Permission.STATION_STUDIO_READ,
        summary="How the studio stands",
        tag=TAG,
        raises=(NotFound,),
    )
    async def studio(self, call: Call, *, query: OfStation) -> StudioTold:  # noqa: ARG002 -- the same for all who may read
        """Its agents, how much music waits, how much of what was made was accepted, what today has cost."""
        station = self._station(query.station)
        agents = await self._agents(station)
        takes, seconds = await repository.unaired(self._database, station.station)
        critic = next(agent for agent in agents if agent.agent == Agent.CRITIC)
        day = datetime.fromtimestamp(self._wall(), UTC).date()
        others = sum(agent.cost_dollars for agent in agents if agent.agent != Agent.COMPOSER)
        return StudioTold(
            station=station.station,
            agents=agents,
            waiting_takes=takes,
            buffer_minutes=round(seconds / 60.0, 2),
            approval_rate=_share(critic.figures),
            day=day,
            spent_dollars=round(others + await sum_of_day(self._database, day) / _MICRO, 6),
        )

    @operation(
        "GET",
        "/api/v1/pipeline/agents",
        permission=Permission.STATION_STUDIO_READ,
        summary="Composer, producer, critic and DJ",
        tag=TAG,
        raises=(NotFound,),
    )
    async def agents(self, call: Call, *, query: OfStation) -> Page[AgentTold]:  # noqa: ARG002 -- as above
        """What each does, what it decided last and why, what it costs and what went wrong. One page, always."""
        return Page[AgentTold](items=await self._agents(self._station(query.station)))

    @operation(
        "GET",
        "/api/v1/pipeline/takes",
        permission=Permission.STATION_STUDIO_READ,
        summary="What the studio made",
        tag=TAG,
        raises=(NotFound,),
    )
    async def takes(self, call: Call, *, query: TakesQuery) -> Page[TakeTold]:  # noqa: ARG002 -- as above
        """From new to old, with the critic's scores and the licence."""
        station = self._station(query.station)
        found = await repository.takes(self._database, station.station, _CURSORS.read(query.cursor), query.limit + 1)
        shown = found[: query.limit]
        more = _CURSORS.write((shown[-1]["created_at"], shown[-1]["id"])) if len(found) > len(shown) else None
        return Page[TakeTold](items=[take_told(row) for row in shown], next_cursor=more)

    def _station(self, name: str | None) -> Station:
        station = self._stations.get(name or next(iter(self._stations)))
        if station is None:
            raise NotFound(f"There is no station {name}.")
        return station

    async def _agents(self, station: Station) -> list[AgentTold]:
        """All four, in the order of Agent."""
        kept = await agents_of(self._database, station.station)
        now = self._wall()
        told = []
        for agent in Agent:
            if agent is Agent.DJ:
                told.append(_agent_told(rundown_seen(station), now, now))
            elif agent in kept:
                standing, told_at = kept[agent]
                told.append(_agent_told(standing, told_at.timestamp(), now))
            else:
                told.append(_agent_told(AgentStanding(agent, station.station, "away"), None, now))
        return told


def _agent_told(standing: AgentStanding, told_at: float | None, now: float) -> AgentTold:
    silent = told_at is None or now - told_at > SILENT_SECONDS
    return AgentTold(
        agent=standing.agent,
        state="away" if silent else standing.state,
        doing="" if silent else standing.doing,
        last_decision=standing.last_decision,
        decided_at=_moment(standing.decided_at) if standing.decided_at > 0 else None,
        cost_dollars=standing.cost_microdollars / _MICRO,
        errors_total=standing.errors_total,
        last_error=standing.last_error,
        figures=dict(standing.figures),
        told_at=_moment(told_at) if told_at is not None else None,
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _share(figures: Mapping[str, float]) -> float | None:
    heard = figures.get("heard_total", 0.0)
    return round(figures.get("approved_total", 0.0) / heard, 4) if heard > 0 else None
