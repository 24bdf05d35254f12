"""The workshop: takes errands in, makes one at a time, keeps what was made for a while.

Its queue is bounded, and so is what it keeps; when the queue is full it says so and takes nothing. The same errand is made once, however
often it is handed over. What nobody asks for any more is not made to its end: the station may have died.
"""

import asyncio
import tempfile
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias, cast

import structlog

from control.remote_worker.errand import Errand
from control.remote_worker.packing import pack
from generation.backend import Progress
from generation.brief import Brief
from generation.errors import BackendAway, CalledOff, StudioError
from generation.remote.caller import Clock
from generation.remote.calling import clean
from generation.remote.shapes import Fault, FaultWritten, Format, State, TakeWritten, written_take
from generation.take import Take

logger = structlog.get_logger()
_Made: TypeAlias = tuple[tuple[TakeWritten, ...], tuple[BinaryIO, ...]]
MakeAll: TypeAlias = Callable[[Sequence[Brief], Progress], list[Take]]
"""One take a brief, on the calling thread. Raises GenerationFailed, and CalledOff if its Progress does."""
_PACKED: Final = 0.95
"""Where in an errand's progress the sounds are made and only have to be packed."""


@dataclass(frozen=True, slots=True)
class WorkshopLimits:
    """How much it takes on."""

    places: int = 8
    """Errands that wait while one is made."""
    keep_seconds: float = 3_600.0
    """What was made is kept so long, unless it is fetched before."""
    keep_bytes: int = 4_000_000_000
    forsaken_seconds: float = 120.0
    """An errand for which nobody has asked so long is called off."""


class QueueFull(Exception):
    """Every place is taken."""


class Workshop:
    """Used on one event loop; what it makes is made on a thread."""

    def __init__(self, make_all: MakeAll, folder: Path, clock: Clock, limits: WorkshopLimits | None = None) -> None:
        """`folder`: on which disk sounds are kept; none of them has a name there."""
        self.limits = limits or WorkshopLimits()
        self.endings: Counter[State] = Counter()
        self.takes = 0
        self.making_seconds = 0.0
        self._make_all = make_all
        self._folder = folder
        self._clock = clock
        self._errands: OrderedDict[str, Errand] = OrderedDict()
        self._woken = asyncio.Event()

    @property
    def waiting(self) -> list[Errand]:
        """Those that are not begun, the next one first."""
        return [errand for errand in self._errands.values() if errand.state is State.QUEUED]

    @property
    def working(self) -> bool:
        """Whether one is being made."""
        return any(errand.state is State.WORKING for errand in self._errands.values())

    def take_on(self, id: str, briefs: Sequence[Brief], form: Format) -> Errand:  # noqa: A002
        """The errand, which waits its turn, or is already being made, or is made. Raises QueueFull."""
        known = self.find(id)
        if known is not None and known.state not in (State.FAILED, State.CALLED_OFF):
            return known
        if len(self.waiting) >= self.limits.places:
            raise QueueFull
        errand = Errand(id, tuple(briefs), form, self._clock.monotonic())
        self._errands.pop(id, None)
        self._errands[id] = errand
        self._woken.set()
        return errand

    def find(self, id: str) -> Errand | None:  # noqa: A002
        """The errand, if it is kept; it counts as asked for."""
        self._tidy()
        errand = self._errands.get(id)
        if errand is not None:
            errand.asked_at = self._clock.monotonic()
        return errand

    def place(self, errand: Errand) -> int:
        """How many are made before it."""
        if errand.state is not State.QUEUED:
            return 0
        return self.waiting.index(errand) + self.working

    def call_off(self, id: str) -> bool:  # noqa: A002
        """Nobody wants it: it is not made, or not to its end; what is made of it is thrown away. False if it is not known."""
        errand = self._errands.get(id)
        if errand is None:
            return False
        errand.called_off.set()
        if errand.state is State.WORKING:
            return True  # it ends when its maker hears of it
        self._drop(errand)
        return True

    async def run(self) -> None:
        """Makes one errand after the other; never ends by itself. When it is cancelled, what is being made is called off."""
        while True:
            self._woken.clear()
            self._tidy()
            waiting = self.waiting
            if not waiting:
                await self._woken.wait()
                continue
            await self._serve(waiting[0])

    async def _serve(self, errand: Errand) -> None:
        began = self._clock.monotonic()
        errand.move(State.WORKING, 0.0, "starting")
        try:
            errand.takes, errand.sounds = await self._made(errand)
            self.takes += len(errand.takes)
            self._end(errand, State.DONE, 1.0)
        except CalledOff:
            self._end(errand, State.CALLED_OFF, 0.0)
        except Exception as error:
            kind = Fault.AWAY if isinstance(error, BackendAway) else Fault.FAILED
            foreseen = isinstance(error, StudioError)
            errand.error = FaultWritten(kind, clean(str(error) if foreseen else type(error).__name__, 400))
            logger.warning("an errand failed", errand=errand.id, error=str(error), exc_info=None if foreseen else error)
            self._end(errand, State.FAILED, 0.0)
        finally:
            self.making_seconds += self._clock.monotonic() - began
            if errand.called_off.is_set():
                self._drop(errand)

    async def _made(self, errand: Errand) -> _Made:
        """On a thread that does not hold the process: a maker that hears nothing must not keep it from ending."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[_Made] = loop.create_future()

        def told(done: float, doing: str) -> None:
            forsaken = self._clock.monotonic() - errand.asked_at > self.limits.forsaken_seconds
            if errand.called_off.is_set() or forsaken:
                raise CalledOff("nobody waits for it")
            with suppress(RuntimeError):  # the loop has ended: so has the process, nearly
                loop.call_soon_threadsafe(errand.move, State.WORKING, _PACKED * done, doing)

        def settle(result: _Made | None, error: BaseException | None) -> None:
            if future.done():
                return
            if error is not None:
                future.set_exception(error)
            else:
                assert result is not None
                future.set_result(result)

        def work() -> None:
            result, error = None, None
            try:
                takes = self._make_all(errand.briefs, told)
                result = self._kept(errand, takes)
            except Exception as raised:  # noqa: BLE001 -- it is handed to whoever waits
                error = raised
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(settle, result, error)

        threading.Thread(target=work, name="workshop", daemon=True).start()
        try:
            return await future
        except asyncio.CancelledError:
            errand.called_off.set()
            raise

    def _kept(self, errand: Errand, takes: Sequence[Take]) -> _Made:
        written: list[TakeWritten] = []
        sounds: list[BinaryIO] = []
        try:
            for brief, take in zip(errand.briefs, takes, strict=True):
                packed = pack(take.samples, errand.form)
                sounds.append(cast("BinaryIO", tempfile.TemporaryFile(dir=self._folder)))  # noqa: SIM115 -- the errand closes it
                sounds[-1].write(packed)
                sounds[-1].flush()
                written.append(written_take(brief, take, packed, errand.form))
        except BaseException:
            for sound in sounds:
                sound.close()
            raise
        return tuple(written), tuple(sounds)

    def _end(self, errand: Errand, state: State, done: float) -> None:
        self.endings[state] += 1
        errand.asked_at = self._clock.monotonic()
        errand.move(state, done)
        logger.info("errand", errand=errand.id, ended=str(state), briefs=len(errand.briefs))

    def _tidy(self) -> None:
        """Forgets what ended long ago, waited in vain, or is too much, the oldest first."""
        now = self._clock.monotonic()
        kept = sum(errand.size_bytes for errand in self._errands.values())
        for errand in list(self._errands.values()):
            forsaken = errand.state is State.QUEUED and now - errand.asked_at > self.limits.forsaken_seconds
            old = errand.ended and now - errand.asked_at > self.limits.keep_seconds
            if forsaken or old or (errand.ended and kept > self.limits.keep_bytes):
                kept -= errand.size_bytes
                self._drop(errand)

    def _drop(self, errand: Errand) -> None:
        errand.forget()
        if self._errands.get(errand.id) is errand:
            del self._errands[errand.id]
