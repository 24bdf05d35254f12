"""The show: which bill is shown at a position, and how one dissolves into the next. Looks are set up ahead, on a thread of their own.

What comes next is ordered while the last track still airs, so that it is there at the very picture at which the title changes. One that
is not ready yet comes when it is; one that cannot be set up is replaced by the station's own.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeAlias

from structlog import get_logger

from dsp.block import frames_of
from server.track import Airing, Track
from server.video.bill import Bill, artwork_of, bill_of, turn_of
from server.video.canvas import Canvas
from server.video.colour import Pixels
from server.video.look import Look, Stage
from server.video.paint import mix
from server.video.waveform import Heard

DISSOLVE_FRAMES: Final = frames_of(1.6)
KEPT: Final = 4
"""Looks that are set up at a time: what airs, what aired, what comes, and one that was skipped. About 5 MB each."""

CoverArt: TypeAlias = Callable[[Track], Pixels | None]
"""A track's own cover, uint8 [rows, columns, 3] RGB, or None if it has none. Whoever gives it has decoded it in safety."""

log = get_logger(__name__)


class Show:
    """One station's. `close` when it is over."""

    def __init__(self, station: str, stage: Stage, cover_art: CoverArt) -> None:
        self._stage = stage
        self._cover_art = cover_art
        self._workshop = ThreadPoolExecutor(1, "looks")
        self._ordered: dict[Bill, Future[Look]] = {}
        self._station = station
        self._bill: Bill | None = None
        self._look: Look | None = None
        self._airing: Airing | None = None
        self._before: tuple[Look, Airing | None] | None = None
        self._since = 0
        self._spare = Canvas.blank()

    def close(self) -> None:
        """Waits for the look that is being set up, and drops those that are not begun."""
        self._workshop.shutdown(cancel_futures=True)

    def order(self, track: Track) -> None:
        """Sets a look up for a track that airs or will, unless it is there. Called on one thread only; returns at once."""
        bill = bill_of(self._station, track)
        known = self._ordered.pop(bill) if bill in self._ordered else None
        self._ordered[bill] = known or self._workshop.submit(self._set_up, bill, track)
        while len(self._ordered) > KEPT:
            self._ordered.pop(next(iter(self._ordered))).cancel()

    def draw(self, canvas: Canvas, heard: Heard, airing: Airing | None) -> None:
        """The picture at `heard.position`, at which `airing` is on."""
        bill = bill_of(self._station, airing.entry.track if airing else None)
        if bill != self._bill and (look := self._ready(bill)):
            self._before, self._since = (self._look, self._airing) if self._look else None, heard.position
            self._bill, self._look = bill, look
        if self._look is None:
            self._look = self._plain()
        if bill == self._bill:
            self._airing = airing
        self._look.draw(canvas, heard, turn_of(self._airing, heard.position))
        if self._before:
            self._dissolve(canvas, heard, *self._before)

    def _dissolve(self, canvas: Canvas, heard: Heard, before: Look, airing: Airing | None) -> None:
        """Lets the last bill shine through for a while."""
        share = (heard.position - self._since) / DISSOLVE_FRAMES
        if not 0.0 <= share < 1.0:
            self._before = None
            return
        before.draw(self._spare, heard, turn_of(airing, heard.position))
        mix(canvas, self._spare, 1.0 - share * share * (3.0 - 2.0 * share))

    def _ready(self, bill: Bill) -> Look | None:
        """The look for a bill, if it is set up."""
        future = self._ordered.get(bill)
        if future is None:
            return self._plain() if bill == bill_of(self._station, None) else None
        if not future.done() or future.cancelled():
            return None
        if error := future.exception():
            log.error("no look for what airs", title=bill.title, reason=repr(error))
            return self._plain()
        return future.result()

    def _plain(self) -> Look:
        """The station's own."""
        bill = bill_of(self._station, None)
        return self._stage(bill, artwork_of(bill.track_id, None))

    def _set_up(self, bill: Bill, track: Track) -> Look:
        try:
            artwork = artwork_of(track.id, self._cover_art(track))
        except Exception as error:  # noqa: BLE001 -- whatever is wrong with a cover, the title is shown
            log.warning("a cover cannot be shown", track=track.id, reason=repr(error))
            artwork = artwork_of(track.id, None)
        return self._stage(bill, artwork)
