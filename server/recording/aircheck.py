"""The aircheck: what a station sent, in hourly files, and every live show in one of its own.

It writes the very Opus packets that listeners get, so it costs next to nothing and hears what they hear, emergency loop included. It
lives beside the air: packets wait in memory and are written once a second on a thread. A disk that is full costs the recording and
nothing else; it goes on when there is room again.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, Protocol

from structlog import get_logger

from server.icy.titles import Titles
from server.recording.quota import prune
from server.recording.recorder import Recorder
from server.recording.reel import Label, written_until
from server.relay.packet_window import Run
from server.relay.relay import PacketSink
from server.track import Source
from server.wire.wire import NowPlaying, Rendition

RENDITION: Final = "opus_128"
WRITE_EVERY_SECONDS: Final = 1.0
SAVE_EVERY_SECONDS: Final = 15.0
PRUNE_EVERY_SECONDS: Final = 300.0
AGAIN_AFTER_SECONDS: Final = 30.0
WAITING_RUNS: Final = 4_096
"""About two minutes; beyond it the disk is stuck: the oldest go."""
HOUR_SECONDS: Final = 3600

log = get_logger(__name__)


class Station(Protocol):
    """What an aircheck asks of a station; server.relay.relay.Relay is one."""

    station: str
    on_air: NowPlaying | None

    def attach(self, sink: PacketSink) -> None: ...
    def detach(self, sink: PacketSink) -> None: ...
    def on_change(self, watcher: Callable[[NowPlaying], None]) -> Callable[[], None]: ...
    def position_now(self) -> int: ...
    def wall_of(self, position: int) -> float: ...


class Aircheck:
    """Records one station for as long as `run` runs."""

    def __init__(self, relay: Station, folder: Path, *, programme: bool, shows: bool, keep_days: float, most_bytes: float) -> None:
        """`folder` is the station's; reels lie in its `programme` and `shows`."""
        self.failures_total = 0
        self._relay = relay
        self._titles = Titles()
        self._waiting: deque[tuple[Rendition, Run]] = deque(maxlen=WAITING_RUNS)
        self._folders = [folder / "programme", folder / "shows"]
        self._keep = (keep_days, most_bytes)
        self._saved_at = self._pruned_at = self._written_until = 0.0
        self._recorders = [Recorder(self._folders[0], self._titles, self._hour_at)] if programme else []
        self._recorders += [Recorder(self._folders[1], self._titles, self._show_at)] if shows else []

    def packets(self, rendition: Rendition, sitting: int, position: int, packets: list[bytes]) -> None:
        """Called by the relay. What a recorder before this one has written is not written again."""
        if rendition.name == RENDITION and self._relay.wall_of(position) >= self._written_until:
            self._waiting.append((rendition, Run(sitting, position, packets)))

    async def run(self, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Records until cancelled."""
        if not self._recorders:
            return
        if self._relay.on_air:
            self._titles.take(self._relay.on_air)
        self._written_until = await asyncio.to_thread(written_until, self._folders)
        forget = self._relay.on_change(self._titles.take)
        self._relay.attach(self)
        try:
            while True:
                await pause(WRITE_EVERY_SECONDS)
                try:
                    await asyncio.to_thread(self._write)
                except OSError as error:
                    self.failures_total += 1
                    log.error("the aircheck cannot be written; the air goes on", station=self._relay.station, error=str(error))
                    await pause(AGAIN_AFTER_SECONDS)
                    self._waiting.clear()
        finally:
            forget()
            self._relay.detach(self)
            await asyncio.shield(asyncio.to_thread(self._end))

    def _write(self) -> None:
        """Puts on the disk what has come. Raises OSError."""
        for _ in range(len(self._waiting)):
            rendition, run = self._waiting.popleft()
            for recorder in self._recorders:
                recorder.take(rendition, run)
        now = self._relay.wall_of(self._relay.position_now())
        if now - self._saved_at >= SAVE_EVERY_SECONDS:
            self._saved_at = now
            for recorder in self._recorders:
                recorder.save()
        if now - self._pruned_at >= PRUNE_EVERY_SECONDS:
            self._pruned_at = now
            if gone := prune(self._folders, *self._keep, now):
                log.info("old recordings are gone", station=self._relay.station, reels=gone)

    def _hour_at(self, position: int) -> tuple[object, Label]:
        """The hour of the wall in which it was on air."""
        wall = self._relay.wall_of(position)
        return int(wall // HOUR_SECONDS), Label("programme", self._relay.station, wall)

    def _show_at(self, position: int) -> tuple[object, Label] | None:
        """The show whose DJ was on air."""
        airing = self._titles.at(position)
        if airing is None or airing.entry.track.source is not Source.LIVE:
            return None
        told = airing.entry.track.provenance
        return told.get("session"), Label("show", self._relay.station, self._relay.wall_of(position), told.get("dj", ""))

    def _end(self) -> None:
        try:
            self._write()
            for recorder in self._recorders:
                recorder.close()
        except OSError as error:
            log.error("the last of the aircheck is lost", station=self._relay.station, error=str(error))
