"""A live session: one DJ's way in, as everybody in the house knows it. And how it stands at the engine.

A front makes the session when a DJ has come in and been let in, and tells the engine; the engine decides whose turn it is.
"""

from enum import StrEnum
from typing import Final

from msgspec import Struct

SOUND_BLOCK_FRAMES: Final = 960
"""How much sound crosses the wire at a time, at most."""
HIGHEST_PRIORITY: Final = 100
LONGEST_TEXT: Final = 300
"""Characters of a name or a title."""


class Mode(StrEnum):
    """What a DJ's sound does to the music."""

    TAKEOVER = "takeover"
    """It airs instead of the music, by a segue."""
    TALK_OVER = "talk_over"
    """It airs over the music, which ducks while somebody speaks."""


class State(StrEnum):
    """How a session stands at the engine."""

    WAITING = "waiting"
    """No sound has come yet, or somebody of a higher priority is on."""
    ON_AIR = "on_air"
    SILENT = "silent"
    """It was on and has fallen silent: the music is back until it is heard again."""


class Session(Struct, frozen=True):
    """One DJ's way in."""

    id: str
    """16 hexadecimal digits, of the front's choice."""
    dj: str
    """As listeners are told."""
    way: str
    """whip or icecast."""
    mode: Mode
    priority: int
    """0 to HIGHEST_PRIORITY; the highest is on, of equals the one who came first."""
    began_at: float
    """UNIX seconds at which the DJ came in."""
    title: str = ""
    """What is heard, as the DJ's program last said; empty: nothing was said yet."""
    artist: str = ""
    account_id: str = ""
    """Whose it is, so that he may steer it at any front; empty where the house let him in by something else than an account."""


class Seat(Struct, frozen=True):
    """A session as the engine sees it."""

    session: Session
    state: State
    on_air_position: int | None
    """Where it last went on air; None as long as it never was."""
    level_dbfs: float
    """Peak of the last quarter of a second as it came in; -120 for silence."""
    ready_seconds: float = 0.0
    """How much of his sound lies ready at the engine."""
    gaps: int = 0
    """How often his sound did not come in time."""
