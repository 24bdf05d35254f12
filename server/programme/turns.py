"""Who is on air as it is heard: turns are told when they begin in playout, and count when the mastered bus reaches them.

Mastering delays the sound by a few milliseconds, so an airing that began in this block may be heard only in the next one. Positions
here are those of the mastered bus.
"""

from collections import deque
from dataclasses import replace
from typing import Final

from server.segue_plan import SeguePlan
from server.track import Airing, Entry, Reason

_MOST_ENDED: Final = 64
PROGRAMME: Final = frozenset({Reason.QUEUE, Reason.LIBRARY, Reason.STUDIO})
"""What the rundown chooses or is asked for, and what can be gone on with after a restart."""
HISTORY: Final = PROGRAMME | {Reason.LIVE}
"""What is history once it has ended; bed and loop are not."""


class Turns:
    """The airings of one station, in order."""

    def __init__(self, airing: Airing) -> None:
        self.airing = airing
        """What is heard now."""
        self.ended: deque[Airing] = deque(maxlen=_MOST_ENDED)
        """Airings of programme and live that have ended, oldest first, for whoever keeps the history to take away."""
        self._coming: deque[tuple[Airing, int]] = deque()

    @property
    def latest(self) -> Airing:
        """The last one that began, heard or not yet."""
        return self._coming[-1][0] if self._coming else self.airing

    def begin(self, entry: Entry, position: int, frames: int, offset_frames: int, segue_frames: int, plan: SeguePlan | None = None) -> None:
        """`entry` is heard from `position` on, for `frames` (0: nobody knows); the one before for another `segue_frames`.

        `plan`: that of the segue by which it came.
        """
        self._coming.append((Airing(entry, position, position + frames, offset_frames, plan), segue_frames))

    def foresee(self, ends_position: int) -> None:
        """The last one that began will end there, if nothing intervenes: a segue was prepared, or is no more."""
        if self._coming:
            airing, segue_frames = self._coming.pop()
            self._coming.append((replace(airing, ends_position=ends_position), segue_frames))
        else:
            self.airing = replace(self.airing, ends_position=ends_position)

    def hear(self, until: int) -> Airing:
        """All before position `until` has been heard; what airs there."""
        while self._coming and self._coming[0][0].started_position < until:
            airing, segue_frames = self._coming.popleft()
            if airing.entry.id != self.airing.entry.id:
                self._end(airing.started_position + segue_frames)
            self.airing = airing
        return self.airing

    def jump(self, position: int, frames: int) -> None:
        """The clock left out `frames` frames; the sound goes on at `position` where it had stopped."""
        heard = self.airing
        into = max(0, position - frames - heard.started_position)
        ends = position if endless(heard) else heard.ends_position + frames
        # By a segue it came where it began; where the clock goes on it only goes on.
        self.airing = Airing(heard.entry, position, ends, heard.offset_frames + into, None if into else heard.segue)
        self._coming = deque(
            (replace(late, started_position=late.started_position + frames, ends_position=late.ends_position + frames), segue)
            for late, segue in self._coming
        )

    def _end(self, position: int) -> None:
        """What airs was heard until `position`, or until its own end."""
        airing = self.airing
        if airing.entry.reason in HISTORY:
            ends = position if endless(airing) else min(airing.ends_position, position)
            self.ended.append(replace(airing, ends_position=max(ends, airing.started_position)))


def gives_way_at(airing: Airing, plan: SeguePlan) -> int:
    """The position at which the planned segue begins in what airs."""
    return airing.started_position - airing.offset_frames + plan.at_frames - airing.entry.track.cue_in_frames


def endless(airing: Airing) -> bool:
    """It is live and goes on: nobody knows when it ends, so its end is said to be its start."""
    return airing.entry.reason is Reason.LIVE and airing.ends_position <= airing.started_position
