"""The socket of the studio, /ws/pipeline/{station}: each booking as it changes, as JSON, to those whose business it is.

The guard has judged who may open it, by a ticket; what he may see is judged booking by booking (control/pipeline/feed.py). Nothing is
taken from a client but his goodbye. One that takes nothing loses his connection, and asks /api/v1/pipeline/jobs instead.
"""

import asyncio
from asyncio import Transport
from collections.abc import Mapping
from typing import Final, Protocol

from aiohttp import WSCloseCode, WSMsgType
from aiohttp.web import HTTPNotFound, HTTPServiceUnavailable, Request, StreamResponse, WebSocketResponse

from control.identity.request import PRINCIPAL
from control.permissions import Permission
from control.principal import ANONYMOUS, Principal
from server.route import Route
from web.seat import Seat

WATCHERS_AT_ONCE: Final = 200
"""Of one station at one front."""
SEND_SECONDS: Final = 10.0
"""A client that takes nothing for this long is given up."""
_PING_SECONDS: Final = 20.0
_GOODBYE_SECONDS: Final = 1.0
_WORD_BYTES: Final = 256


class Feed(Protocol):
    """A station's bookings (control/pipeline/feed.py)."""

    def __len__(self) -> int: ...
    def sit(self, seat: Seat, asker: Principal) -> None: ...
    def rise(self, seat: Seat) -> None: ...


class BookingSockets:
    """The sockets of a front's stations."""

    def __init__(self, feeds: Mapping[str, Feed], send_seconds: float = SEND_SECONDS) -> None:
        self._feeds = feeds
        self._send_seconds = send_seconds
        self._open: set[WebSocketResponse] = set()

    def routes(self) -> list[Route]:
        """GET /ws/pipeline/{station}."""
        return [Route("GET", "/ws/pipeline/{station}", Permission.STATION_STUDIO_RUN, self.connect)]

    async def close(self) -> None:
        """Ends every connection, for the front's shutdown. Takes a second at most."""
        await asyncio.gather(*(_say_goodbye(socket) for socket in tuple(self._open)))

    async def connect(self, request: Request) -> StreamResponse:
        """Serves one client until either side ends."""
        feed = self._feeds.get(request.match_info["station"])
        if feed is None:
            raise HTTPNotFound(text="No such station.")
        if len(feed) >= WATCHERS_AT_ONCE:
            raise HTTPServiceUnavailable(text="Too many watch.", headers={"Retry-After": "10"})
        socket = WebSocketResponse(heartbeat=_PING_SECONDS, compress=False, max_msg_size=_WORD_BYTES, timeout=_GOODBYE_SECONDS)
        await socket.prepare(request)
        seat = Seat()
        self._open.add(socket)
        feed.sit(seat, request.get(PRINCIPAL, ANONYMOUS))
        sending = asyncio.create_task(self._send(socket, seat, request.transport))
        try:
            async for message in socket:
                if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    await socket.close(code=WSCloseCode.POLICY_VIOLATION)
        finally:
            self._open.discard(socket)
            feed.rise(seat)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
        return socket

    async def _send(self, socket: WebSocketResponse, seat: Seat, transport: asyncio.BaseTransport | None) -> None:
        try:
            while not seat.overrun:
                _, message = await seat.next()
                async with asyncio.timeout(self._send_seconds):
                    await socket.send_frame(message, WSMsgType.TEXT)
        except (TimeoutError, ConnectionError):
            pass
        if isinstance(transport, Transport):
            transport.abort()  # a goodbye would wait behind what the client does not take


async def _say_goodbye(socket: WebSocketResponse) -> None:
    try:
        async with asyncio.timeout(_GOODBYE_SECONDS):
            await socket.close(code=WSCloseCode.GOING_AWAY)
    except TimeoutError:
        pass
