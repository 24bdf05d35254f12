"""What the room where takes are made tells of itself: a report for probes and figures, standings for those who watch the agents."""

from collections.abc import Mapping

from control.composing.figures import Figure
from control.pipeline.agents import Agent, AgentStanding
from generation.lineup import BackendStanding
from sonicforge.studio_desk import Desk
from sonicforge.studio_report import BackendReport, ModelsReport, StationReport, StudioReport
from sonicforge.studio_room import StudioRoom


def report_of(room: StudioRoom, at: float, models: ModelsReport | None = None, composer: tuple[Figure, ...] = ()) -> StudioReport:
    """How it stands. Any thread may ask. `at`: UNIX seconds."""
    refused, kept = dict(room.studio.refused), dict(room.studio.kept)
    return StudioReport(
        at=at,
        chosen=room.chosen,
        heard=room.critic.heard,
        accepted=room.critic.accepted,
        backends=tuple(_backend(one, kept, refused) for one in room.studio.lineup.standing()),
        stations={name: _station(desk, room.wanted_seconds) for name, desk in room.desks.items()},
        commissions_waiting=room.turnstile.commissions_waiting,
        models=models,
        composer=composer,
    )


def agents_of(room: StudioRoom) -> list[AgentStanding]:
    """Producer and critic of every station."""
    return [standing for name, desk in room.desks.items() for standing in (_producer(room, name, desk), _critic(room, name, desk))]


def _backend(one: BackendStanding, kept: Mapping[str, int], refused: Mapping[tuple[str, str], int]) -> BackendReport:
    return BackendReport(
        name=one.name,
        licence=one.licence,
        attribution=one.attribution,
        kept=kept.get(one.name, 0),
        made=one.made,
        making_seconds=round(one.making_seconds, 3),
        refused={limit: times for (backend, limit), times in refused.items() if backend == one.name},
        failures={str(reason): times for reason, times in one.failures.items()},
        failures_in_a_row=one.failures_in_a_row,
        last_error=one.last_error,
        resting_seconds=round(one.resting_seconds, 1),
    )


def _station(desk: Desk, wanted_seconds: float) -> StationReport:
    return StationReport(
        buffered_seconds=desk.turn.buffered_seconds,
        wanted_seconds=wanted_seconds,
        made=desk.made,
        failures_in_a_row=desk.turn.failures,
        last_failure=desk.last_failure,
        failures=dict(desk.failures),
        last_title=desk.last_title,
        last_made_at=desk.last_made_at,
    )


def _producer(room: StudioRoom, name: str, desk: Desk) -> AgentStanding:
    turn = desk.turn
    return AgentStanding(
        agent=Agent.PRODUCER,
        station=name,
        state="working" if desk.doing else "resting" if turn.failures else "idle",
        doing=desk.doing or f"{turn.buffered_seconds / 60:.0f} of {room.wanted_seconds / 60:.0f} minutes wait",
        last_decision=f"made: {desk.last_title}" if desk.last_title else room.chosen,
        decided_at=desk.last_made_at,
        errors_total=sum(desk.failures.values()),
        last_error=desk.last_failure,
        figures={"takes_total": desk.made, "waiting_total": room.turnstile.commissions_waiting},
    )


def _critic(room: StudioRoom, name: str, desk: Desk) -> AgentStanding:
    failures = dict(room.critic.failures)
    return AgentStanding(
        agent=Agent.CRITIC,
        station=name,
        state="idle",
        last_decision=desk.decision,
        decided_at=desk.decided_at,
        errors_total=sum(failures.values()),
        last_error=f"{', '.join(failures)} failed" if failures else "",
        figures={"heard_total": room.critic.heard, "approved_total": room.critic.accepted},
    )
