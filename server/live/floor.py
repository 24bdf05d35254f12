"""The floor: whose turn it is among the DJs who are in. The engine's side of every live session.

The highest priority has the floor, of equals the one who came first, among those who are heard: a DJ who is silent gives way until he is
heard again. A DJ who takes over airs instead of the music. One who talks over it is heard over whatever would air without him: the
music, or the DJ whose turn is next. Two threads meet here: the wire brings sessions and sound and is never waited for; the tick takes
the news in order and decides. What makes no sense is refused and counted, and the wire goes on.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dsp.block import BLOCK_FRAMES, frames_of
from server.live.guest import Guest
from server.live.session import HIGHEST_PRIORITY, LONGEST_TEXT, Mode, Seat, Session, State
from server.live.sound_buffer import SoundBuffer

METERS_FRAMES: Final = frames_of(0.24)
LINGER_FRAMES: Final = frames_of(2.0)
"""How long the sound of a DJ who has left is still read: until the segue away from him has ended."""
RETURN_FRAMES: Final = frames_of(4.0)
"""After a restart in the middle of a show: how long the music waits for the DJ's front to come back."""
_MOST_NEWS: Final = 256


@dataclass(frozen=True, slots=True)
class Turn:
    """Who is heard at this tick."""

    on: Guest | None
    """Instead of the music."""
    over: Guest | None
    """Over it."""


NOBODY: Final = Turn(None, None)


@dataclass(frozen=True, slots=True)
class _News:
    """A session was opened or has changed, or was closed (no session)."""

    session_id: str
    session: Session | None
    buffer: SoundBuffer
    at_frame: int
    """How much of its sound had come by then."""


class Floor:
    """The live sessions of one station."""

    def __init__(
        self, max_sessions: int, buffer_seconds: float, silence_seconds: float, entry_ids: Iterator[str], *, expecting: bool = False
    ) -> None:
        """`expecting`: a DJ was on air when the engine before this one ended."""
        self.seats: tuple[Seat, ...] = ()
        """How everybody stands, in the order of their turn; replaced at every change and four times a second while somebody is in."""
        self.refused_total = 0
        """Messages that made no sense, or for which there was no room."""
        self._max_sessions = max_sessions
        self._ready_frames = frames_of(buffer_seconds)
        self._silence_frames = frames_of(silence_seconds)
        self._entry_ids = entry_ids
        self._buffers: dict[str, SoundBuffer] = {}
        """The wire's side."""
        self._news: deque[_News] = deque()
        self._guests: dict[str, Guest] = {}
        """The tick's side, in the order of their turn."""
        self._leaving: list[tuple[Guest, int]] = []
        """Guests who have left, and the position until which they are still read."""
        self._turn = NOBODY
        self._expecting_frames = RETURN_FRAMES if expecting else 0

    def open(self, session: Session) -> bool:
        """A DJ has come in, or something of his session has changed. False: refused. The wire's thread."""
        buffer = self._buffers.get(session.id)
        full = buffer is None and len(self._buffers) >= self._max_sessions
        if full or not _sensible(session) or len(self._news) >= _MOST_NEWS:
            self.refused_total += 1
            return False
        if buffer is None:
            buffer = self._buffers[session.id] = SoundBuffer(self._ready_frames)
        self._news.append(_News(session.id, session, buffer, buffer.received_frames))
        return True

    def sound(self, session_id: str, samples: bytes) -> None:
        """The next sound of a session: int16 little-endian, interleaved stereo. The wire's thread."""
        buffer = self._buffers.get(session_id)
        if buffer is None or not buffer.take(samples):
            self.refused_total += 1

    def close(self, session_id: str) -> None:
        """The DJ has gone. The wire's thread."""
        buffer = self._buffers.pop(session_id, None)
        if buffer is None:
            self.refused_total += 1
        else:
            self._news.append(_News(session_id, None, buffer, buffer.received_frames))

    @property
    def expecting(self) -> bool:
        """A DJ may be back at any moment: the music need not begin."""
        return self._expecting_frames > 0

    def advance(self, position: int, heard_position: int, *, barred: bool = False) -> Turn:
        """The next tick, at `position`: reads everybody's sound and says whose turn it is. `barred`: nobody's.

        Who goes on air now is heard from `heard_position` on.
        """
        self._expecting_frames = max(0, self._expecting_frames - BLOCK_FRAMES)
        if not (self._news or self._guests or self._leaving):
            return self._turn
        changed = bool(self._news)
        while self._news:
            self._take(self._news.popleft(), position)
        for guest in self._guests.values():
            guest.listen()
        if self._leaving:
            self._linger(position)
        turn = NOBODY if barred else self._decide()
        changed |= self._pass_to(turn, heard_position)
        if changed or position % METERS_FRAMES < BLOCK_FRAMES:
            self._publish()
        return turn

    def _take(self, news: _News, position: int) -> None:
        guest = self._guests.get(news.session_id)
        if guest is not None and (news.session is None or guest.buffer is not news.buffer):
            guest.gone = True
            self._leaving.append((self._guests.pop(news.session_id), position + LINGER_FRAMES))
            guest = None
        if news.session is None:
            return
        if guest is not None:
            guest.change(news.session, news.at_frame)
        else:
            self._guests[news.session_id] = Guest(news.session, news.buffer, self._silence_frames, self._entry_ids)
        self._guests = dict(sorted(self._guests.items(), key=lambda item: (-item[1].session.priority, item[1].session.began_at)))

    def _linger(self, position: int) -> None:
        for guest, _ in self._leaving:
            guest.listen()
        self._leaving = [(guest, until) for guest, until in self._leaving if position < until]

    def _decide(self) -> Turn:
        """The first who is heard; under one who talks over, the next who takes over."""
        over = None
        for guest in self._guests.values():
            if not guest.heard:
                continue
            if guest.session.mode is Mode.TAKEOVER:
                return Turn(guest, over)
            over = over or guest
        return Turn(None, over)

    def _pass_to(self, turn: Turn, heard_position: int) -> bool:
        """Notes who is on air; whether anything has changed."""
        before, self._turn = self._turn, turn
        for guest in (turn.on, turn.over):
            if guest is not None and guest not in (before.on, before.over):
                guest.on_air_position = heard_position
                self._expecting_frames = 0
        if turn.on is not None and turn.on is not before.on:
            turn.on.renew_entry()
        changed = False
        for guest in self._guests.values():
            state = _state(guest, turn)
            changed |= state is not guest.state
            guest.state = state
        return changed

    def _publish(self) -> None:
        self.seats = tuple(guest.seat() for guest in self._guests.values())


def _state(guest: Guest, turn: Turn) -> State:
    if guest in (turn.on, turn.over):
        return State.ON_AIR
    fell_silent = guest.state is not State.WAITING and not guest.heard
    return State.SILENT if fell_silent else State.WAITING


def _sensible(session: Session) -> bool:
    """It can be shown and sorted."""
    texts = (session.dj, session.title, session.artist)
    return 0 < len(session.id) <= 64 and 0 <= session.priority <= HIGHEST_PRIORITY and all(len(text) <= LONGEST_TEXT for text in texts)
