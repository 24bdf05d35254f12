"""The programme: one tick makes one moment, whatever happens. Commands, live, playout, mastering, spectrum, in that order.

Positions are exact at the mastered bus: what leaves playout at position p is heard `latency` frames later, and is stamped so. The
tick neither raises nor blocks: a part that fails is counted and stepped over, down to the emergency loop, which can not fail. What
airs is judged by what is measured on the last bus. Only the ticking thread calls `tick`, `late` and `jump`; the other threads hand
in decks (`offer`) and segues (`prepare`) and read what is published: `latest`, `situation`, `ended`.
"""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from dsp.block import BLOCK_FRAMES, CHANNELS, Samples, seconds_of
from server.air import Levels, Moment, Standing
from server.commands import Answer, Command, Refused
from server.live.floor import NOBODY, Floor
from server.live.guest import Guest
from server.programme.dead_air import DeadAirWatch, is_dead, mean_square
from server.programme.deck import Deck, Loop
from server.programme.desk import Desk
from server.programme.emergency import Emergency
from server.programme.faults import Faults
from server.programme.orders import Orders
from server.programme.playout import Playout
from server.programme.prepared_segue import PreparedSegue
from server.programme.queue import Queue
from server.programme.talk_over import TalkOver
from server.programme.turns import Turns
from server.programme.voice import RAMP_FRAMES
from server.segue_plan import SeguePlan
from server.track import Airing, Entry

_NO_LEVELS: Final = Levels(-70.0, -70.0, -70.0, -70.0, 0.0)
_LEVELS_FRAMES: Final = 5 * BLOCK_FRAMES
"""How often the meters are read."""
_CEILING: Final = np.float32(0.89)
_MOST_RETURNED: Final = 8


class Readings(Protocol):
    """What the meters behind mastering read; units as in Levels."""

    @property
    def momentary_lufs(self) -> float: ...

    @property
    def short_term_lufs(self) -> float: ...

    @property
    def integrated_lufs(self) -> float: ...

    @property
    def true_peak_dbtp(self) -> float: ...

    @property
    def gain_reduction_db(self) -> float: ...

    @property
    def range_lu(self) -> float: ...

    @property
    def band_reductions_db(self) -> tuple[float, ...]: ...

    @property
    def servo_gain_db(self) -> float: ...


class Master(Protocol):
    """What the programme asks of mastering."""

    @property
    def latency_frames(self) -> int:
        """How much later a frame leaves than it came."""

    @property
    def levels(self) -> Readings:
        """After the block that was processed last."""

    def process(self, block: Samples) -> Samples:
        """A block of the same shape, mastered."""


class Analyser(Protocol):
    """What the programme asks of the spectrum."""

    def feed(self, block: Samples, position: int) -> tuple[bytes, ...]:
        """The spectrum frames that end within this block."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What the tick last decided: the ground on which the others plan."""

    airing: Airing
    """The last that began, perhaps not heard yet."""
    cued: Entry | None
    """On the idle deck."""
    deck_free: bool
    """A deck may be loaded: none is fading out."""
    queue: Queue
    vetoes: frozenset[str]
    stopped: bool
    segue: SeguePlan | None = None
    """By which what airs will give way to what is cued."""


class Programme:
    """The sound of one station."""

    def __init__(
        self,
        *,
        position: int,
        sitting: int,
        playout: Playout,
        orders: Orders,
        desk: Desk,
        floor: Floor,
        talk_over: TalkOver,
        mastering: Master,
        spectrum: Analyser,
        emergency: Loop,
        faults: Faults,
        preset: Callable[[], str] = lambda: "",
    ) -> None:
        """`preset()` names what the mastering is set to."""
        self.position = position
        """Of the next block's first frame; a multiple of 960."""
        self.sitting = sitting
        self.planned: tuple[Entry, ...] = ()
        """What the rundown chose to follow the queue; set by cueing."""
        self.returned: deque[Deck] = deque(maxlen=_MOST_RETURNED)
        """Decks that are free again, for others to drop: to free a hundred megabytes takes longer than a tick should."""
        self.silent: deque[Entry] = deque(maxlen=_MOST_RETURNED)
        """Entries that were ended because they were dead air."""
        self.latest: Moment | None = None
        self._playout = playout
        self._orders = orders
        self._desk = desk
        self._floor = floor
        self._talk_over = talk_over
        self._turn = NOBODY
        self._mastering = mastering
        self._spectrum = spectrum
        self._emergency = Emergency(emergency)
        self._faults = faults
        self._preset = preset
        self._offered: deque[Deck] = deque(maxlen=1)
        self._prepared: deque[PreparedSegue] = deque(maxlen=1)
        self._way: PreparedSegue | None = None
        self._turns = Turns(Airing(playout.airing.entry, position, position))
        self._watch = DeadAirWatch()
        self._levels = _NO_LEVELS
        self._last_frame = np.zeros(CHANNELS, np.float32)
        self._raw: Samples | None = None
        self._late_ticks = 0
        self._skipped_frames = 0
        self.situation = self._situation_now()
        """Replaced when anything of it changes, never altered."""
        self._upcoming: tuple[Entry, ...] = ()
        self._upcoming_of: tuple[object, ...] = ()

    @property
    def ended(self) -> deque[Airing]:
        """Airings of the programme that have ended, oldest first, to be taken away."""
        return self._turns.ended

    def offer(self, deck: Deck) -> None:
        """Hands over a cued deck for the next tick; one that still lies there is displaced. Any thread."""
        self._offered.append(deck)

    def prepare(self, segue: PreparedSegue) -> None:
        """Hands over a segue to the deck that is cued; it is passed over if it does not fit any more. Any thread."""
        self._prepared.append(segue)

    def late(self) -> None:
        """The tick that follows is late."""
        self._late_ticks += 1

    def jump(self, position: int) -> None:
        """The clock goes on at `position`; what lies between is never aired, and the sound goes on where it was."""
        self._skipped_frames += position - self.position
        self._turns.jump(position, position - self.position)
        self.position = position

    def tick(self) -> Moment:
        """The next block. Never raises."""
        self._desk.obey(self._obey)
        self._exchange()
        self._orders.advance(BLOCK_FRAMES)
        self._pass_floor()
        before, in_emergency = self._playout.airing, self._emergency.on_air
        block = self._sound()
        if isinstance(before, Guest) and self._playout.airing is not before:
            self._watch.bear_anew()
        energy = mean_square(block)
        if self._watch.hear(energy, BLOCK_FRAMES):
            self._rescue()
        self._last_frame = block[:, -1].copy()
        block.flags.writeable = False
        spectrum = self._faults.shield("spectrum", lambda: self._spectrum.feed(block, self.position)) or ()
        if self.position % _LEVELS_FRAMES == 0:
            self._levels = self._faults.shield("levels", self._read_levels) or _NO_LEVELS
        self._turns.hear(self.position + BLOCK_FRAMES)
        self._publish()
        unmastered = None if in_emergency else self._raw
        moment = Moment(
            self.position,
            self.sitting,
            block,
            spectrum,
            self._levels,
            self._turns.airing,
            self._upcoming,
            self._standing(),
            unmastered,
            self.situation.segue,
        )
        self.latest = moment
        self.position += BLOCK_FRAMES
        return moment

    def _obey(self, command: Command) -> Answer:
        answer = self._faults.shield("command", lambda: self._orders.apply(command, self.position))
        return answer or Refused(command.id, "the station failed to do that")

    def _exchange(self) -> None:
        """Takes the deck that was offered, if it may still air."""
        if self._offered and self._playout.deck_free:
            deck = self._offered.popleft()
            if self._orders.welcome(deck):
                self._playout.load(deck)
            else:
                self.returned.append(deck)
        if self._prepared:
            self._playout.prepare(self._prepared.popleft())

    def _pass_floor(self) -> None:
        """Whose turn it is among the DJs. If that fails it is nobody's."""
        playout, heard = self._playout, self.position + self._mastering.latency_frames
        self._turn = self._faults.shield("live", lambda: self._floor.advance(self.position, heard, barred=playout.stopped)) or NOBODY
        playout.guest, playout.waiting = self._turn.on, self._floor.expecting

    def _sound(self) -> Samples:
        """The next block of the last bus, and never an error."""
        emergency = self._emergency
        if not emergency.on_air:
            if emergency.over:
                self._playout.collapse()
            self._raw = self._pull()
            if self._raw is not None:
                emergency.rest(BLOCK_FRAMES)
                mastered = self._mastered(self._raw)
                return emergency.give_way(self.position, mastered) if emergency.over else mastered
            self._take_emergency(self.position)
        return emergency.read(self.position, BLOCK_FRAMES, self._last_frame)

    def _pull(self) -> Samples | None:
        """A block of playout, with who talks over it; if playout fails, of what it steps down to; None if that fails too."""
        pulled = self._faults.shield("playout", lambda: self._playout.pull(BLOCK_FRAMES))
        if pulled is None:
            self._playout.fallbacks[self._playout.collapse()] += 1
            pulled = self._faults.shield("playout", lambda: self._playout.pull(BLOCK_FRAMES))
        if pulled is None:
            return None
        for began in pulled.began:
            heard = self.position + began.frame + self._mastering.latency_frames
            self._turns.begin(began.entry, heard, began.frames, began.offset_frames, began.segue_frames, began.plan)
            self._orders.began(began.entry)
        self.returned.extend(pulled.ended)
        mixed = self._faults.shield("talk over", lambda: self._talk_over.mix(pulled.block, self._turn.over))
        return pulled.block if mixed is None else mixed

    def _mastered(self, raw: Samples) -> Samples:
        """`raw` through mastering; if that fails, as it is, held below the ceiling."""
        mastered = self._faults.shield("mastering", lambda: _checked(self._mastering.process(raw)))
        return np.clip(np.nan_to_num(raw), -_CEILING, _CEILING) if mastered is None else mastered

    def _read_levels(self) -> Levels:
        read = self._mastering.levels
        return Levels(
            momentary_lufs=read.momentary_lufs,
            short_term_lufs=read.short_term_lufs,
            integrated_lufs=read.integrated_lufs,
            true_peak_dbtp=read.true_peak_dbtp,
            gain_reduction_db=read.gain_reduction_db,
            range_lu=read.range_lu,
            band_reductions_db=read.band_reductions_db,
            servo_gain_db=read.servo_gain_db,
            preset=self._preset(),
        )

    def _rescue(self) -> None:
        """Dead air has lasted too long: on to the next source; to the last one if the source is not what is dead.

        A guest who is silent gives way by himself, after the silence that the station allows him.
        """
        source_dead = self._raw is not None and is_dead(mean_square(self._raw))
        airing = self._playout.airing
        if source_dead and isinstance(airing, Guest):
            return
        if source_dead and isinstance(airing, Deck):
            self.silent.append(airing.entry)
        if not (source_dead and self._playout.rescue(again=self._watch.rescues > 1)):
            self._take_emergency(self.position + BLOCK_FRAMES)

    def _take_emergency(self, position: int) -> None:
        self._emergency.begin()
        loop = self._emergency.loop
        self._turns.begin(loop.entry, position, loop.frames, 0, RAMP_FRAMES)

    def _situation_now(self) -> Situation:
        cued, orders = self._playout.next, self._orders
        cued_entry = cued.entry if cued else None
        airing = self._turns.latest
        plan = self._way.plan if self._way else None
        return Situation(airing, cued_entry, self._playout.deck_free, orders.queue, orders.vetoes, self._playout.stopped, plan)

    def _publish(self) -> None:
        """Publishes what has changed."""
        if (way := self._playout.way) is not self._way:
            self._way = way
            self._foresee()
        now = self._situation_now()
        if now != self.situation:
            self.situation = now
        of = (now.queue, self.planned, now.airing)
        if of != self._upcoming_of:
            queued = {entry.id for entry in now.queue.entries} | {now.airing.entry.id}
            self._upcoming = (*now.queue.entries, *(entry for entry in self.planned if entry.id not in queued))
            self._upcoming_of = of

    def _foresee(self) -> None:
        """A segue was prepared, or is no more: what airs ends elsewhere."""
        airing = self._playout.airing
        if isinstance(airing, Deck) and airing.entry is self._turns.latest.entry:
            self._turns.foresee(self.position + BLOCK_FRAMES + self._mastering.latency_frames + self._playout.left_frames)

    def _standing(self) -> Standing:
        cued = self._playout.next
        off_programme = isinstance(self._playout.airing, Loop)
        return Standing(
            fallback_level=2 if self._emergency.on_air else int(off_programme),
            dead_air_seconds=self._watch.seconds,
            dead_air_seconds_total=self._watch.seconds_total,
            fallbacks_total={**self._playout.fallbacks, "loop": self._emergency.turns_total},
            late_ticks_total=self._late_ticks,
            skipped_frames_total=self._skipped_frames,
            buffer_seconds=seconds_of(cued.left_frames) if cued else 0.0,
        )


def _checked(block: Samples) -> Samples:
    """`block`, if it can go out. Raises ValueError."""
    if block.shape != (CHANNELS, BLOCK_FRAMES) or not math.isfinite(mean_square(block)):
        raise ValueError("mastering returned what is no sound")
    return block
