"""The entrance: every DJ who has come in at this front, and the line on which his sound goes to the engine.

It owns this front's sessions and says them again to every engine that greets, so a DJ outlives an engine. It knows no protocol (a way in
opens a line when it has let somebody in) and not whose turn it is (the engine decides; a line's seat tells). It lives on the front's
asyncio loop: nothing here is called from another thread. Nothing blocks; what no engine hears is lost.
"""

from collections.abc import Callable
from typing import Final, Protocol

from msgspec.structs import replace

from server.clock import Clock
from server.live.session import LONGEST_TEXT, SOUND_BLOCK_FRAMES, Mode, Seat, Session
from server.wire.wire import LiveClose, LiveOpen, LiveSound, LiveStanding, Up

FRAME_BYTES: Final = 4
"""Of int16 stereo."""
BYTES_PER_SECOND: Final = 48_000 * FRAME_BYTES
_BLOCK_BYTES: Final = SOUND_BLOCK_FRAMES * FRAME_BYTES


class EntranceFull(Exception):
    """As many DJs are in as the station lets in."""


class Engine(Protocol):
    """What the entrance asks of the relay."""

    @property
    def live(self) -> LiveStanding | None:
        """How live stands at the engine."""

    def say(self, message: Up) -> None:
        """Tells the engine, if one listens."""

    def on_greeted(self, watcher: Callable[[], None], /) -> Callable[[], None]:
        """Calls `watcher` whenever an engine has greeted. Returns what ends it."""


class LiveLine:
    """One DJ's line to the engine, open until it is closed."""

    def __init__(self, session: Session, entrance: "Entrance", engine: Engine, clock: Clock) -> None:
        """Opened by the entrance."""
        self.session = session
        self.open = True
        self._entrance = entrance
        self._engine = engine
        self._clock = clock
        self._rest = b""
        self._sounded_until = clock.monotonic()
        """When the sound that has come so far will have played, had it been played as it came."""
        self._heard_at = clock.monotonic()

    @property
    def seat(self) -> Seat | None:
        """How the engine sees the session; None while it does not know it."""
        standing = self._engine.live
        return next((seat for seat in standing.seats if seat.session.id == self.session.id), None) if standing else None

    @property
    def ahead_seconds(self) -> float:
        """How much more sound has come than time has passed: what comes faster than it sounds should be held back by who reads it."""
        return max(0.0, self._sounded_until - self._clock.monotonic())

    @property
    def quiet_seconds(self) -> float:
        """Since the last sound came, or since the line was opened."""
        return self._clock.monotonic() - self._heard_at

    def sound(self, samples: bytes) -> None:
        """The next sound: int16 little-endian, interleaved stereo at 48 kHz, of any length; an unfinished frame waits for its end."""
        if not self.open:
            return
        now = self._clock.monotonic()
        self._heard_at = now
        self._sounded_until = max(self._sounded_until, now) + len(samples) / BYTES_PER_SECOND
        if self._rest:
            samples = self._rest + samples
        whole = len(samples) - len(samples) % FRAME_BYTES
        self._rest = samples[whole:]
        for start in range(0, whole, _BLOCK_BYTES):
            self._engine.say(LiveSound(self.session.id, samples[start : min(start + _BLOCK_BYTES, whole)]))

    def change(self, title: str | None = None, artist: str | None = None, mode: Mode | None = None, priority: int | None = None) -> None:
        """Another title, artist, mode or priority (0 to HIGHEST_PRIORITY); None leaves it. A title belongs to the sound that follows."""
        session = replace(
            self.session,
            title=self.session.title if title is None else title[:LONGEST_TEXT],
            artist=self.session.artist if artist is None else artist[:LONGEST_TEXT],
            mode=self.session.mode if mode is None else mode,
            priority=self.session.priority if priority is None else priority,
        )
        if self.open and session != self.session:
            self.session = session
            self._engine.say(LiveOpen(session))

    def close(self) -> None:
        """The DJ has gone. Again: nothing."""
        if self.open:
            self.open = False
            self._entrance.forget(self)
            self._engine.say(LiveClose(self.session.id))


class Entrance:
    """The DJs of one station at this front. Made on the front's loop."""

    def __init__(self, relay: Engine, max_lines: int, clock: Clock) -> None:
        """`max_lines`: how many DJs the station lets in at once, by this front and all others."""
        self.max_lines = max_lines
        self._engine = relay
        self._clock = clock
        self._lines: dict[str, LiveLine] = {}
        self._left: set[str] = set()
        """Sessions that were closed here and of whose end the engine has not told yet."""
        self._unwatch = relay.on_greeted(self._say_again)

    @property
    def lines(self) -> tuple[LiveLine, ...]:
        """Of this front, in the order of their coming."""
        return tuple(self._lines.values())

    @property
    def full(self) -> bool:
        """Nobody else is let in now."""
        standing = self._engine.live
        seated = {seat.session.id for seat in standing.seats} if standing else set()
        self._left &= seated
        return len((seated | self._lines.keys()) - self._left) >= self.max_lines

    def find(self, session_id: str) -> LiveLine | None:
        """The line of that session, if it came in here."""
        return self._lines.get(session_id)

    def open(self, session: Session) -> LiveLine:
        """A line for a DJ who has been let in; `session.id` is new. Raises EntranceFull."""
        if self.full:
            raise EntranceFull(f"{self.max_lines} DJs are in already")
        texts = (session.dj, session.title, session.artist)
        dj, title, artist = (text[:LONGEST_TEXT] for text in texts)
        session = replace(session, dj=dj, title=title, artist=artist)
        line = self._lines[session.id] = LiveLine(session, self, self._engine, self._clock)
        self._engine.say(LiveOpen(session))
        return line

    def forget(self, line: LiveLine) -> None:
        """`line` has been closed; it says so itself."""
        if self._lines.pop(line.session.id, None) is not None:
            self._left.add(line.session.id)

    def close(self) -> None:
        """Everybody goes, and no engine is told anything any more."""
        for line in self.lines:
            line.close()
        self._unwatch()

    def _say_again(self) -> None:
        """An engine that knows nobody yet has greeted."""
        self._left.clear()
        for line in self.lines:
            self._engine.say(LiveOpen(line.session))
