"""Playout: two decks and the segue between them, the bed when there is no deck to go to, and the guest who airs instead of them.

One deck airs, the other waits, loaded and cued. Decides only from what it holds in memory, to the frame: a segue begins at the very
frame where the airing track allows the next one, or where the one that was prepared begins; whatever comes between undoes what was
prepared, and the decks still hold the tracks themselves. A guest who takes over ends the airing track; after him comes the idle deck, never
the old track. It knows no clock, no rundown and no file; it is told to skip, to stop, to go on, and who the guest is.
"""

from dataclasses import dataclass
from typing import Final

from dsp.block import Samples, frames_of, silence
from server.live.guest import Guest
from server.programme.deck import Deck, Loop
from server.programme.prepared_segue import PreparedSegue
from server.programme.voice import RAMP_FRAMES, Voice
from server.segue_plan import SeguePlan
from server.track import Entry

SKIP_FRAMES: Final = frames_of(1.5)
"""The segue of a skip, of Stop, from the bed back to the programme, to a guest and away from him."""
RESCUE_FRAMES: Final = frames_of(0.1)
"""The segue out of dead air and away from a guest who is silent: there is nothing to fade."""
LAST_CHANCE_FRAMES: Final = frames_of(0.5)
"""Before cue out: if no deck is ready by then, the bed comes in."""


@dataclass(frozen=True, slots=True)
class Began:
    """An entry came on air."""

    entry: Entry
    frame: int
    """Which frame of the pulled block is its first."""
    frames: int
    """How long it lasts if nothing intervenes; of a loop, one round; 0 of a guest: nobody knows."""
    offset_frames: int
    segue_frames: int
    """How long the one before is still heard under it."""
    plan: SeguePlan | None = None
    """As it was planned; None if it came otherwise."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """What came off playout."""

    block: Samples
    began: tuple[Began, ...]
    ended: tuple[Deck, ...]
    """Decks that are free again."""


class Playout:
    """The decks of one station."""

    def __init__(self, bed: Loop, first: Deck | None = None) -> None:
        """Begins with `first`, or with the bed."""
        self.next: Deck | None = None
        """The idle deck, cued."""
        self.stopped = False
        """The bed airs, whatever is cued and whoever is live."""
        self.waiting = False
        """A guest may be back at any moment: from the bed nothing goes to a deck."""
        self.guest: Guest | None = None
        """Who airs instead of the decks."""
        self.fallbacks: dict[str, int] = {"next": 0, "bed": 0}
        self._bed = bed
        self._skip = False
        self._began: list[Began] = []
        self._ended: list[Deck] = []
        self._voices: list[Voice] = []
        self._told: Entry | None = None
        """The entry of what airs, as it was told last: a guest's changes with his title."""
        self._begin(first or bed, RAMP_FRAMES, 0)

    @property
    def airing(self) -> Deck | Loop | Guest:
        """What airs; what only fades out under it does not count."""
        source = self._voices[-1].source
        assert isinstance(source, (Deck, Loop, Guest))
        return source

    @property
    def way(self) -> PreparedSegue | None:
        """The prepared segue by which what airs will give way to the idle deck, as things stand."""
        segue, voice = self.next.segue if self.next else None, self._voices[-1]
        if segue is None or self.stopped or self.guest is not None or not isinstance(voice.source, Deck):
            return None
        deck = voice.source
        theirs = deck.entry.id == segue.plan.leaves and deck.head_ends_frames <= segue.at_frames
        return segue if theirs and deck.at_frames + voice.fading_frames <= segue.at_frames else None

    @property
    def left_frames(self) -> int:
        """Until what airs falls silent, as things stand; 0 of a guest and of the bed: nobody knows."""
        way, airing = self.way, self.airing
        if not isinstance(airing, Deck):
            return 0
        return airing.left_frames if way is None else way.at_frames + way.tail.shape[1] - airing.at_frames

    @property
    def deck_free(self) -> bool:
        """No deck is fading out, so that one may be loaded."""
        return not any(voice.leaving and isinstance(voice.source, Deck) for voice in self._voices)

    def skip(self) -> None:
        """Ends what airs with the next frame, by a segue to the idle deck, or to the bed."""
        self._skip = True

    def hasten(self) -> None:
        """Shortens a segue under way, so that its deck is free soon."""
        for voice in self._voices:
            if voice.leaving and voice.fading_frames > LAST_CHANCE_FRAMES:
                voice.leave(LAST_CHANCE_FRAMES)

    def rescue(self, *, again: bool) -> bool:
        """What airs is dead air: goes to the idle deck, or to the bed if that did not help (`again`). False if it airs already."""
        if self.next is not None and not self.stopped and not again:
            self.fallbacks["next"] += 1
            self._begin(self._take_next(), RESCUE_FRAMES, 0)
            return True
        if isinstance(self.airing, Loop):
            return False
        self.fallbacks["bed"] += 1
        self._begin(self._bed, RESCUE_FRAMES, 0)
        return True

    def collapse(self) -> str:
        """A source failed: drops all that airs and goes to the idle deck, else to the bed, at once. Says which: next or bed.

        With a guest it is the bed, from which he comes back: no deck is spent on that.
        """
        self._ended += [voice.source for voice in self._voices if isinstance(voice.source, Deck)]
        self._voices.clear()
        onward = self._take_next() if self.next is not None and not self.stopped and self.guest is None else self._bed
        self._begin(onward, RAMP_FRAMES, 0)
        return "bed" if onward is self._bed else "next"

    def load(self, deck: Deck) -> None:
        """`deck` is the idle one now; the one it displaces is free."""
        self.unload()
        self.next = deck

    def prepare(self, segue: PreparedSegue) -> None:
        """What airs will give way to the idle deck by `segue`, unless something comes between or it comes too late."""
        if self.next is not None and self.next.entry.id == segue.plan.enters and self.next.segue is None:
            self.next.segue = segue

    def unload(self) -> None:
        """There is no idle deck any more."""
        if self.next is not None:
            self._ended.append(self._take_next())

    def pull(self, frames: int) -> Pulled:
        """The next `frames` frames of the sum, float32 [2, frames]."""
        block = silence(frames)
        if self.airing.entry is not self._told:
            self._tell(self.airing.entry, 0, 0, 0, 0)
        done = 0
        while done < frames:
            if (way := self._way_due()) is not None:
                self._follow(way, done)
            elif (due := self._due()) is not None:
                self._begin(*due, done)
            step = min(frames - done, self._undecided_frames())
            for voice in self._voices:
                voice.add_to(block[:, done : done + step])
            done += step
            if len(self._voices) > 1:
                self._let_go()
        began, self._began = tuple(self._began), []
        ended, self._ended = tuple(self._ended), []
        return Pulled(block, began, ended)

    def _way_due(self) -> PreparedSegue | None:
        """The prepared segue, if it begins at this frame."""
        way, airing = self.way, self.airing
        return way if way and not self._skip and isinstance(airing, Deck) and airing.at_frames == way.at_frames else None

    def _due(self) -> tuple[Deck | Loop | Guest, int] | None:
        """What must begin at this frame, and over how many frames the segue goes."""
        airing, skip = self.airing, self._skip
        self._skip = False
        guest = None if self.stopped else self.guest
        if guest is not None and guest is not airing:
            return guest, _to_fade(airing)
        if isinstance(airing, Guest):
            return (self._after_guest(), _to_fade(airing)) if guest is None else None
        if isinstance(airing, Loop):
            held = self.stopped or self.waiting or not self.deck_free
            return (self._take_next(), SKIP_FRAMES) if self.next is not None and not held else None
        left = airing.left_frames
        if self.stopped:
            return self._bed, min(SKIP_FRAMES, left)
        if self.next is not None:
            if skip or (self.way is None and (airing.before_next_frames <= 0 or left <= RAMP_FRAMES)):
                return self._take_next(), min(left, SKIP_FRAMES) if skip else left
        elif skip or left <= LAST_CHANCE_FRAMES:
            self.fallbacks["bed"] += 1
            return self._bed, min(left, SKIP_FRAMES)
        return None

    def _after_guest(self) -> Deck | Loop:
        """What follows a guest: the track that was cued all the time."""
        if self.stopped:
            return self._bed
        if self.next is not None:
            return self._take_next()
        self.fallbacks["bed"] += 1
        return self._bed

    def _undecided_frames(self) -> int:
        """How many frames can be mixed before something may have to be decided again."""
        airing = self.airing
        if not isinstance(airing, Deck):
            return SKIP_FRAMES
        if (way := self.way) is not None:
            return way.at_frames - airing.at_frames
        points = (airing.before_next_frames, airing.left_frames - LAST_CHANCE_FRAMES, airing.left_frames - RAMP_FRAMES)
        return min((point for point in points if point > 0), default=airing.left_frames or RAMP_FRAMES)

    def _take_next(self) -> Deck:
        deck, self.next = self.next, None
        assert deck is not None
        return deck

    def _begin(self, source: Deck | Loop | Guest, segue_frames: int, frame: int) -> None:
        """Puts `source` on air over all that airs, at `frame` of the block being pulled."""
        if isinstance(source, Deck):
            # The segue ends before this track's own end begins: two decks, never three.
            segue_frames = min(segue_frames, source.before_next_frames)
            length, offset = source.left_frames, source.offset_frames
        else:
            length, offset = source.frames if isinstance(source, Loop) else 0, 0
        segue_frames = max(segue_frames, RAMP_FRAMES)
        for voice in self._voices:
            if not voice.leaving or voice.fading_frames > segue_frames:
                voice.leave(segue_frames)
        back = next((voice for voice in self._voices if voice.source is source), None)
        if back is not None:
            self._voices.remove(back)
            back.come(segue_frames)
        elif isinstance(source, Loop):
            source.rewind()
        self._voices.append(back or Voice(source, segue_frames))
        self._tell(source.entry, frame, length, offset, segue_frames)

    def _follow(self, way: PreparedSegue, frame: int) -> None:
        """Puts the idle deck on air as prepared, at `frame` of the block being pulled."""
        leaving, deck = self._voices[-1], self._take_next()
        assert isinstance(leaving.source, Deck)
        overlap_frames = way.tail.shape[1]
        leaving.source.end_with(way.tail)
        leaving.hear_out(overlap_frames)
        deck.begin_with(way.head, way.resume_frames)
        self._voices.append(Voice(deck, 0))
        self._tell(deck.entry, frame, deck.left_frames, deck.offset_frames, overlap_frames, way.plan)

    def _tell(self, entry: Entry, frame: int, frames: int, offset_frames: int, segue_frames: int, plan: SeguePlan | None = None) -> None:
        self._told = entry
        self._began.append(Began(entry, frame, frames, offset_frames, segue_frames, plan))

    def _let_go(self) -> None:
        for voice in [voice for voice in self._voices if voice.gone]:
            self._voices.remove(voice)
            if isinstance(voice.source, Deck):
                self._ended.append(voice.source)


def _to_fade(airing: Deck | Loop | Guest) -> int:
    """How long a segue to or from a guest may last: no longer than there is something to fade."""
    if isinstance(airing, Deck):
        return min(SKIP_FRAMES, airing.left_frames)
    if isinstance(airing, Guest) and airing.silent:
        return RESCUE_FRAMES
    if isinstance(airing, Guest) and airing.gone:
        return min(SKIP_FRAMES, max(RESCUE_FRAMES, airing.buffer.left_frames))
    return SKIP_FRAMES
