"""A front's end of the wire: keeps the relay in touch with the station's engine for as long as the front lives.

An engine that dies closes the socket, and the relay hears of it at once; the next engine is looked for at once, then in steps up to half
a second, for ever. What the messages mean is the relay's business.
"""

import asyncio
from pathlib import Path
from typing import Final

from structlog import get_logger

from server.relay.relay import Relay
from server.wire.wire import PROTOCOL, Frames, Hello, LiveSound, Up, WireBroken, frame, read_down

BACK_OFF_SECONDS: Final = 0.05
LONGEST_BACK_OFF_SECONDS: Final = 0.5
MOST_UNREAD_BYTES: Final = 200_000
"""A second of one DJ's sound. An engine that is this far behind gets no more of it until it has read; all else is still sent."""

log = get_logger(__name__)


class _Engine(asyncio.Protocol):
    """One connection to the engine."""

    def __init__(self, relay: Relay) -> None:
        self.gone = asyncio.get_running_loop().create_future()
        """Done when the connection has ended; True if the engine had said Hello."""
        self._relay = relay
        self._frames = Frames()
        self._greeted = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        try:
            for content in self._frames.cut(data):
                message = read_down(content)
                if isinstance(message, Hello):
                    self._greet(message)
                elif self._greeted:
                    self._relay.receive(message)
        except WireBroken as broken:
            log.error("the engine cannot be understood", station=self._relay.station, reason=str(broken))
            self.hang_up()

    def _greet(self, hello: Hello) -> None:
        if hello.protocol != PROTOCOL:
            raise WireBroken(f"it speaks protocol {hello.protocol}, this front {PROTOCOL}")
        self._greeted = True
        self._relay.found(hello, self._say)

    def _say(self, message: Up) -> None:
        behind = self._transport is None or self._transport.get_write_buffer_size() > MOST_UNREAD_BYTES
        if self._transport is None or (behind and isinstance(message, LiveSound)):
            self._relay.unsaid_total += 1
        else:
            self._transport.write(frame(message))

    def connection_lost(self, _: Exception | None) -> None:
        if self._greeted:
            self._relay.lost()
        if not self.gone.done():
            self.gone.set_result(self._greeted)

    def hang_up(self) -> None:
        """Ends the connection."""
        if self._transport is not None:
            self._transport.abort()


async def follow(path: Path, relay: Relay) -> None:
    """Feeds `relay` from the engine at `path`, through all its deaths, until cancelled."""
    loop = asyncio.get_running_loop()
    back_off_seconds = 0.0
    while True:
        try:
            _, engine = await loop.create_unix_connection(lambda: _Engine(relay), str(path))
        except OSError:
            greeted = False
        else:
            try:
                greeted = await asyncio.shield(engine.gone)
            finally:
                engine.hang_up()
        back_off_seconds = 0.0 if greeted else min(LONGEST_BACK_OFF_SECONDS, back_off_seconds + BACK_OFF_SECONDS)
        await asyncio.sleep(back_off_seconds)
