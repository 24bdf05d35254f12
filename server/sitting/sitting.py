"""Where a station's clock goes on after a start: what is stored of its state, and the pure decision over it.

Positions never go back. A *takeover* (the state is at most ten seconds old) counts on from the stored position by the time that has
passed since it was stored, so not even a stepped wall clock can lead it astray; a *cold start* goes to where the wall clock is, or
beyond all that may have been aired if the wall clock was set back, and counts a new sitting. Where nobody can have heard anything
yet, the clock begins a moment in the past: that moment is made at once, so that the first listener finds a full segment.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from typing import Final

from msgspec import Struct

from dsp.block import frames_of, seconds_of
from server.clock import PART_FRAMES, SEGMENT_FRAMES, Epoch, round_up
from server.console.console import KeptSetting
from server.programme.turns import PROGRAMME
from server.track import Airing, Entry

VERSION: Final = 1
TAKEOVER_SECONDS: Final = 10.0
RESUME_SECONDS: Final = 900.0
"""After a longer rest nobody waits for the end of a track."""
SHORT_LIFE_FRAMES: Final = frames_of(3.0)
MOST_SHORT_LIVES: Final = 2
"""A track under which the engine died so often, soon after its start, is suspected of killing it."""
_UNSTORED_FRAMES: Final = frames_of(10.0)
"""What may have been aired since the state was stored, when the wall clock cannot be trusted to tell."""


class StationState(Struct, frozen=True):
    """What survives a restart."""

    version: int
    epoch: float
    """UNIX seconds of position 0."""
    sitting: int
    position: int
    """The next one to be aired when this was stored."""
    stored_at: float
    """UNIX seconds."""
    started_position: int
    """Where the engine that stored this went on air."""
    airing: Airing | None
    queue: list[Entry]
    vetoes: list[str]
    stopped: bool
    round_position: int
    """Where the library's round began (server/rundown/rundown.py)."""
    short_lives: int = 0
    """Engines before this one that died soon after their start."""
    clean: bool = False
    """Stored by an engine that ended as it was told to."""
    live: bool = False
    """A DJ was on air instead of the music."""
    mastering: KeptSetting | None = None
    """What the console was set to."""


class Kind(StrEnum):
    """How an engine starts."""

    SIGN_ON = "sign-on"
    TAKEOVER = "takeover"
    COLD = "cold start"


@dataclass(frozen=True, slots=True)
class Resume:
    """A track to go on with."""

    entry: Entry
    offset_frames: int
    """Into its cue range."""


@dataclass(frozen=True, slots=True)
class SittingPlan:
    """How a station goes on."""

    kind: Kind
    epoch: Epoch
    sitting: int
    position: int
    due_at: float
    """UNIX seconds at which `position` is due: a moment ago (it is made up for at once) or very soon."""
    resume: Resume | None
    suspect: Entry | None
    """Aired at several deaths in a row: not resumed."""
    queue: tuple[Entry, ...]
    vetoes: frozenset[str]
    stopped: bool
    round_position: int
    short_lives: int
    live: bool = False
    """A DJ was on air a moment ago and will be back."""
    mastering: KeptSetting | None = None
    """What the console was set to."""


def plan_start(state: StationState | None, wall: float) -> SittingPlan:
    """How the station goes on at UNIX time `wall`. Pure."""
    if state is None:
        return _sign_on(wall)
    passed = wall - state.stored_at
    takeover = 0 <= passed <= TAKEOVER_SECONDS
    epoch = Epoch(state.epoch)
    if takeover:
        due = state.position + frames_of(passed)
        position = round_up(due, PART_FRAMES)
    else:
        due = epoch.position_at(wall)
        position = max(due - due % SEGMENT_FRAMES, round_up(state.position + _UNSTORED_FRAMES, SEGMENT_FRAMES))
    died_young = not state.clean and state.position - state.started_position < SHORT_LIFE_FRAMES
    short_lives = state.short_lives + 1 if died_young else 0
    suspected = short_lives >= MOST_SHORT_LIVES and state.airing is not None
    return SittingPlan(
        kind=Kind.TAKEOVER if takeover else Kind.COLD,
        epoch=epoch,
        sitting=state.sitting if takeover else state.sitting + 1,
        position=position,
        # A wall clock that was set back is not waited for.
        due_at=wall + seconds_of(position - due) if abs(position - due) <= SEGMENT_FRAMES else wall,
        resume=None if suspected else _resume(state, position, passed, takeover=takeover),
        suspect=state.airing.entry if suspected and state.airing else None,
        queue=tuple(state.queue),
        vetoes=frozenset(state.vetoes),
        stopped=state.stopped,
        round_position=state.round_position,
        short_lives=0 if suspected else short_lives,
        live=takeover and state.live,
        mastering=state.mastering,
    )


def entry_ids(position: int) -> Iterator[str]:
    """Ids for entries, unique over the life of a station: no two engines start at one position. Safe for several threads."""
    return map(f"{position:x}-{{}}".format, count(1))


def _sign_on(wall: float) -> SittingPlan:
    begins_at = wall - seconds_of(SEGMENT_FRAMES)
    return SittingPlan(
        kind=Kind.SIGN_ON,
        epoch=Epoch(begins_at),
        sitting=1,
        position=0,
        due_at=begins_at,
        resume=None,
        suspect=None,
        queue=(),
        vetoes=frozenset(),
        stopped=False,
        round_position=0,
        short_lives=0,
    )


def _resume(state: StationState, position: int, passed: float, *, takeover: bool) -> Resume | None:
    """A takeover goes on as if it had never stopped, a cold start where it stopped."""
    airing = state.airing
    if airing is None or airing.entry.reason not in PROGRAMME or state.stopped or passed > RESUME_SECONDS:
        return None
    reached = position if takeover else state.position
    offset = max(0, airing.offset_frames, airing.offset_frames + reached - airing.started_position)
    track = airing.entry.track
    if offset >= track.cue_out_frames - track.cue_in_frames - frames_of(1.0):
        return None
    return Resume(airing.entry, offset)
