"""The live socket, /ws/live/{station}: binary spectrum frames and JSON events, stamped with positions.

It owns the connections: who may open one, how long a send may take, how all are ended. What is sent is the feed's (feed.py). A
connection has two halves, one that sends what lies on its seat and one that reads; a client that stands still loses its connection.
"""

import asyncio
from asyncio import TaskGroup, Transport
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from aiohttp import WSCloseCode
from aiohttp.web import HTTPForbidden, HTTPNotFound, HTTPServiceUnavailable, Request, StreamResponse, WebSocketResponse
from msgspec import DecodeError, Struct
from msgspec.json import Decoder

from server.route import PUBLIC, Route
from web.feed import Feed, Relay
from web.seat import Seat

CLIENTS_AT_ONCE: Final = 5000
"""Of one station at one front; the next one is asked to come back later."""
SEND_SECONDS: Final = 10.0
"""A client that takes nothing for this long is given up."""
_BUFFER_BYTES: Final = 8 * 1024
"""Held for a client beyond what the kernel holds: two seconds of spectrum."""
_WISH_BYTES: Final = 256
_PING_SECONDS: Final = 20.0
_GOODBYE_SECONDS: Final = 1.0


class Wish(Struct, frozen=True, forbid_unknown_fields=True):
    """All that a client may say."""

    spectrum: bool
    """Whether frames are to be sent: a page that is not seen draws nothing."""


class Live:
    """The live sockets of a front's stations."""

    def __init__(self, relays: Mapping[str, Relay], send_seconds: float = SEND_SECONDS) -> None:
        self._feeds = {station: Feed(relay) for station, relay in relays.items()}
        self._send_seconds = send_seconds
        self._open: set[WebSocketResponse] = set()
        self._wish = Decoder(Wish)

    def routes(self) -> list[Route]:
        """GET /ws/live/{station}."""
        return [Route("GET", "/ws/live/{station}", PUBLIC, self.connect)]

    def clients(self) -> dict[str, int]:
        """How many are connected to each station."""
        return {station: len(feed) for station, feed in self._feeds.items()}

    async def close(self) -> None:
        """Ends every connection, so that the clients come back; for the front's shutdown. Takes a second at most."""
        await asyncio.gather(*(_say_goodbye(socket) for socket in tuple(self._open)))

    async def connect(self, request: Request) -> StreamResponse:
        """Serves one client until either side ends. Raises HTTPForbidden for pages of other hosts."""
        feed = self._feeds.get(request.match_info["station"])
        if feed is None:
            raise HTTPNotFound(text="No such station.")
        if not _same_host(request):
            raise HTTPForbidden(text="Only pages of this host may open the live socket.")
        if len(feed) >= CLIENTS_AT_ONCE:
            raise HTTPServiceUnavailable(text="Too many listeners are connected.", headers={"Retry-After": "10"})
        socket = WebSocketResponse(
            heartbeat=_PING_SECONDS, compress=False, max_msg_size=_WISH_BYTES, writer_limit=0, timeout=_GOODBYE_SECONDS
        )
        await socket.prepare(request)
        seat = feed.sit()
        self._open.add(socket)
        try:
            async with TaskGroup() as halves:
                sending = halves.create_task(self._send(socket, seat, request.transport))
                await self._read(socket, seat)
                sending.cancel()
        finally:
            self._open.discard(socket)
            feed.rise(seat)
        return socket

    async def _send(self, socket: WebSocketResponse, seat: Seat, transport: asyncio.BaseTransport | None) -> None:
        if not isinstance(transport, Transport):
            return
        transport.set_write_buffer_limits(high=_BUFFER_BYTES)
        try:
            while not seat.overrun:
                kind, message = await seat.next()
                async with asyncio.timeout(self._send_seconds):
                    await socket.send_frame(message, kind)
        except (TimeoutError, ConnectionError):
            pass
        transport.abort()  # a goodbye would wait behind what the client does not take

    async def _read(self, socket: WebSocketResponse, seat: Seat) -> None:
        async for message in socket:
            try:
                seat.wants_spectrum = self._wish.decode(message.data).spectrum
            except (DecodeError, TypeError):
                await socket.close(code=WSCloseCode.POLICY_VIOLATION)


async def _say_goodbye(socket: WebSocketResponse) -> None:
    try:
        async with asyncio.timeout(_GOODBYE_SECONDS):
            await socket.close(code=WSCloseCode.GOING_AWAY)
    except TimeoutError:
        pass


def _same_host(request: Request) -> bool:
    """Browsers name the page's origin; other clients name none."""
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host
