"""How targets stand: what the pusher writes down, and what can be said of those of which it writes nothing."""

import asyncio
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Final

from server.rtmp.status import PushState, TargetStatus, read_report


class State(StrEnum):
    """What a target is doing."""

    OFF = PushState.OFF.value
    CONNECTING = PushState.CONNECTING.value
    LIVE = PushState.LIVE.value
    WAITING = PushState.WAITING.value
    """It was lost or not reached, and is tried again."""
    REFUSED = PushState.REFUSED.value
    """The platform said no."""
    UNKNOWN = "unknown"
    """Nobody tells: the pusher is being started, or it has ended."""


OFF: Final = ""
KEY_LOST: Final = "Its stream key cannot be read: the house's secret was changed. Give it again."
NOT_YET: Final = "The pusher has not taken it up yet."
SILENT: Final = "The pusher does not tell; it is being started, or it has ended."


class Standings:
    """Reads the pushers' reports. `wall` tells UNIX seconds."""

    def __init__(self, report_of: Callable[[str], Path], wall: Callable[[], float]) -> None:
        """`report_of`: station -> the file."""
        self._report_of = report_of
        self._wall = wall

    async def of(self, station: str) -> dict[str, TargetStatus] | None:
        """Target id -> how it stands; None while no pusher lives."""
        report = await asyncio.to_thread(read_report, self._report_of(station), self._wall())
        return None if report is None else {each.id: each for each in report.targets}
