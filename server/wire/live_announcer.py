"""What fronts are told of the DJs who are in: at every change, and often enough for a meter while somebody is.

A Sink like the announcer: the moment only gives it the time. What it says is what the floor published last.
"""

from collections.abc import Callable
from typing import Protocol

from server.air import Moment
from server.live.session import Seat
from server.wire.wire import LiveStanding


class Seated(Protocol):
    """What it sees of the floor."""

    @property
    def seats(self) -> tuple[Seat, ...]:
        """How everybody stands; another object whenever there is something to tell."""


class LiveAnnouncer:
    """Says who is live."""

    def __init__(self, publish: Callable[..., None], floor: Seated) -> None:
        """`publish(*messages)` may be called from the ticking thread and returns at once."""
        self._publish = publish
        self._floor = floor
        self._said: tuple[Seat, ...] | None = None

    def take(self, moment: Moment) -> None:
        """Called by the ticking thread."""
        seats = self._floor.seats
        if seats is not self._said:
            self._said = seats
            self._publish(LiveStanding(moment.position, list(seats)))
