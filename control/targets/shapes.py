"""Targets as the API shows and takes them. A stream key is taken and never shown."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from control.stations.wishes import StationName
from control.targets.service import Wish, shown_address
from control.targets.standing import KEY_LOST, NOT_YET, OFF, SILENT, State
from control.targets.target_record import TargetRecord
from server.rtmp.status import TargetStatus
from server.rtmp.target import LONGEST_ADDRESS, LONGEST_KEY, LONGEST_NAME, Platform

Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, examples=["YouTube, main channel"])]
Address = Annotated[
    str,
    Field(
        max_length=LONGEST_ADDRESS,
        description="rtmp:// or rtmps://, without the stream key; empty: the platform's own.",
        examples=["rtmps://a.rtmps.youtube.com/live2"],
    ),
]
StreamKey = Annotated[
    SecretStr, Field(min_length=1, max_length=LONGEST_KEY, description="Taken, and never shown again.", examples=["abcd-efgh-ijkl-mnop"])
]


class OfStation(BaseModel):
    """Which station is meant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    station: StationName


class OfTarget(OfStation):
    """Which target is meant."""

    id: UUID


class NewTarget(BaseModel):
    """A target to add."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    platform: Platform
    name: Name
    address: Address = ""
    key: StreamKey
    enabled: bool = True

    def wish(self) -> Wish:
        return Wish(self.name, self.address, self.key.get_secret_value(), self.enabled)


class TargetChange(BaseModel):
    """What to change of a target; what is left out, or null, stays. Another address takes the stream key again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name | None = None
    address: Address | None = None
    key: StreamKey | None = None
    enabled: bool | None = None

    def wish(self) -> Wish:
        return Wish(self.name, self.address, self.key.get_secret_value() if self.key is not None else None, self.enabled)


class TargetTold(BaseModel):
    """A target, and how it stands."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    name: str
    platform: Platform
    address: str = Field(examples=["rtmps://a.rtmps.youtube.com/live2"])
    enabled: bool
    has_key: bool = Field(description="False: its stream key is lost, since the house's secret was changed.")
    state: State
    reason: str = Field(description="Why it stands so; empty where there is nothing to say.", examples=["The platform closed the stream."])
    since: datetime | None = Field(description="Since when it has stood so.")
    next_try_at: datetime | None
    sent_bytes: int = Field(description="Since the pusher began.", examples=[128_004_096])
    dropped_gops: int = Field(description="Stretches of two seconds that the line was too slow for.", examples=[0])
    reconnects: int = Field(examples=[1])
    created_at: datetime


class TargetList(BaseModel):
    """The targets of a station, the oldest first."""

    model_config = ConfigDict(frozen=True)

    items: list[TargetTold]


def target_told(record: TargetRecord, statuses: dict[str, TargetStatus] | None, secrets: tuple[bytes, ...]) -> TargetTold:
    """A target as it is told; `statuses`: what the pusher tells, None while it does not."""
    has_key = record.opened(secrets) is not None
    status = (statuses or {}).get(str(record.id)) if has_key and record.enabled else None
    state, reason = (State(status.state.value), status.reason) if status else _untold(record, has_key, statuses is None)
    return TargetTold(
        id=record.id,
        name=record.name,
        platform=record.platform,
        address=shown_address(record),
        enabled=record.enabled,
        has_key=has_key,
        state=state,
        reason=reason,
        since=_instant(status.since if status else None),
        next_try_at=_instant(status.next_try_at if status else None),
        sent_bytes=status.sent_bytes if status else 0,
        dropped_gops=status.dropped_gops if status else 0,
        reconnects=status.reconnects if status else 0,
        created_at=record.created_at,
    )


def _untold(record: TargetRecord, has_key: bool, silent: bool) -> tuple[State, str]:
    """How a target stands of which no pusher tells, and why."""
    if not has_key:
        return State.OFF, KEY_LOST
    if not record.enabled:
        return State.OFF, OFF
    return (State.UNKNOWN, SILENT) if silent else (State.CONNECTING, NOT_YET)


def _instant(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
