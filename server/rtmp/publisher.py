"""The publisher of one target: reaches it, publishes, notices when it is lost, and tries again for as long as it is wanted.

It has its own queue, its own deadlines and its own patience, so a target that is silent, slow or gone is its own trouble: nothing that it
does is awaited by the feed or by another target. A session begins at the last keyframe; before the platform would end it, it is replaced
by one that is already connected, at a keyframe, so that nothing is lost in between.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from os import urandom
from typing import Final

import structlog
from msgspec import structs

from server.rtmp.backlog import Backlog, Tally
from server.rtmp.dial import Dial
from server.rtmp.feed import Feed
from server.rtmp.link import DEAD_SECONDS, Link, Lost
from server.rtmp.media import Tag
from server.rtmp.presets import PRESETS, address_of
from server.rtmp.refusals import unreached
from server.rtmp.retry import Retry
from server.rtmp.rollover import Rollover
from server.rtmp.session import RANDOM_BYTES, Over, Session
from server.rtmp.status import PushState, TargetStatus
from server.rtmp.stint import Stint
from server.rtmp.target import Target

ATTEMPT_SECONDS: Final = 10.0
LOOK_SECONDS: Final = 1.0
HOLD_SECONDS: Final = 5.0
"""A keyframe comes every two."""
SLOW_TOLD_SECONDS: Final = 10.0
DEAD: Final = f"nothing has arrived there for {DEAD_SECONDS:g} s"
SLOW: Final = "the line is too slow: pictures are left out"
NO_ANSWER: Final = Over(f"no answer within {ATTEMPT_SECONDS:g} s", refused=False)
NOTHING_YET: Final = "the station sends nothing yet"

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Means:
    """What publishers are given to work with."""

    dial: Dial
    wall: Callable[[], float]
    """UNIX seconds."""
    chance: Callable[[], float]
    """A number from 0 to 1, another one each time."""
    told: Callable[[], None]
    """Called after every change of a state."""


class Publisher:
    """One target's. A Taker of the feed (server/rtmp/feed.py)."""

    def __init__(self, target: Target, feed: Feed, means: Means, rollover: Rollover | None = None) -> None:
        """`rollover`: default as the platform has it. Raises UnfitTarget."""
        self.status = TargetStatus(target.id, PushState.CONNECTING, "", means.wall())
        self._target = target
        self._address = address_of(target)
        self._feed = feed
        self._means = means
        self._retry = Retry(means.chance)
        self._rollover = rollover or Rollover.of(PRESETS[target.platform].longest_session_seconds)
        self._stint: Stint | None = None
        self._tally = Tally()
        self._slow_until = 0.0
        self._was_live = False

    def take(self, tag: Tag) -> None:
        """The feed's next tag. Without a session it is not kept: the next one begins at the feed's last keyframe."""
        if self._stint is not None:
            self._stint.take(tag)

    async def run(self) -> None:
        """Publishes until cancelled, and then says goodbye."""
        loop, told = asyncio.get_running_loop(), ""
        self._feed.join(self)
        try:
            if not self._feed.begun.is_set():
                self._tell(PushState.CONNECTING, NOTHING_YET)
                await self._feed.begun.wait()
                self._tell(PushState.CONNECTING, "")
            while True:
                self._tell(PushState.CONNECTING, self.status.reason)
                over, lived_seconds = await self._try()
                pause = self._retry.pause_after(loop.time(), lived_seconds)
                self._tell(PushState.REFUSED if over.refused else PushState.WAITING, over.reason, self._means.wall() + pause)
                if over.reason != told or lived_seconds:
                    told = over.reason
                    logger.warning("a target is not reached", target=self._target.id, reason=told, again_in_seconds=round(pause, 1))
                await asyncio.sleep(pause)
        finally:
            self._feed.leave(self)
            if self._stint is not None:
                await self._stint.link.finish()

    async def _try(self) -> tuple[Over, float]:
        """One attempt and the sessions that come of it: how the last one ended, and how many seconds it was live."""
        loop = asyncio.get_running_loop()
        live_since = None
        deadline = loop.time() + ATTEMPT_SECONDS
        try:
            link = await self._connected(deadline)
            stint = await self._published(link, None, deadline)
            self.status = structs.replace(self.status, reconnects=self.status.reconnects + self._was_live)
            self._was_live = True
            while True:
                live_since = loop.time()
                self._tell(PushState.LIVE, "")
                logger.info("a target is live", target=self._target.id)
                stint = await self._live(stint, live_since)
        except Lost as lost:
            over = lost.over
        except Exception as error:
            logger.error("a publisher failed", target=self._target.id, exc_info=error)
            over = Over(f"something is wrong here: {type(error).__name__}", refused=False)
        if self._stint is not None:
            self._stint.link.abort(over.reason)
            self._stint = None
        return over, loop.time() - live_since if live_since is not None else 0.0

    async def _connected(self, deadline: float) -> Link:
        """A link that is connected and does not publish yet. Raises Lost."""
        link = Link(Session(self._address, self._target.key, urandom(RANDOM_BYTES)), self._pump)
        try:
            async with asyncio.timeout_at(deadline):
                await self._means.dial(self._address, lambda: link)
                await link.reached(link.connected)
        except TimeoutError:
            link.abort("")
            raise Lost(NO_ANSWER) from None
        except OSError as error:
            link.abort("")
            raise Lost(Over(unreached(error), refused=False)) from None
        except BaseException:
            link.abort("")
            raise
        return link

    async def _published(self, link: Link, backlog: Backlog | None, deadline: float) -> Stint:
        """A stint on this link, which sends: what is in the backlog, or else what came since the last keyframe. Raises Lost."""
        try:
            async with asyncio.timeout_at(deadline):
                await link.reached(link.connected)  # it may have ended while it waited for its turn
                link.publish()
                await link.reached(link.published)
        except TimeoutError:
            link.abort("")
            raise Lost(NO_ANSWER) from None
        except BaseException:
            link.abort("")
            raise
        if backlog is None:
            backlog = Backlog(self._tally, self._feed.recent)
        opening = self._feed.opening
        assert opening is not None  # since it has begun
        self._stint = stint = Stint(link, backlog, self._tally, opening, self._feed.era)
        stint.pump()
        return stint

    async def _live(self, stint: Stint, since: float) -> Stint:
        """Watches it until it is to be replaced; its successor. Raises Lost."""
        loop, link = asyncio.get_running_loop(), stint.link
        while not link.ended.done():
            at_change, stint.title_began = stint.title_began, False
            if self._rollover.due(loop.time() - since, at_change=at_change):
                successor = await self._replaced(stint)
                if successor is not None:
                    return successor
            if link.dead(loop.time()):
                link.abort(DEAD)
            self._look(loop.time())
            await asyncio.wait((link.ended,), timeout=LOOK_SECONDS)
        raise Lost(link.ended.result())

    async def _replaced(self, stint: Stint) -> Stint | None:
        """A successor that publishes from the next keyframe on; None while none can be reached: then the old one goes on. Raises Lost."""
        loop = asyncio.get_running_loop()
        try:
            link = await self._connected(loop.time() + ATTEMPT_SECONDS)
        except Lost as lost:
            logger.warning("a target's session is to be replaced, but no other is had", target=self._target.id, reason=lost.over.reason)
            return None
        try:
            stint.hold()
            await asyncio.wait((stint.held, stint.link.ended), timeout=HOLD_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            await stint.link.finish()
        except BaseException:
            link.abort("")
            raise
        successor = await self._published(link, stint.backlog if stint.held.done() else None, loop.time() + ATTEMPT_SECONDS)
        self.status = structs.replace(self.status, rollovers=self.status.rollovers + 1)
        return successor

    def _pump(self) -> None:
        if self._stint is not None:
            self._stint.pump()

    def _look(self, now: float) -> None:
        """Takes the figures down."""
        tally, before = self._tally, self.status
        if tally.dropped_gops > before.dropped_gops:
            self._slow_until = now + SLOW_TOLD_SECONDS
        self.status = structs.replace(
            before,
            reason=SLOW if now < self._slow_until else "",
            sent_bytes=tally.sent_bytes,
            dropped_gops=tally.dropped_gops,
            dropped_sounds=tally.dropped_sounds,
        )

    def _tell(self, state: PushState, reason: str, next_try_at: float | None = None) -> None:
        since = self.status.since if state is self.status.state else self._means.wall()
        self.status = structs.replace(self.status, state=state, reason=reason, since=since, next_try_at=next_try_at)
        self._means.told()
