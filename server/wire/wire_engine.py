"""The engine's end of the wire: tells every front what airs, and hands on what they bring: commands, and DJs' sessions and sound.

It owns the Unix socket and the window: the last 20 segments of packets, already framed, so a new front is filled with one write. Every
message is encoded once, in the thread that publishes it; the loop is woken at most 25 times a second. A front that lets 30 seconds pile
up is cut off and counted: it reconnects and is filled again. What a message means is not known here.
"""

import asyncio
import socket
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

from structlog import get_logger

from server.commands import Answer, Command
from server.live.session import Session
from server.relay.packet_window import WINDOW_FRAMES
from server.wire.wire import (
    Ask,
    Down,
    Frames,
    Hello,
    LiveClose,
    LiveOpen,
    LiveSound,
    LiveStanding,
    Loop,
    MasteringStanding,
    Meters,
    NowPlaying,
    Packets,
    Reply,
    Up,
    WantPreview,
    WireBroken,
    frame,
    read_up,
)

BACKLOG_SECONDS: Final = 30
GATHER_SECONDS: Final = 0.04
"""Messages wait this long for company. Spectra and levels are early by far more than that."""
OUTBOX_MESSAGES: Final = 4096
"""About a minute. Beyond it the loop is stuck: the oldest go and are counted."""
ASKS_AT_ONCE: Final = 64
"""Commands of one front that wait for their answer; one more and it is cut off."""
LAST_ANSWERS_SECONDS: Final = 0.5
"""How long an engine that ends waits for its commands."""

Obey = Callable[[Command], Awaitable[Answer]]

log = get_logger(__name__)


class LiveIn(Protocol):
    """Who takes the DJs: the floor. Called on the wire's loop; returns at once and refuses by itself what makes no sense."""

    def open(self, session: Session, /) -> bool:
        """A session is there or has changed. False: refused."""

    def sound(self, session_id: str, samples: bytes, /) -> None:
        """The next sound of a session."""

    def close(self, session_id: str, /) -> None:
        """The session has ended."""


class WireTaken(Exception):
    """Another engine of this station speaks already."""


class _Front(asyncio.Protocol):
    """One front's connection."""

    def __init__(self, wire: "WireEngine") -> None:
        self._wire = wire
        self._frames = Frames()
        self._transport: asyncio.Transport | None = None
        self._asks = 0
        self._least_queued = 0
        """The least that lay in the queue since the window was written: the front's backlog is what lies above it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        window = self._wire.welcome(self)
        self._least_queued = len(window)
        transport.write(window)

    def connection_lost(self, _: Exception | None) -> None:
        self._transport = None
        self._wire.forget(self)

    def data_received(self, data: bytes) -> None:
        try:
            for content in self._frames.cut(data):
                self._take_up(read_up(content))
        except WireBroken as broken:
            log.error("front cut off", reason=str(broken))
            self.cut_off()

    def _take_up(self, message: Up) -> None:
        match message:
            case LiveSound():
                self._wire.hear(self, message)
            case LiveOpen():
                self._wire.let_in(self, message.session)
            case LiveClose():
                self._wire.see_off(self, message.session_id)
            case Ask():
                self._ask(message.command)
            case WantPreview():
                self._wire.want_preview(self, message.wanted)

    def _ask(self, command: Command) -> None:
        if self._asks >= ASKS_AT_ONCE:
            raise WireBroken(f"more than {ASKS_AT_ONCE} commands at once")
        self._asks += 1
        self._wire.obey(self, command)

    def answer(self, answer: Answer) -> None:
        """Sends the answer to one command, if the front is still there."""
        self._asks -= 1
        if self._transport is not None:
            self._transport.write(frame(Reply(answer)))

    def keeps_up(self, data: bytes, backlog_bytes: int) -> bool:
        """Queues `data`, unless more than `backlog_bytes` lie there already."""
        if self._transport is None:
            return True
        queued = self._transport.get_write_buffer_size()
        self._least_queued = min(self._least_queued, queued)
        if queued - self._least_queued > backlog_bytes:
            return False
        self._transport.write(data)
        return True

    def take_leave(self) -> None:
        """Ends the connection behind what is queued."""
        if self._transport is not None:
            self._transport.close()

    def cut_off(self) -> None:
        """Ends the connection without waiting for the front."""
        if self._transport is not None:
            self._transport.abort()


class WireEngine:
    """`async with WireEngine(path, hello, obey) as wire: ... wire.publish(message)`."""

    def __init__(
        self, path: Path, hello: Hello, obey: Obey, live: LiveIn | None = None, preview: Callable[[bool], None] = lambda _: None
    ) -> None:
        """Made on the loop that serves it. `obey` is awaited there and must not raise. Without `live` no DJ is let in.

        `preview(wanted)` is called whenever the first front wants the unmastered sound, and when none does any more.
        """
        self.cut_off_total = 0
        self.lost_messages_total = 0
        self._path = path
        self._obey = obey
        self._live = live
        self._preview = preview
        self._previewing: set[_Front] = set()
        self._came_by: dict[str, _Front] = {}
        """Of each live session: the front that spoke of it last."""
        self._hello = frame(hello)
        self._frames_of = {rendition.name: rendition.packet_frames for rendition in hello.renditions}
        self._backlog_bytes = BACKLOG_SECONDS * sum(rendition.bitrate for rendition in hello.renditions) // 8 + 1_000_000
        self._window: dict[str, deque[tuple[int, bytes]]] = {name: deque() for name in self._frames_of}
        """Of each rendition: where a message ends, and its frame."""
        self._loops: dict[str, bytes] = {}
        self._latest: dict[type[Down], bytes] = {}
        self._fronts: set[_Front] = set()
        self._asks: set[asyncio.Task[None]] = set()
        self._outbox: deque[tuple[Down, bytes]] = deque()
        self._awake = False
        self._loop = asyncio.get_running_loop()
        self._socket: socket.socket | None = None
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        """Listens. Raises WireTaken, OSError."""
        self._socket = _listen(self._path)
        self._server = await self._loop.create_unix_server(lambda: _Front(self), sock=self._socket)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._server is not None
        self._server.close()
        if self._asks:
            _, unanswered = await asyncio.wait(self._asks, timeout=LAST_ANSWERS_SECONDS)
            for ask in unanswered:
                ask.cancel()
            await asyncio.gather(*unanswered, return_exceptions=True)
        self._flush()
        for front in list(self._fronts):
            front.take_leave()
        self._path.unlink(missing_ok=True)

    @property
    def fronts(self) -> int:
        """How many fronts listen."""
        return len(self._fronts)

    def publish(self, *messages: Down) -> None:
        """Tells every front, now and those who come later. From any thread; returns at once; never raises."""
        for message in messages:
            if len(self._outbox) >= OUTBOX_MESSAGES:
                self._outbox.popleft()
                self.lost_messages_total += 1
            self._outbox.append((message, frame(message)))
        if not self._awake:
            self._awake = True
            try:
                self._loop.call_soon_threadsafe(self._gather)
            except RuntimeError:  # the loop has ended: the engine is going down
                return

    def _gather(self) -> None:
        self._loop.call_later(GATHER_SECONDS, self._flush)

    def _flush(self) -> None:
        self._awake = False
        told = bytearray()
        while self._outbox:
            message, data = self._outbox.popleft()
            self._keep(message, data)
            told += data
        for front in list(self._fronts):
            if not front.keeps_up(bytes(told), self._backlog_bytes):
                self.cut_off_total += 1
                log.warning("front cut off", reason=f"{BACKLOG_SECONDS} s unread", total=self.cut_off_total)
                front.cut_off()

    def _keep(self, message: Down, data: bytes) -> None:
        if isinstance(message, Packets):
            window = self._window[message.rendition]
            end = message.position + len(message.packets) * self._frames_of[message.rendition]
            window.append((end, data))
            while window[0][0] <= end - WINDOW_FRAMES:
                window.popleft()
        elif isinstance(message, Loop):
            self._loops[message.rendition] = data
        elif isinstance(message, (NowPlaying, Meters, LiveStanding, MasteringStanding)):
            self._latest[type(message)] = data

    def welcome(self, front: _Front) -> bytes:
        """Counts a front in; what it must be told first."""
        self._flush()
        self._fronts.add(front)
        window = (data for kept in self._window.values() for _, data in kept)
        return b"".join((self._hello, *self._loops.values(), *self._latest.values(), *window))

    def forget(self, front: _Front) -> None:
        """Counts a front out; its DJs are gone with it."""
        self._fronts.discard(front)
        self.want_preview(front, False)
        for session_id in [session_id for session_id, by in self._came_by.items() if by is front]:
            self.see_off(front, session_id)

    def let_in(self, front: _Front, session: Session) -> None:
        """A DJ has come in by `front`, or has changed his session."""
        if self._live is not None and self._live.open(session):
            self._came_by[session.id] = front

    def hear(self, front: _Front, sound: LiveSound) -> None:
        """The next sound of a DJ; of one who came by another front it is passed over."""
        if self._live is not None and self._came_by.get(sound.session_id) is front:
            self._live.sound(sound.session_id, sound.samples)

    def see_off(self, front: _Front, session_id: str) -> None:
        """A DJ has gone; one who came by another front stays."""
        if self._live is not None and self._came_by.get(session_id) is front:
            del self._came_by[session_id]
            self._live.close(session_id)

    def want_preview(self, front: _Front, wanted: bool) -> None:
        """Somebody at `front` listens to the unmastered sound, or nobody does any more."""
        before = bool(self._previewing)
        if wanted:
            self._previewing.add(front)
        else:
            self._previewing.discard(front)
        if bool(self._previewing) != before:
            self._preview(not before)

    def obey(self, front: _Front, command: Command) -> None:
        """Has the command obeyed and the answer sent."""
        task = self._loop.create_task(self._obeyed(front, command))
        self._asks.add(task)
        task.add_done_callback(self._asks.discard)

    async def _obeyed(self, front: _Front, command: Command) -> None:
        front.answer(await self._obey(command))


def _listen(path: Path) -> socket.socket:
    """A listening Unix socket that only its owner may use. A file left by a dead engine is replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as visitor:
        try:
            visitor.connect(str(path))
        except OSError:
            path.unlink(missing_ok=True)
        else:
            raise WireTaken(str(path))
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen()
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener
