"""What may be said to a station's control socket and what it answers: JSON, one line each way.

A request names what to `do`. Unknown words and fields are refused by name. Commands may carry an `id` (server/commands.py): the same
id again changes nothing; without one each request is a command of its own.
"""

from typing import Any, TypeAlias

from msgspec import Struct

from server.air import Levels, Standing
from server.insert.plug_in import InsertStanding
from server.segue_plan import SeguePlan
from server.track import Airing, Entry, Track


class _Request(Struct, frozen=True, tag_field="do", forbid_unknown_fields=True, kw_only=True):
    id: str | None = None


class SkipRequest(_Request, frozen=True, tag="skip"):
    """End what airs."""

    entry_id: str | None = None


class AddRequest(_Request, frozen=True, tag="add"):
    """Queue a track."""

    track_id: str
    index: int | None = None


class RemoveRequest(_Request, frozen=True, tag="remove"):
    """Take an entry out of the queue."""

    entry_id: str


class ReorderRequest(_Request, frozen=True, tag="reorder"):
    """Give the queue another order."""

    entry_ids: list[str]


class VetoRequest(_Request, frozen=True, tag="veto"):
    """Never air a track again."""

    track_id: str


class StopRequest(_Request, frozen=True, tag="stop"):
    """Leave the programme."""


class StartRequest(_Request, frozen=True, tag="start"):
    """Return to it."""


class MasterRequest(_Request, frozen=True, tag="master"):
    """Set the mastering."""

    preset: str | None = None
    changes: dict[str, Any] = {}
    insert: bool | None = None


class MasteringRequest(_Request, frozen=True, tag="mastering"):
    """How the sound is mastered."""


class StatusRequest(_Request, frozen=True, tag="status"):
    """How the station stands."""


class QueueRequest(_Request, frozen=True, tag="queue"):
    """What is queued."""


class TracksRequest(_Request, frozen=True, tag="tracks"):
    """What could be queued: tracks whose id, artist or title contains `find`."""

    find: str = ""


Change: TypeAlias = SkipRequest | AddRequest | RemoveRequest | ReorderRequest | VetoRequest | StopRequest | StartRequest | MasterRequest
Question: TypeAlias = StatusRequest | QueueRequest | TracksRequest | MasteringRequest


class Failure(Struct, frozen=True):
    """It was not done, and why."""

    error: str
    ok: bool = False


class Changed(Struct, frozen=True):
    """It was done."""

    id: str
    position: int
    entry_id: str | None
    ok: bool = True


class Status(Struct, frozen=True):
    """How the station stands."""

    position: int
    sitting: int
    stopped: bool
    airing: Airing
    upcoming: list[Entry]
    segue: SeguePlan | None
    """How what airs is planned to give way to the first of `upcoming`."""
    levels: Levels
    standing: Standing
    ok: bool = True


class Queued(Struct, frozen=True):
    """The queue, next first, and what has left it for the idle deck or was chosen for that: it airs before."""

    queue: list[Entry]
    cued: Entry | None = None
    ok: bool = True


class Found(Struct, frozen=True):
    """Tracks by artist and title, the first of them if there are too many."""

    tracks: list[Track]
    found: int
    ok: bool = True


class Mastered(Struct, frozen=True):
    """How the sound is mastered."""

    preset: str
    changed: bool
    settings: dict[str, Any]
    presets: dict[str, str]
    """Each with what it is for."""
    insert: InsertStanding
    insert_wanted: bool
    ok: bool = True


Response: TypeAlias = Changed | Status | Queued | Found | Mastered | Failure
