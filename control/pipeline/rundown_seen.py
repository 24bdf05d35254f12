"""The DJ, as a front sees him: the rundown, by what the engine says of it. What airs, what is next, for what reason, by which segue."""

from collections.abc import Mapping
from typing import Final

from control.pipeline.agents import Agent, AgentStanding
from control.stations.desk import Station
from server.track import Reason
from server.wire.wire import NowPlaying

_REASONS: Final[Mapping[Reason, str]] = {
    Reason.QUEUE: "somebody asked for it",
    Reason.LIBRARY: "chosen from the library",
    Reason.STUDIO: "chosen from the studio's takes",
    Reason.LIVE: "a DJ took over",
}


def rundown_seen(station: Station) -> AgentStanding:
    """As of now."""
    on_air = station.on_air
    if on_air is None or not station.connected or station.filling:
        return AgentStanding(Agent.DJ, station.station, "away", "the engine is away; the emergency loop airs")
    airing = on_air.airing.entry
    doing = "a live show airs" if airing.reason is Reason.LIVE else f"{airing.track.title} airs"
    if airing.reason in (Reason.BED, Reason.LOOP):
        return AgentStanding(Agent.DJ, station.station, "idle", "stopped, or nothing to play: the bed airs")
    decided_at = station.wall_of(on_air.position)
    return AgentStanding(
        Agent.DJ, station.station, "working", doing, _decision(on_air), decided_at, figures={"planned_total": len(on_air.upcoming)}
    )


def _decision(on_air: NowPlaying) -> str:
    if not on_air.upcoming:
        return ""
    coming = on_air.upcoming[0]
    reason = _REASONS.get(coming.reason, "")
    told = f"Next is {coming.track.title}{f': {reason}' if reason else ''}."
    return told if on_air.segue is None else f"{told} {on_air.segue.why}"
