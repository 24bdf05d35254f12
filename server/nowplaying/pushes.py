"""Now playing, pushed: every change of a station to everyone who asked for it.

A change is written once for each origin and put into a bounded queue of each client; each client's own task empties it. A client that
does not keep up is cut off when its queue is full or one message takes too long, and nobody else notices.

The envelope is that of Centrifugo's one-way connections, as AzuraCast sends it: first `connect` with what is known, then a `pub` a
change, and `{}` now and then.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Final, Protocol

import msgspec

from server.door.hang_up import hang_up
from server.nowplaying.document import Document, heard_seat
from server.nowplaying.shapes import NowPlaying
from server.wire.wire import LiveStanding
from server.wire.wire import NowPlaying as OnAir

QUEUED: Final = 256
SEND_SECONDS: Final = 10.0
PING_SECONDS: Final = 25.0
PING: Final = "{}"
SEND_BUFFER_BYTES: Final = 16_384
"""Of the kernel, a socket: little, so that one who does not read is noticed."""


class Data(msgspec.Struct, frozen=True):
    np: NowPlaying
    current_time: int
    """UNIX seconds, so that a client with a wrong clock can count."""


class Publication(msgspec.Struct, frozen=True):
    data: Data
    offset: int


class Subscription(msgspec.Struct, frozen=True):
    recoverable: bool
    epoch: str
    offset: int
    positioned: bool
    publications: list[Publication]


class Connected(msgspec.Struct, frozen=True):
    client: str
    version: str
    subs: dict[str, Subscription]
    ping: int
    time: int
    """UNIX milliseconds."""


class Connect(msgspec.Struct, frozen=True):
    connect: Connected


class Published(msgspec.Struct, frozen=True):
    channel: str
    pub: Publication


class Changing(Protocol):
    """A station that tells of its changes; server.relay.relay.Relay is one."""

    def on_change(self, watcher: Callable[[OnAir], None]) -> Callable[[], None]: ...
    def on_live(self, watcher: Callable[[LiveStanding], None]) -> Callable[[], None]: ...


class Client:
    """One who is told. `messages` is its task's; `tell` is the station's."""

    def __init__(self, transport: asyncio.Transport, stations: frozenset[str], origin: str) -> None:
        self.stations = stations
        self.origin = origin
        self._transport = transport
        self._queue: asyncio.Queue[str] = asyncio.Queue(QUEUED)
        self._closed = False
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)

    def tell(self, message: str) -> bool:
        """Queues; False if the queue is full and the client has been cut off."""
        try:
            self._queue.put_nowait(message)
        except asyncio.QueueFull:
            self.cut()
            return False
        return True

    def cut(self) -> None:
        """Ends the connection at once."""
        self._closed = True
        hang_up(self._transport)

    async def messages(self) -> AsyncIterator[str]:
        """What to send next, a ping when nothing else is; ends when the connection has."""
        while not self._closed and not self._transport.is_closing():
            try:
                async with asyncio.timeout(PING_SECONDS):
                    message = await self._queue.get()
            except TimeoutError:
                message = PING
            yield message


class Pushes:
    """Everyone who is told of changes on this front."""

    def __init__(
        self, documents: Mapping[str, Document], stations: Mapping[str, Changing], wall: Callable[[], float], kicked: Callable[[str], None]
    ) -> None:
        self._documents = documents
        self._wall = wall
        self._kicked = kicked
        self._clients: set[Client] = set()
        self._offsets = dict.fromkeys(documents, 0)
        self._made = 0
        self._heard: dict[str, tuple[str, int | None]] = {}
        """Of each station: the session that is heard, and since when; absent if none is."""
        self._unsubscribe = [station.on_change(partial(self._changed, name)) for name, station in stations.items()]
        self._unsubscribe += [station.on_live(partial(self._live_changed, name)) for name, station in stations.items()]

    def __len__(self) -> int:
        """How many are told."""
        return len(self._clients)

    @contextmanager
    def telling(self, client: Client) -> Iterator[None]:
        """Tells `client` of every change as long as the block lasts."""
        self._clients.add(client)
        try:
            yield
        finally:
            self._clients.discard(client)

    def greeting(self, client: Client) -> str:
        """The first message: what is known of the stations the client asked for."""
        now = self._wall()
        self._made += 1
        subs = {
            channel(name): Subscription(True, "sonicforge", self._offsets[name], True, [self._publication(name, client.origin, now)])
            for name in sorted(client.stations)
        }
        return _text(Connect(Connected(f"{self._made:x}", "sonicforge", subs, int(PING_SECONDS), int(now * 1_000))))

    def close(self) -> None:
        """Cuts everyone off and listens no more."""
        while self._unsubscribe:
            self._unsubscribe.pop()()
        for client in self._clients:
            client.cut()

    def _changed(self, name: str, _: OnAir) -> None:
        self._publish(name)

    def _live_changed(self, name: str, standing: LiveStanding) -> None:
        """Tells of another DJ who is heard, or of none; not of each reading of his meter."""
        before, seat = self._heard.pop(name, None), heard_seat(standing)
        if seat is not None:
            self._heard[name] = seat.session.id, seat.on_air_position
        if self._heard.get(name) != before:
            self._publish(name)

    def _publish(self, name: str) -> None:
        """Tells everyone who asked for the station how it is now."""
        self._offsets[name] += 1
        written: dict[str, str] = {}
        for client in [client for client in self._clients if name in client.stations]:
            if client.origin not in written:
                written[client.origin] = _text(Published(channel(name), self._publication(name, client.origin, self._wall())))
            if not client.tell(written[client.origin]):
                self._clients.discard(client)
                self._kicked("slow")

    def _publication(self, name: str, origin: str, now: float) -> Publication:
        return Publication(Data(self._documents[name].at(origin), int(now)), self._offsets[name])


def channel(station: str) -> str:
    """What a client subscribes to."""
    return f"station:{station}"


def _text(message: Connect | Published) -> str:
    return msgspec.json.encode(message).decode()
