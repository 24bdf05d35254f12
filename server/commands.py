"""What people may ask of a station on air. Typed, idempotent, applied at the next tick.

A command carries an `id` of the asker's choice; the same id again gets the first answer again and changes nothing.
A refusal is an answer (`Refused`), not an error.
"""

from typing import Any, TypeAlias

from msgspec import Struct


class Skip(Struct, frozen=True, tag=True):
    """End the airing entry by a segue to the next. With `entry_id`, only if that entry is still on air."""

    id: str
    entry_id: str | None = None


class Cue(Struct, frozen=True, tag=True):
    """Put a track of the catalogue into the queue, at `index` (0 is next) or at its end."""

    id: str
    track_id: str
    index: int | None = None


class Remove(Struct, frozen=True, tag=True):
    """Take an entry out of the queue."""

    id: str
    entry_id: str


class Reorder(Struct, frozen=True, tag=True):
    """Give the queue this order; it must name each queued entry once."""

    id: str
    entry_ids: list[str]


class Veto(Struct, frozen=True, tag=True):
    """Never air this track again; if it airs now, skip it."""

    id: str
    track_id: str


class Stop(Struct, frozen=True, tag=True):
    """Leave the programme: the bed airs until Start. The air itself never stops."""

    id: str


class Start(Struct, frozen=True, tag=True):
    """Return to the programme after Stop."""

    id: str


class Master(Struct, frozen=True, tag=True):
    """Set the mastering: choose a preset, change settings of it or of what is set now, take the insert in or out. All of it or nothing."""

    id: str
    preset: str | None = None
    changes: dict[str, Any] = {}
    """As a preset's TOML has them: {"servo": {"target_lufs": -14.0}} (dsp/settings.py)."""
    insert: bool | None = None
    """Whether the operator's plug-ins are heard."""


Command: TypeAlias = Skip | Cue | Remove | Reorder | Veto | Stop | Start | Master


class Done(Struct, frozen=True, tag=True):
    """The command was applied at `position`."""

    id: str
    position: int
    entry_id: str | None = None
    """The entry that was made (Cue) or ended (Skip)."""


class Refused(Struct, frozen=True, tag=True):
    """The command was not applied, and why."""

    id: str
    reason: str


Answer: TypeAlias = Done | Refused
