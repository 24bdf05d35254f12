"""A stint: what one link is sent, from its first keyframe on, at the times of its own clock, which begins at 0."""

import asyncio
from typing import Final

from dsp.block import SAMPLE_RATE
from server.rtmp.backlog import Backlog, Tally
from server.rtmp.link import Link
from server.rtmp.media import Opening, Tag, TagKind

JUMPED: Final = "the station's clock made a jump"


class Stint:
    """Empties a backlog into a link, as fast as the link takes it."""

    def __init__(self, link: Link, backlog: Backlog, tally: Tally, opening: Opening, era: int) -> None:
        """`link` has just been published; the backlog begins with a keyframe, or will."""
        self.link = link
        self.backlog = backlog
        self.held: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Nothing more goes out: the next one is a keyframe, and a successor shall send it."""
        self.title_began = False
        """A title has been sent; whoever looks resets it."""
        self._tally = tally
        self._era = era
        self._holding = False
        self._began: int | None = None
        link.open(opening)

    def take(self, tag: Tag) -> None:
        """The newest tag."""
        self.backlog.put(tag)
        self.pump()

    def hold(self) -> None:
        """Stops before the next keyframe; `held` tells."""
        self._holding = True

    def pump(self) -> None:
        """Sends what may be sent."""
        link, backlog = self.link, self.backlog
        while link.writable and not self.held.done() and (tag := backlog.head) is not None:
            if tag.era != self._era:
                link.abort(JUMPED)
            elif self._holding and tag.keyframe:
                self.held.set_result(None)
            else:
                self._send(backlog.take())

    def _send(self, tag: Tag) -> None:
        if self._began is None:
            self._began = tag.position
        self.title_began |= tag.kind is TagKind.TITLE
        self._tally.sent_bytes += len(tag.body)
        self.link.send(tag, max(0, (tag.position - self._began) * 1000 // SAMPLE_RATE))
