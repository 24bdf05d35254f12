"""The last packets of one rendition, contiguous: what a relay keeps for outputs that attach late.

It owns the order: what is added begins where the last ended, or the window starts anew. It knows neither engine nor loop.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from server.clock import SEGMENT_FRAMES
from server.wire.wire import Rendition

WINDOW_FRAMES: Final = 20 * SEGMENT_FRAMES


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive packets of one sitting."""

    sitting: int
    position: int
    packets: list[bytes]


class PacketWindow:
    """The last 20 segments of a rendition."""

    def __init__(self, rendition: Rendition) -> None:
        self.rendition = rendition
        self.edge: int | None = None
        """Position of the packet that must come next; None: nothing came yet."""
        self.sitting = 0
        self._runs: deque[Run] = deque()

    def __iter__(self) -> Iterator[Run]:
        return iter(self._runs)

    def end_of(self, run: Run) -> int:
        """The position behind the last packet of `run`."""
        return run.position + len(run.packets) * self.rendition.packet_frames

    def unseen(self, run: Run) -> Run:
        """What of `run` lies at or behind the edge: packets are never sent twice."""
        if self.edge is None or run.position >= self.edge:
            return run
        frames = self.rendition.packet_frames
        seen = -(-(self.edge - run.position) // frames)
        return Run(run.sitting, run.position + seen * frames, run.packets[seen:])

    def add(self, run: Run) -> None:
        """Keeps `run`, which does not begin before the edge; behind a hole the window starts anew."""
        if run.position != self.edge:
            self._runs.clear()
        self._runs.append(run)
        self.edge = self.end_of(run)
        self.sitting = run.sitting
        while self.end_of(self._runs[0]) <= self.edge - WINDOW_FRAMES:
            self._runs.popleft()
