"""The calls of a front: begun by an offer, ended by the DJ, by patience or by the house.

It owns their tasks: one a call, awaited before a call is forgotten. It knows no HTTP.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Sequence
from typing import Final

import structlog

from server.clock import Clock
from server.live.entrance import Entrance
from server.live.login import Dj
from server.live.session import Mode, Session
from server.live.whip.call import PATIENCE, Call, Ending, Patience
from server.webrtc.offer import Offer

logger = structlog.get_logger()
REMEMBERED: Final = 32
"""Calls that are over: their DJs may ask why. Whom the station has sent away shall not call again by himself."""


class Calls:
    """All that came in by WHIP. Made on the front's loop."""

    def __init__(self, clock: Clock, stun_servers: Sequence[str] = (), patience: Patience = PATIENCE) -> None:
        self.stun_servers = tuple(stun_servers)
        self._clock = clock
        self._patience = patience
        self._calls: dict[str, tuple[Call, asyncio.Task[None]]] = {}
        self._endings: deque[tuple[str, str, Ending]] = deque(maxlen=REMEMBERED)

    def __len__(self) -> int:
        return len(self._calls)

    async def begin(self, entrance: Entrance, dj: Dj, mode: Mode, title: str, artist: str, offer: Offer) -> tuple[Call, str]:
        """A call and the answer to its offer. Raises EntranceFull, OfferRefused."""
        session_id, began_at = secrets.token_hex(8), self._clock.wall()
        account_id = dj.account_id or ""
        line = entrance.open(Session(session_id, dj.name, "whip", mode, dj.priority, began_at, title, artist, account_id))
        call = Call(line, offer, self.stun_servers, self._patience)
        try:
            answer = await call.answer()
        except BaseException:
            await call.close()
            raise
        self._calls[line.session.id] = call, asyncio.create_task(self._last(call), name=f"whip {line.session.id}")
        logger.info("a DJ has called", dj=dj.name, session=line.session.id, mode=mode.value)
        return call, answer

    def find(self, session_id: str, secret: str) -> Call | None:
        """The call, for whoever knows its secret."""
        call, _ = self._calls.get(session_id, (None, None))
        return call if call is not None and _same(call.secret, secret) else None

    def ending(self, session_id: str, secret: str) -> Ending | None:
        """Why that call is over; None if it is not, or not of late."""
        known = (why for name, theirs, why in self._endings if name == session_id and _same(theirs, secret))
        return next(known, None)

    async def end(self, call: Call) -> None:
        """Hangs up, and returns when it is over."""
        _, task = self._calls.get(call.line.session.id, (None, None))
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
            await self._over(call, Ending.HUNG_UP)

    async def close(self) -> None:
        """Ends every call."""
        for call, task in list(self._calls.values()):
            task.cancel()
            await asyncio.wait([task])
            await self._over(call, Ending.CLOSED)

    async def _last(self, call: Call) -> None:
        """As long as the call lasts."""
        try:
            why = await call.hear()
        except Exception:
            logger.exception("a DJ's call failed", session=call.line.session.id)
            why = Ending.BROKEN
        await self._over(call, why)

    async def _over(self, call: Call, why: Ending) -> None:
        """Forgets the call; once."""
        session = call.line.session
        if self._calls.pop(session.id, None) is not None:
            self._endings.append((session.id, call.secret, why))
            await call.close()
            logger.info("a DJ's call is over", dj=session.dj, session=session.id, why=why.value, filled_frames=call.filled_frames_total)


def _same(ours: str, theirs: str) -> bool:
    return secrets.compare_digest(ours.encode(), theirs.encode())
