"""A guest: a DJ as the tick knows him. His sound of this tick, what is heard in it, and how long he has been silent.

It is a source of playout like a deck and a loop, but it has no end that anybody knows, and it hands out one block a tick: whoever does
not read it loses it, as on any line. It decides nothing; whose turn it is the floor knows.
"""

from collections import deque
from collections.abc import Iterator
from typing import Final

from dsp.block import BLOCK_FRAMES, Samples, seconds_of, silence
from dsp.gain import gain_to_db
from server.live.session import Seat, Session, State
from server.live.sound_buffer import SoundBuffer
from server.programme.dead_air import is_dead, mean_square
from server.track import Entry, Reason, Source, Track

UNTITLED: Final = "Live"
_MOST_TITLES: Final = 64
"""Titles of sound that waits; of more, the oldest are never heard."""


class Guest:
    """One live session at the engine."""

    def __init__(self, session: Session, buffer: SoundBuffer, silence_frames: int, entry_ids: Iterator[str]) -> None:
        """`silence_frames`: after so much silence he is not heard any more."""
        self.session = session
        """As the front last said."""
        self.buffer = buffer
        self.state = State.WAITING
        self.on_air_position: int | None = None
        """Where he last went on air."""
        self.block: Samples = silence(BLOCK_FRAMES)
        """This tick's sound, float32 [2, 960]."""
        self.heard = False
        """There is sound, or there was not long ago."""
        self.gone = False
        """He has left; only what still lies ready is to come."""
        self._silence_frames = silence_frames
        self._silent = 0
        self._read = 0
        self._entry_ids = entry_ids
        self._title = _title(session)
        self._titles: deque[tuple[int, tuple[str, str]]] = deque(maxlen=_MOST_TITLES)
        self.entry = self._entry()
        """What is heard of him; another one whenever the title changes."""

    @property
    def silent(self) -> bool:
        """This tick's sound is silence."""
        return self._silent > 0

    def change(self, session: Session, at_frame: int) -> None:
        """What is known of the session has changed; a title belongs to the sound behind frame `at_frame` of what was received."""
        unheard = self.on_air_position is None and not self._title_said()
        self.session = session
        if unheard:
            self._retitle(_title(session))
        else:
            self._titles.append((at_frame, _title(session)))

    def listen(self) -> None:
        """The next tick: reads a block of sound and judges it."""
        self.block = self.buffer.read(BLOCK_FRAMES)
        self._read = 0
        if is_dead(mean_square(self.block)):
            self._silent += BLOCK_FRAMES
            self.heard = self.heard and self._silent < self._silence_frames
        else:
            self._silent = 0
            self.heard = True
        while self._titles and self._titles[0][0] <= self.buffer.read_frames:
            self._retitle(self._titles.popleft()[1])

    def read(self, frames: int) -> Samples:
        """The next frames of this tick's sound, float32 [2, frames]; silence behind them."""
        begin, self._read = self._read, self._read + frames
        sound = self.block[:, begin : begin + frames].copy()
        if sound.shape[1] == frames:
            return sound
        padded = silence(frames)
        padded[:, : sound.shape[1]] = sound
        return padded

    def renew_entry(self) -> None:
        """He takes over: another entry, since he may have been on before."""
        self.entry = self._entry()

    def seat(self) -> Seat:
        """How he stands; reads the meter of what has come since this was asked last."""
        level_dbfs = round(gain_to_db(self.buffer.take_peak()), 1)
        ready_seconds = round(seconds_of(self.buffer.left_frames), 2)
        return Seat(self.session, self.state, self.on_air_position, level_dbfs, ready_seconds, self.buffer.dry_total)

    def _title_said(self) -> bool:
        return bool(self.session.title or self.session.artist)

    def _retitle(self, title: tuple[str, str]) -> None:
        if title != self._title:
            self._title = title
            self.entry = self._entry()

    def _entry(self) -> Entry:
        title, artist = self._title
        session = self.session
        track = Track(
            id=f"live-{session.id}",
            title=title,
            artist=artist,
            source=Source.LIVE,
            path="",
            frames=0,
            loudness_lufs=0.0,
            true_peak_dbtp=0.0,
            cue_in_frames=0,
            start_next_frames=0,
            cue_out_frames=0,
            provenance={"session": session.id, "dj": session.dj, "way": session.way},
        )
        return Entry(next(self._entry_ids), track, Reason.LIVE)


def _title(session: Session) -> tuple[str, str]:
    """Title and artist as listeners are told."""
    return session.title or UNTITLED, session.artist or session.dj
