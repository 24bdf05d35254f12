"""Which plug-ins stand in the insert, and how the engine and the rack speak of them. Values only: nothing is loaded here.

A plug-in is either one of pedalboard's own, by its name, or a VST3 (macOS: Audio Unit too) of the operator's, by its file.
"""

from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

Value: TypeAlias = bool | int | float | str


class PlugIn(Struct, frozen=True):
    """One plug-in. Exactly one of `name` and `file` is given."""

    name: str = ""
    """Of one of pedalboard's own: Compressor, PeakFilter, HighShelfFilter."""
    file: str = ""
    """Where the VST3 or Audio Unit lies."""
    part: str = ""
    """Which plug-in of a file that holds several."""
    preset: str = ""
    """A .vstpreset file that is loaded before the parameters are set."""
    parameters: dict[str, Value] = {}
    """By the names that the plug-in gives them, in its units."""

    @property
    def title(self) -> str:
        """What people call it."""
        return self.name or self.part or self.file.rstrip("/").rpartition("/")[2].rpartition(".")[0] or self.file


class Ready(Struct, frozen=True, tag=True):
    """All plug-ins are loaded and have proved that sound passes."""

    latency_frames: int
    """What they hold back themselves."""


class Unfit(Struct, frozen=True, tag=True):
    """They cannot be used, now or any more."""

    reason: str


Said: TypeAlias = Ready | Unfit
"""What a rack tells its engine, a JSON line each."""


class InsertState(StrEnum):
    """How the insert stands."""

    OFF = "off"
    """There are no plug-ins."""
    LOADING = "loading"
    IN = "in"
    """The sound goes through the plug-ins."""
    DRY = "dry"
    """The plug-ins are there, but they were late, or are bypassed: the sound goes past them."""
    WAITING = "waiting"
    """They have ended or could not be loaded, and will be started again."""


class InsertStanding(Struct, frozen=True):
    """How the insert stands, for people."""

    state: InsertState
    plug_ins: tuple[str, ...] = ()
    reason: str = ""
    """Why it was last taken out; empty if it never was."""
    starts_total: int = 0
    """How often the plug-ins were started, since the engine was."""
    late_blocks_total: int = 0
    """Blocks that went past them because they were not back in time."""
    latency_frames: int = 0
    """By how much the insert makes the station's sound later, in or out."""
