"""A front's copy of one station: the window of packets, kept full by the engine or, while nobody speaks, by the emergency loop.

It owns what this front knows of the station and the order in which packets reach its outputs: each rendition without a hole, never
twice, never backwards. The emergency loop lies on the station's clock like the programme, so a front that fills sends the packets that
every other front sends. It knows no socket (wire_front.py feeds it) and no output (they attach). It lives on the front's asyncio loop:
nothing here is called from another thread.
"""

import asyncio
from collections.abc import Callable
from typing import Final, Protocol, TypeVar

from msgspec.structs import replace

from dsp.block import frames_of, seconds_of
from server.clock import SEGMENT_FRAMES, Clock, Epoch
from server.commands import Answer, Command
from server.relay.engine_watch import EngineWatch
from server.relay.packet_window import PacketWindow, Run
from server.wire.wire import (
    Ask,
    Down,
    Hello,
    LiveStanding,
    Loop,
    MasteringStanding,
    Meters,
    NowPlaying,
    Packets,
    Preview,
    Rendition,
    Reply,
    Spectrum,
    Up,
)

FILL_LAG_SECONDS: Final = 0.12
"""A packet of the loop is sent this long after its end: a returning engine's own packet, 0.06 s after its end, comes first."""
FILL_STEP_SECONDS: Final = 0.08
STALL_SECONDS: Final = 0.25
"""A watch that comes this late says that this front stood still, not the engine."""
LONGEST_FILL_FRAMES: Final = frames_of(60.0)
"""A longer hole stays one: the station was away, and its listeners are too."""
PREFILL_FRAMES: Final = 6 * SEGMENT_FRAMES
"""What a window that begins gets before its first packet: players want six segments before they start."""
ANSWER_SECONDS: Final = 2.0

T = TypeVar("T")


class EngineAway(Exception):
    """The station's engine does not answer."""


class PacketSink(Protocol):
    """An output of a front."""

    def packets(self, rendition: Rendition, sitting: int, position: int, packets: list[bytes]) -> None:
        """Consecutive packets. They follow the last ones of this rendition without a hole, or else the output starts anew with them."""


class Cancels(Protocol):
    """What can be called off."""

    def cancel(self) -> None: ...


class Timers(Protocol):
    """What the relay asks of the event loop."""

    def call_later(self, delay: float, callback: Callable[[], None], /) -> Cancels:
        """Calls `callback` in `delay` seconds."""


class Relay:
    """One station as this front knows it. Made on the front's loop."""

    def __init__(self, station: str, clock: Clock, timers: Timers, answer_seconds: float = ANSWER_SECONDS) -> None:
        self.station = station
        self.hello: Hello | None = None
        self.on_air: NowPlaying | None = None
        self.meters: Meters | None = None
        self.live: LiveStanding | None = None
        """Who is live, as an engine last told; None before the first one did."""
        self.mastering: MasteringStanding | None = None
        """How the sound is mastered, as an engine last told; None before the first one did."""
        self.connected = False
        """An engine is speaking."""
        self.filling = False
        """The emergency loop is being sent."""
        self.filled_seconds_total = 0.0
        self.engine_losses_total = 0
        self.unsaid_total = 0
        """Messages of live sessions that no engine has got."""
        self._clock = clock
        self._timers = timers
        self._answer_seconds = answer_seconds
        self._windows: dict[str, PacketWindow] = {}
        self._loops: dict[str, list[bytes]] = {}
        self._sinks: list[PacketSink] = []
        self._changes: list[Callable[[NowPlaying], None]] = []
        self._spectra: list[Callable[[Spectrum], None]] = []
        self._lives: list[Callable[[LiveStanding], None]] = []
        self._previews: list[Callable[[Preview], None]] = []
        self._greetings: list[Callable[[], None]] = []
        self._tell: Callable[[Up], None] | None = None
        self._greeted = asyncio.Event()
        self._asked: dict[str, asyncio.Future[Answer]] = {}
        self._watch = EngineWatch()
        self._timer: Cancels | None = None
        self._timer_due = 0.0
        self._closed = False

    def attach(self, sink: PacketSink) -> None:
        """Replays the kept window to `sink`, then hands it everything that comes."""
        for window in self._windows.values():
            for run in window:
                sink.packets(window.rendition, run.sitting, run.position, run.packets)
        self._sinks.append(sink)

    def detach(self, sink: PacketSink) -> None:
        """Hands `sink` nothing more."""
        self._sinks.remove(sink)

    def on_change(self, watcher: Callable[[NowPlaying], None]) -> Callable[[], None]:
        """Calls `watcher` at every change of what airs or comes next. Returns what ends it."""
        self._changes.append(watcher)
        return lambda: self._changes.remove(watcher)

    def on_spectrum(self, watcher: Callable[[Spectrum], None]) -> Callable[[], None]:
        """Calls `watcher` for every spectrum frame. Returns what ends it."""
        self._spectra.append(watcher)
        return lambda: self._spectra.remove(watcher)

    def on_live(self, watcher: Callable[[LiveStanding], None]) -> Callable[[], None]:
        """Calls `watcher` whenever the engine tells who is live: at every change, and often while somebody is. Returns what ends it."""
        self._lives.append(watcher)
        return lambda: self._lives.remove(watcher)

    def on_preview(self, watcher: Callable[[Preview], None]) -> Callable[[], None]:
        """Calls `watcher` for what comes of the unmastered sound, which an engine sends while it is wanted. Returns what ends it."""
        self._previews.append(watcher)
        return lambda: self._previews.remove(watcher)

    def on_greeted(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Calls `watcher` whenever an engine has greeted, which knows nothing yet of this front. Returns what ends it."""
        self._greetings.append(watcher)
        return lambda: self._greetings.remove(watcher)

    def say(self, message: Up) -> None:
        """Tells the engine, if one speaks; else the message is lost and counted. Returns at once."""
        if self._tell is None:
            self.unsaid_total += 1
        else:
            self._tell(message)

    async def ask(self, command: Command) -> Answer:
        """The engine's answer. Raises EngineAway when none comes in time (2 s); the command may have been applied all the same."""
        try:
            async with asyncio.timeout(self._answer_seconds):
                await self._greeted.wait()
                answer = self._asked.get(command.id)
                if answer is None:
                    answer = self._asked[command.id] = asyncio.get_running_loop().create_future()
                    answer.add_done_callback(lambda _: self._asked.pop(command.id, None))
                    assert self._tell is not None
                    self._tell(Ask(command))
                return await asyncio.shield(answer)
        except TimeoutError:
            self._asked.pop(command.id, None)
            raise EngineAway(f"The engine of station {self.station} has not answered within {self._answer_seconds:g} s.") from None

    def position_now(self) -> int:
        """The position that is on air at the engine now; 0 before the first Hello."""
        position = self._watch.position_at(self._clock.monotonic())
        if position is not None:
            return position
        return Epoch(self.hello.epoch).position_at(self._clock.wall()) if self.hello else 0

    def wall_of(self, position: int) -> float:
        """UNIX seconds at which `position` is on air at the engine; 0.0 stands for position 0 before the first Hello."""
        return Epoch(self.hello.epoch if self.hello else 0.0).wall_of(position)

    def found(self, hello: Hello, tell: Callable[[Up], None]) -> None:
        """An engine has said Hello; `tell` sends it a message and counts what it can not send in `unsaid_total`."""
        if self.hello is None or hello.epoch != self.hello.epoch:
            self._windows.clear()
            self._loops.clear()
            self.on_air = None
        known = {name: window for name, window in self._windows.items() if window.rendition in hello.renditions}
        self._windows = {rendition.name: known.get(rendition.name) or PacketWindow(rendition) for rendition in hello.renditions}
        self.hello = hello
        self.connected = True
        self._tell = tell
        self._greeted.set()
        self._watch.greeted()
        for greet in list(self._greetings):
            greet()

    def lost(self) -> None:
        """The engine's socket has closed."""
        self.connected = False
        self._greeted.clear()
        self._tell = None
        if not self.filling:
            self.engine_losses_total += 1
        for answer in list(self._asked.values()):
            answer.set_exception(EngineAway(f"The engine of station {self.station} was lost before it answered."))
        self._arm(0.0)

    def close(self) -> None:
        """Sends nothing more of its own accord, ever."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def receive(self, message: Down) -> None:
        """Takes one message of the engine."""
        match message:
            case Packets():
                self._receive_packets(message)
            case Spectrum():
                _tell(self._spectra, message)
            case Meters():
                self.meters = message
            case NowPlaying():
                self._receive_now_playing(message)
            case LiveStanding():
                self.live = message
                _tell(self._lives, message)
            case MasteringStanding():
                self.mastering = message
            case Preview():
                _tell(self._previews, message)
            case Loop():
                self._loops[message.rendition] = message.packets
            case Reply():
                answer = self._asked.get(message.answer.id)
                if answer is not None and not answer.done():
                    answer.set_result(message.answer)
            case Hello():
                raise ValueError("a Hello is found, not received")

    def _receive_now_playing(self, message: NowPlaying) -> None:
        before, self.on_air = self.on_air, message
        if before is None or replace(before, position=message.position) != message:
            for tell in list(self._changes):
                tell(message)

    def _receive_packets(self, message: Packets) -> None:
        window = self._windows.get(message.rendition)
        if window is None:
            return
        run = Run(message.sitting, message.position, message.packets)
        end = window.end_of(run)
        self._watch.heard(message.rendition, end, end - run.position, self._clock.monotonic())
        self.filling = False
        if self._timer is None:
            self._turn()
        run = window.unseen(run)
        if not run.packets:
            return
        if window.edge is None:
            begin = max(0, (run.position - PREFILL_FRAMES) // SEGMENT_FRAMES * SEGMENT_FRAMES)
            self._bridge(window, run.sitting, begin, run.position)
        elif run.position - window.edge <= LONGEST_FILL_FRAMES:
            self._fill(window, run.position)
        self._pass_on(window, run)

    def _turn(self) -> None:
        """Fills what is due if the engine is silent, and looks again when it may be."""
        self._timer = None
        now = self._clock.monotonic()
        silent_from = self._watch.silent_from()
        if self.connected and self._timer_due + STALL_SECONDS < now and self._timer_due:
            self._arm(STALL_SECONDS)
            return
        if silent_from is None:
            return
        if self.connected and now < silent_from:
            self._arm(silent_from - now)
            return
        if self.connected and not self.filling:
            self.engine_losses_total += 1
        self.filling = True
        position = self.position_now() - frames_of(FILL_LAG_SECONDS)
        for window in self._windows.values():
            self._fill(window, position)
        self._arm(FILL_STEP_SECONDS)

    def _arm(self, delay_seconds: float) -> None:
        if self._closed:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_due = self._clock.monotonic() + delay_seconds
        self._timer = self._timers.call_later(delay_seconds, self._turn)

    def _fill(self, window: PacketWindow, end: int) -> None:
        """Goes on with the emergency loop up to `end`."""
        if window.edge is not None and window.edge < end:
            before = window.edge
            self._bridge(window, window.sitting, before, end)
            self.filled_seconds_total += seconds_of(window.edge - before) / len(self._windows)

    def _bridge(self, window: PacketWindow, sitting: int, begin: int, end: int) -> None:
        """Passes on the loop's packets that lie wholly between the two positions, as far as the loop is known."""
        loop = self._loops.get(window.rendition.name)
        frames = window.rendition.packet_frames
        numbers = range(-(-begin // frames), end // frames)
        if loop and numbers:
            self._pass_on(window, Run(sitting, numbers[0] * frames, [loop[number % len(loop)] for number in numbers]))

    def _pass_on(self, window: PacketWindow, run: Run) -> None:
        window.add(run)
        for sink in list(self._sinks):
            sink.packets(window.rendition, run.sitting, run.position, run.packets)


def _tell(watchers: list[Callable[[T], None]], message: T) -> None:
    for tell in list(watchers):
        tell(message)
