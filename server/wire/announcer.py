"""What fronts are told beside packets: spectra, levels, and what airs, at each change of it.

A Sink that turns moments into messages of the wire. It keeps no state of its own but what it said last.
"""

from collections.abc import Callable
from typing import Final

from dsp.block import BLOCK_FRAMES, frames_of
from server.air import Moment
from server.segue_plan import SeguePlan
from server.track import Airing, Entry
from server.wire.wire import Down, Meters, NowPlaying, Spectrum

METERS_FRAMES: Final = frames_of(0.24)


class Announcer:
    """Says what airs."""

    def __init__(self, publish: Callable[..., None], history: Callable[[], list[Airing]]) -> None:
        """`publish(*messages)` may be called from the ticking thread and returns at once; `history()` gives ended airings, latest first."""
        self._publish = publish
        self._history = history
        self._said: tuple[Airing, tuple[Entry, ...], str, SeguePlan | None] | None = None

    def take(self, moment: Moment) -> None:
        """Called by the ticking thread."""
        messages: list[Down] = [Spectrum(int.from_bytes(frame[:8], "little"), frame) for frame in moment.spectrum]
        due = moment.position % METERS_FRAMES < BLOCK_FRAMES
        if due:
            messages.append(Meters(moment.position, moment.levels, moment.standing))
        if due or self._said is None or self._said[0] != moment.airing:
            messages += self._news(moment)
        if messages:
            self._publish(*messages)

    def _news(self, moment: Moment) -> list[Down]:
        """What airs, if anything of it has changed since it was said. A change of airing is said at once, the rest with the levels."""
        ended = self._history()
        news = (moment.airing, moment.upcoming, ended[0].entry.id if ended else "", moment.segue)
        if news == self._said:
            return []
        self._said = news
        return [NowPlaying(moment.position, moment.airing, list(moment.upcoming), ended, moment.segue)]
