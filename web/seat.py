"""One client of a live feed: what he has not been sent yet, and no more than that.

A seat never makes the feed wait. Events are kept in order up to a bound, past which the client is given up; of the spectrum a client
that is behind gets only the newest frame, since an old one is worth nothing.
"""

from asyncio import Event
from collections import deque
from typing import Final

from aiohttp import WSMsgType

EVENTS_KEPT: Final = 256
"""Events a client may be behind before he is given up."""
FRAMES_KEPT: Final = 4
"""Frames that may come at one blow from an engine that speaks 17 times a second; who has more waiting is behind."""


class Seat:
    """What waits for one client."""

    def __init__(self) -> None:
        self.wants_spectrum = True
        """A client that does not draw says so."""
        self.overrun = False
        """He has fallen too far behind: nothing more is kept for him."""
        self._events: deque[bytes] = deque()
        self._frames: deque[bytes] = deque()
        self._something = Event()

    def tell(self, event: bytes) -> None:
        """Keeps `event`, a JSON text, to be sent after those before it."""
        if len(self._events) >= EVENTS_KEPT:
            self.overrun = True
        else:
            self._events.append(event)
        self._something.set()

    def show(self, frame: bytes) -> None:
        """Keeps `frame`, a spectrum frame; in the place of all that wait if the client is behind."""
        if self.wants_spectrum:
            if len(self._frames) >= FRAMES_KEPT:
                self._frames.clear()
            self._frames.append(frame)
            self._something.set()

    async def next(self) -> tuple[WSMsgType, bytes]:
        """What to send now, waited for: events first."""
        while True:
            if self._events:
                return WSMsgType.TEXT, self._events.popleft()
            if self._frames:
                return WSMsgType.BINARY, self._frames.popleft()
            self._something.clear()
            await self._something.wait()
