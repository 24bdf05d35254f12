"""Who has come in live at this front and who has gone: each coming and going stands in the audit log.

It looks at the entrances now and then; a way in need not know that anybody writes down. Who came is told by the door, for a session knows
an account and not by which proof it was let in.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from control.live.source_login import AuditLog
from control.principal import Means, Principal
from server.live.session import Session

LOOK_SECONDS: Final = 1.0
FAREWELL_SECONDS: Final = 1.0
REMEMBERED: Final = 1_000


class Line(Protocol):
    """What is asked of a line (server/live/entrance.py)."""

    @property
    def session(self) -> Session: ...


class Entrance(Protocol):
    """What is asked of an entrance (server/live/entrance.py)."""

    @property
    def lines(self) -> Sequence[Line]: ...


@dataclass(frozen=True, slots=True)
class _Proven:
    """How somebody was let in last."""

    principal: Principal
    client: str


class Attendance:
    """One for a front. `wall` tells UNIX seconds."""

    def __init__(self, entrances: Mapping[str, Entrance], audit: AuditLog, wall: Callable[[], float]) -> None:
        self._entrances = entrances
        self._audit = audit
        self._wall = wall
        self._here: dict[str, tuple[str, Session]] = {}
        """Session id -> its station, and what was known of it last."""
        self._proven: OrderedDict[str, _Proven] = OrderedDict()

    def let_in(self, principal: Principal, client: str) -> None:
        """The door has let somebody in; his session begins in a moment."""
        account_id = str(principal.account_id)
        self._proven[account_id] = _Proven(principal, client)
        self._proven.move_to_end(account_id)
        if len(self._proven) > REMEMBERED:
            self._proven.popitem(last=False)

    async def look(self) -> None:
        """Writes down who has come and gone since it was looked last."""
        here = {line.session.id: (station, line.session) for station, entrance in self._entrances.items() for line in entrance.lines}
        before, self._here = self._here, here
        for session_id, (station, session) in here.items():
            if session_id not in before:
                await self._record("live.connect", station, session, {"mode": session.mode.value, "priority": session.priority})
        for session_id, (station, session) in before.items():
            if session_id not in here:
                await self._record("live.disconnect", station, session, {"seconds": round(max(0.0, self._wall() - session.began_at), 1)})

    async def run(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Looks again and again until cancelled, and then a last time: the ways in have let everybody go by then."""
        try:
            while True:
                await self.look()
                await sleep(LOOK_SECONDS)
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL_SECONDS):
                    await self.look()

    async def _record(self, event: str, station: str, session: Session, more: Mapping[str, object]) -> None:
        proven = self._proven.get(session.account_id)
        actor = proven.principal if proven else _somebody(session.account_id)
        detail = {"station": station, "dj": session.dj, "way": session.way, **more}
        await self._audit.record(event, actor=actor, subject=session.id, detail=detail, client=proven.client if proven else "")


def _somebody(account_id: str) -> Principal | None:
    return Principal(Means.NOTHING, frozenset(), UUID(account_id)) if account_id else None
