"""Live shows, seen and steered from the office: who is in, in which turn, and what may be changed of it by whom.

A DJ may change and end his own session; another's, and every priority, takes the right to manage. A session lives at the front at which
its DJ came in: only there can it be reached.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from control.errors import Conflict, Forbidden, NotFound
from control.live.source_login import AuditLog
from control.permissions import Permission
from control.principal import Principal
from server.icy.titles import plain
from server.live.session import Mode, Seat, Session, State
from server.wire.wire import LiveStanding

UNHEARD_DBFS: Final = -120.0
ELSEWHERE: Final = "This DJ came in at another front of the station; ask again until that one answers, or let the DJ end it."


class Station(Protocol):
    """What is asked of a station; server.relay.relay.Relay is one."""

    live: LiveStanding | None


class Line(Protocol):
    """What is asked of a line (server/live/entrance.py)."""

    @property
    def session(self) -> Session: ...
    def change(
        self, title: str | None = None, artist: str | None = None, mode: Mode | None = None, priority: int | None = None
    ) -> None: ...
    def close(self) -> None: ...


class Entrance(Protocol):
    """What is asked of an entrance (server/live/entrance.py)."""

    @property
    def lines(self) -> Sequence[Line]: ...
    def find(self, session_id: str) -> Line | None: ...


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be changed of a session; None: it stays."""

    mode: Mode | None = None
    title: str | None = None
    artist: str | None = None
    priority: int | None = None


class Shows:
    """The live sessions of all stations, as this front knows them."""

    def __init__(self, stations: Mapping[str, Station], entrances: Mapping[str, Entrance], audit: AuditLog) -> None:
        self._stations = stations
        self._entrances = entrances
        self._audit = audit

    def seats(self, station: str) -> list[Seat]:
        """In the order of their turn; those whom no engine knows yet stand last. Raises NotFound."""
        told = self._told(station)
        here = {line.session.id: line.session for line in self._entrances[station].lines}
        seats = [Seat(here.get(seat.session.id, seat.session), seat.state, seat.on_air_position, seat.level_dbfs) for seat in told]
        known = {seat.session.id for seat in told}
        return [*seats, *(Seat(session, State.WAITING, None, UNHEARD_DBFS) for session in here.values() if session.id not in known)]

    def seat(self, station: str, session_id: str) -> Seat:
        """One of them. Raises NotFound."""
        seat = next((each for each in self.seats(station) if each.session.id == session_id), None)
        if seat is None:
            raise NotFound("Nobody is in by that session.")
        return seat

    async def change(self, station: str, session_id: str, wish: Wish, asker: Principal, client: str) -> Seat:
        """Raises NotFound, Forbidden, Conflict for a session of another front."""
        line = self._line(station, session_id, asker)
        if wish.priority is not None and not asker.may(Permission.STATION_LIVE_MANAGE):
            raise Forbidden("This account may not change whose turn it is.")
        title, artist = (None if said is None else plain(said) for said in (wish.title, wish.artist))
        line.change(title=title, artist=artist, mode=wish.mode, priority=wish.priority)
        told: dict[str, Any] = {"station": station, "dj": line.session.dj}
        told |= {
            name: value for name, value in (("title", title), ("artist", artist), ("priority", wish.priority)) if value is not None
        } | ({"mode": wish.mode.value} if wish.mode else {})
        await self._audit.record("live.change", actor=asker, subject=session_id, detail=told, client=client)
        return self.seat(station, session_id)

    async def end(self, station: str, session_id: str, asker: Principal, client: str) -> None:
        """The DJ's line is closed, and the music returns. Raises NotFound, Forbidden, Conflict for a session of another front."""
        line = self._line(station, session_id, asker)
        line.close()
        detail = {"station": station, "dj": line.session.dj}
        await self._audit.record("live.end", actor=asker, subject=session_id, detail=detail, client=client)

    def _line(self, station: str, session_id: str, asker: Principal) -> Line:
        session = self.seat(station, session_id).session
        if not asker.may(Permission.STATION_LIVE_MANAGE) and not (is_own(session, asker) and asker.may(Permission.STATION_LIVE_TAKEOVER)):
            raise Forbidden("This account may change its own live sessions only.")
        line = self._entrances[station].find(session_id)
        if line is None:
            raise Conflict(ELSEWHERE)
        return line

    def _told(self, station: str) -> Sequence[Seat]:
        if station not in self._stations:
            raise NotFound(f"There is no station {station}.")
        standing = self._stations[station].live
        return standing.seats if standing else ()


def is_own(session: Session, asker: Principal) -> bool:
    """Whether it is the asker's."""
    return bool(session.account_id) and session.account_id == str(asker.account_id)
