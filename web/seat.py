"""One client of a live feed: what he has not been sent yet, and no more than that.

A seat never makes the feed wait. Events are kept in order up to a bound, past which the client is given up; of the spectrum only the
newest frame is kept, since an old one is worth nothing.
"""

from asyncio import Event
from collections import deque
from typing import Final

from aiohttp import WSMsgType

EVENTS_KEPT: Final = 256
"""Events a client may be behind before he is given up."""


class Seat:
    """What waits for one client."""

    def __init__(self) -> None:
        self.wants_spectrum = True
        """A client that does not draw says so."""
        self.overrun = False
        """He has fallen too far behind: nothing more is kept for him."""
        self._events: deque[bytes] = deque()
        self._frame: bytes | None = None
        self._something = Event()

    def tell(self, event: bytes) -> None:
        """Keeps `event`, a JSON text, to be sent after those before it."""
        if len(self._events) >= EVENTS_KEPT:
            self.overrun = True
        else:
            self._events.append(event)
        self._something.set()

    def show(self, frame: bytes) -> None:
        """Keeps `frame`, a spectrum frame, in the place of one that was not sent."""
        if self.wants_spectrum:
            self._frame = frame
            self._something.set()

    async def next(self) -> tuple[WSMsgType, bytes]:
        """What to send now, waited for: events first."""
        while True:
            if self._events:
                return WSMsgType.TEXT, self._events.popleft()
            if self._frame is not None:
                frame, self._frame = self._frame, None
                return WSMsgType.BINARY, frame
            self._something.clear()
            await self._something.wait()
