"""Live sessions as the API shows and takes them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from control.live.service import Wish, is_own
from control.principal import Principal
from control.stations.wishes import StationName
from server.live.session import HIGHEST_PRIORITY, Mode, Seat, State

Words = Annotated[str, Field(max_length=256, examples=["Night Signal"])]


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OfStation(_Sent):
    """Which station is meant."""

    station: StationName


class OfSession(OfStation):
    """Which live session is meant."""

    session_id: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z_-]+$", examples=["9f0b6c1d2e3a4b5c"])]


class SessionChange(_Sent):
    """What to change of a live session; what is left out, or null, stays."""

    mode: Mode | None = None
    title: Words | None = None
    artist: Words | None = None
    priority: Annotated[int, Field(ge=0, le=HIGHEST_PRIORITY, description="The highest is on.", examples=[60])] | None = None

    def wish(self) -> Wish:
        return Wish(self.mode, self.title, self.artist, self.priority)


class SessionTold(BaseModel):
    """One DJ who is in."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(examples=["9f0b6c1d2e3a4b5c"])
    dj: str = Field(examples=["Ada Lang"])
    way: str = Field(description="whip or icecast.", examples=["whip"])
    mode: Mode
    state: State
    priority: int = Field(examples=[50])
    began_at: datetime = Field(description="When the DJ came in.")
    on_air_since: datetime | None = Field(description="Null while he is not on air.")
    title: str
    artist: str
    level_dbfs: float = Field(description="Peak of the last quarter of a second as it came in; -120 for silence.", examples=[-9.5])
    mine: bool = Field(description="It is a session of the account that asks.")


class SessionList(BaseModel):
    """Everybody who is in, in the order of their turn."""

    model_config = ConfigDict(frozen=True)

    items: list[SessionTold]


def session_told(seat: Seat, asker: Principal, wall_of: Callable[[int], float]) -> SessionTold:
    """A seat as it is told; `wall_of`: a position of the station's clock -> UNIX seconds."""
    session = seat.session
    on_air = seat.state is State.ON_AIR and seat.on_air_position is not None
    return SessionTold(
        id=session.id,
        dj=session.dj,
        way=session.way,
        mode=session.mode,
        state=seat.state,
        priority=session.priority,
        began_at=datetime.fromtimestamp(session.began_at, UTC),
        on_air_since=datetime.fromtimestamp(wall_of(seat.on_air_position or 0), UTC) if on_air else None,
        title=session.title,
        artist=session.artist,
        level_dbfs=round(seat.level_dbfs, 1),
        mine=is_own(session, asker),
    )
