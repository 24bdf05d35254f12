"""What callers of stream control send: models of queries and bodies, checked before anybody reads them."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

StationName = Annotated[str, Field(max_length=32, pattern=r"^[a-z][a-z0-9_-]*$", description="A station; the first one if left out.")]
EntryId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z_-]+$")]
TrackId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z_-]+$")]


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OfStation(_Sent):
    """Which station is meant."""

    station: StationName | None = None


class OfEntry(_Sent):
    """Which entry is meant."""

    entry_id: EntryId


class Action(StrEnum):
    """What may be done to a programme."""

    SKIP = "skip"
    STOP = "stop"
    START = "start"
    VETO = "veto"


class Control(_Sent):
    """One action. A skip may name the entry it means, so that it never skips the next one by being late; a veto names the track."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [{"action": "skip"}]})

    action: Action
    entry_id: EntryId | None = None
    track_id: TrackId | None = None


class Cueing(_Sent):
    """A track for the queue."""

    track_id: TrackId
    index: Annotated[int, Field(ge=0, le=200, description="0 is next; the end if left out.")] | None = None


class Order(_Sent):
    """The queue's new order."""

    entry_ids: Annotated[list[EntryId], Field(max_length=200, description="Every queued entry once, next first.")]
