"""Orders: what people want of the station, and how playout is made to do it. Lives at the tick.

Holds the queue, the vetoes and Stop, and changes them by commands; a refusal is an answer. A skip waits a moment for the track that
should come next, if that one is still being cued. A DJ who has taken over is not skipped: his way in has to be closed, or the station
stopped, which airs the bed and leaves all DJs waiting until it starts again. What is wished of the sound goes to the console.
"""

from collections.abc import Callable, Iterator
from typing import Final

from dsp.block import frames_of
from server.commands import Answer, Command, Cue, Done, Master, Refused, Remove, Reorder, Skip, Start, Stop, Veto
from server.console.console import Console, ConsoleError
from server.live.guest import Guest
from server.programme.deck import Deck
from server.programme.playout import Playout
from server.programme.queue import Queue, QueueError
from server.track import Entry, Reason, Track

SKIP_PATIENCE_FRAMES: Final = frames_of(3.0)


class Orders:
    """The orders of one station."""

    def __init__(
        self,
        playout: Playout,
        find_track: Callable[[str], Track | None],
        entry_ids: Iterator[str],
        queue: Queue,
        vetoes: frozenset[str],
        console: Console | None = None,
    ) -> None:
        self.queue = queue
        self.vetoes = vetoes
        """Ids of tracks that never air again."""
        self._playout = playout
        self._find_track = find_track
        self._entry_ids = entry_ids
        self._console = console
        self._skipping: Entry | None = None
        self._patience = 0

    def apply(self, command: Command, position: int) -> Answer:
        """Obeys or refuses."""
        try:
            return Done(command.id, position, self._obey(command))
        except (QueueError, ConsoleError) as refusal:
            return Refused(command.id, str(refusal))

    def welcome(self, deck: Deck) -> bool:
        """`deck`, which was cued meanwhile, may still air: its track is not vetoed, and if it was queued it still is."""
        entry = deck.entry
        wanted = entry.reason is not Reason.QUEUE or self.queue.find(entry.id) is not None
        return wanted and entry.track.id not in self.vetoes

    def began(self, entry: Entry) -> None:
        """`entry` is on air: it is queued no more."""
        if self.queue.find(entry.id) is not None:
            self.queue = self.queue.without(entry.id)

    def advance(self, frames: int) -> None:
        """Another `frames` go by: carries out a skip as soon as its successor is cued, or when the patience is over."""
        playout = self._playout
        if self._skipping is None:
            return
        if playout.airing.entry.id != self._skipping.id:
            self._skipping = None
            return
        self._patience -= frames
        if not playout.deck_free:
            playout.hasten()
        if self._successor_cued() or self._patience <= 0:
            playout.skip()
            self._skipping = None

    def _obey(self, command: Command) -> str | None:
        """The id of the entry that was made or ended. Raises QueueError or ConsoleError as the refusal of any command."""
        match command:
            case Skip():
                return self._skip(command.entry_id)
            case Cue():
                return self._cue(command.track_id, command.index)
            case Remove():
                self.queue = self.queue.remove(command.entry_id)
                self._drop_unwelcome()
                return command.entry_id
            case Reorder():
                self.queue = self.queue.reorder(command.entry_ids)
            case Veto():
                self._veto(command.track_id)
            case Stop():
                self._playout.stopped = True
                self._skipping = None
            case Start():
                self._playout.stopped = False
            case Master():
                self._turn(command)
        return None

    def _turn(self, wish: Master) -> None:
        if self._console is None:
            raise ConsoleError("this station's mastering cannot be set")
        self._console.turn(wish)

    def _skip(self, entry_id: str | None) -> str:
        airing = self._playout.airing
        if isinstance(airing, Guest):
            raise QueueError(f"{airing.session.dj} is live: that can not be skipped")
        if not isinstance(airing, Deck):
            raise QueueError("no track is on air")
        if entry_id not in (None, airing.entry.id):
            raise QueueError(f"the entry {entry_id} is not on air")
        self._begin_skip(airing.entry)
        return airing.entry.id

    def _cue(self, track_id: str, index: int | None) -> str:
        track = self._find_track(track_id)
        if track is None:
            raise QueueError(f"the catalogue has no track {track_id}")
        if track_id in self.vetoes:
            raise QueueError(f"the track {track_id} is vetoed")
        entry = Entry(next(self._entry_ids), track, Reason.QUEUE)
        self.queue = self.queue.cue(entry, index)
        return entry.id

    def _veto(self, track_id: str) -> None:
        airing = self._playout.airing
        if isinstance(airing, Guest) and airing.entry.track.id == track_id:
            raise QueueError(f"{airing.session.dj} is live: that can not be vetoed")
        if self._find_track(track_id) is None and airing.entry.track.id != track_id:
            raise QueueError(f"the catalogue has no track {track_id}")
        self.vetoes |= {track_id}
        self.queue = self.queue.without_track(track_id)
        self._drop_unwelcome()
        if isinstance(airing, Deck) and airing.entry.track.id == track_id:
            self._begin_skip(airing.entry)

    def _begin_skip(self, entry: Entry) -> None:
        if self._skipping is None:
            self._skipping = entry
            self._patience = SKIP_PATIENCE_FRAMES

    def _drop_unwelcome(self) -> None:
        if self._playout.next is not None and not self.welcome(self._playout.next):
            self._playout.unload()

    def _successor_cued(self) -> bool:
        cued = self._playout.next
        head = self.queue.entries[0] if self.queue.entries else None
        return cued is not None and (head is None or cued.entry.id == head.id)
