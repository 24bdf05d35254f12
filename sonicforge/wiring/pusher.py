"""A pusher, put together and run: one station's picture, drawn and encoded once, and a publisher for each of its targets.

It follows the engine's wire as a front does, so neither the engine nor the fronts know of it; what it draws and sends costs them nothing.
Pictures are made only while there is somebody to send them to.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from control.identity.secrets import Secrets
from server.clock import Clock, SystemClock
from server.door.event_loop import INTERVAL_SECONDS, watch_event_loop
from server.relay.relay import Relay
from server.rtmp.dial import Dialler
from server.rtmp.feed import Feed
from server.rtmp.media import PictureForm
from server.rtmp.presets import check_target
from server.rtmp.publisher import Means
from server.rtmp.publishing import Publishing
from server.rtmp.sealed import SealBroken
from server.rtmp.status import PushReport, PushState, TargetStatus, write_report
from server.rtmp.target import Target, UnfitTarget
from server.rtmp.targets_file import TargetsFile
from server.video.canvas import HEIGHT, PICTURES_A_SECOND, WIDTH
from server.video.encoder import EncodedPicture
from server.video.visualiser import Visualiser
from server.wire.wire import NowPlaying
from server.wire.wire_front import follow
from sonicforge.config import Settings
from sonicforge.folders import Folders
from sonicforge.wiring.kept_tasks import kept_tasks
from sonicforge.wiring.reach import reach_of

LOOK_SECONDS: Final = 0.5
REPORT_SECONDS: Final = 1.0
LAGS_SECONDS: Final = 10.0

logger = structlog.get_logger()


async def run(name: str, settings: Settings, folders: Folders, secrets: Secrets, ended: asyncio.Event) -> None:
    """Publishes until `ended`, then says goodbye to every platform."""
    clock, reach = SystemClock(), reach_of(settings)
    relay = Relay(name, clock, asyncio.get_running_loop())
    pusher = Pusher(name, settings, relay, Dialler(reach.may_call, reach.tls()), clock)
    open_file = partial(TargetsFile, folders.targets(name), secrets.all("stream_keys"), name)
    works = {
        f"wire {name}": partial(follow, folders.wire(name), relay),
        "targets": partial(pusher.heed, open_file),
        "report": partial(pusher.report, folders.pushing(name)),
        "event loop": partial(watch_event_loop, pusher.lags.append, clock.monotonic, asyncio.sleep),
    }
    try:
        async with kept_tasks(works):
            await ended.wait()
    finally:
        await pusher.close()
        relay.close()
        folders.pushing(name).unlink(missing_ok=True)


class Pusher:
    """Does what the file of targets says, and tells how it goes."""

    def __init__(self, name: str, settings: Settings, relay: Relay, dial: Dialler, clock: Clock) -> None:
        self._name = name
        self._settings = settings
        self._relay = relay
        self._clock = clock
        self.lags: deque[float] = deque(maxlen=round(LAGS_SECONDS / INTERVAL_SECONDS))
        """How late the event loop came, lately."""
        self._change = asyncio.Event()
        self._means = Means(dial, clock.wall, random.random, self._change.set)
        self._targets: tuple[Target, ...] = ()
        self._resting: tuple[TargetStatus, ...] = ()
        self._broadcast: Broadcast | None = None

    async def heed(self, open_file: Callable[[], TargetsFile]) -> None:
        """Follows the file, until cancelled. Begun again it reads it again."""
        file = open_file()
        while True:
            try:
                targets = await asyncio.to_thread(file.changed)
            except (SealBroken, OSError) as error:
                logger.error("the targets cannot be read; all stays as it is", station=self._name, reason=str(error))
                targets = None
            if targets is not None:
                await self.publish_to(targets)
            elif self._broadcast is not None and not self._broadcast.visualiser.alive:
                logger.error("nobody draws any more; all begins anew", station=self._name)
                await self.close()
                await self.publish_to(self._targets)
            await asyncio.sleep(LOOK_SECONDS)

    async def publish_to(self, targets: Iterable[Target]) -> None:
        """These from now on, as far as they are enabled and fit."""
        wanted, resting = [], []
        self._targets = tuple(targets)
        for target in self._targets:
            status = partial(TargetStatus, target.id, since=self._clock.wall())
            try:
                check_target(target)
            except UnfitTarget as unfit:
                resting.append(status(state=PushState.REFUSED, reason=str(unfit)))
            else:
                if target.enabled:
                    wanted.append(target)
                else:
                    resting.append(status(state=PushState.OFF, reason=""))
        self._resting = tuple(resting)
        if wanted and self._broadcast is None:
            self._broadcast = Broadcast(self._name, self._settings, self._relay, self._means)
        if self._broadcast is not None:
            self._broadcast.publishing.publish_to(wanted)
        if not wanted:
            await self.close()
        self._change.set()

    async def report(self, path: Path) -> None:
        """Writes down how the targets stand, at every change and once a second, until cancelled."""
        while True:
            self._change.clear()
            broadcast = self._broadcast
            statuses = (*broadcast.publishing.statuses, *self._resting) if broadcast else self._resting
            repeated = broadcast.visualiser.repeated_total if broadcast else 0
            told = PushReport(self._clock.wall(), statuses, repeated, max(self.lags, default=0.0))
            await asyncio.to_thread(write_report, path, told)
            with suppress(TimeoutError):
                async with asyncio.timeout(REPORT_SECONDS):
                    await self._change.wait()

    async def close(self) -> None:
        """Ends all publishing and all drawing."""
        if self._broadcast is not None:
            broadcast, self._broadcast = self._broadcast, None
            await broadcast.close()


class Broadcast:
    """Picture, feed and publishers: what there is while the station is published anywhere."""

    def __init__(self, name: str, settings: Settings, relay: Relay, means: Means) -> None:
        station, video = settings.stations[name], settings.video
        self._loop = asyncio.get_running_loop()
        self._stack = AsyncExitStack()
        self.visualiser = Visualiser(station.title, station.look, self._deliver, video.bitrate_kilobits, video.preset)
        form = PictureForm(self.visualiser.extradata, WIDTH, HEIGHT, PICTURES_A_SECOND, video.bitrate_kilobits * 1000)
        self._feed = Feed(form)
        self.publishing = Publishing(self._feed, means)
        self._stack.enter_context(self.visualiser)
        self._stack.callback(relay.on_change(self._take_airing))
        if relay.on_air is not None:
            self._take_airing(relay.on_air)
        for sink in (self._feed, self.visualiser):
            relay.attach(sink)
            self._stack.callback(relay.detach, sink)
        self._stack.push_async_callback(self.publishing.close)

    async def close(self) -> None:
        """Says goodbye to the platforms, then ends the drawing."""
        await self._stack.aclose()

    def _take_airing(self, now: NowPlaying) -> None:
        self._feed.take_airing(now)
        self.visualiser.take_airing(now)

    def _deliver(self, picture: EncodedPicture) -> None:
        """On the visualiser's thread."""
        with suppress(RuntimeError):  # the loop has ended before the thread
            self._loop.call_soon_threadsafe(self._feed.picture, picture.position, picture.keyframe, picture.data)
