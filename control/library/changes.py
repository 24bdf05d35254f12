"""What callers of the library send: models of paths, queries and bodies, checked before anybody reads them."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from control.api.paging import PageQuery
from control.library.wanted import Order, Sort, Wanted
from control.library.wheel import wheel_sought
from control.stations.wishes import OfStation, StationName, TrackId

Bpm = Annotated[float, Field(gt=0, lt=1_000)]
Key = Annotated[str, Field(min_length=1, max_length=16, pattern=r"^[0-9A-Za-z#♯♭ +-]+$", description="`A minor`, `8A` or `1m`.")]
Energy = Annotated[float, Field(ge=0, le=1)]
Genre = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class OfTrack(BaseModel):
    """Which track is meant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: TrackId


class TracksQuery(PageQuery):
    """Which tracks, in which order. Filters that are left out let everything through."""

    genre: Genre | None = None
    approved: Annotated[bool, Field(description="False: those that wait for approval or were withdrawn; for those who may approve.")] = True
    bpm_from: Bpm | None = None
    bpm_to: Bpm | None = None
    key: Key | None = None
    energy_from: Energy | None = None
    energy_to: Energy | None = None
    q: Annotated[
        str | None, Field(max_length=200, description="Words of title, artist, album or genre; accents and case do not matter.")
    ] = None
    sort: Sort = Sort.NEWEST
    order: Annotated[Order | None, Field(description="Left out: bpm and key rise, the others fall.")] = None

    @property
    def rising(self) -> bool:
        """Whether the least comes first."""
        return self.sort.rises if self.order is None else self.order is Order.RISING

    def wanted(self) -> Wanted:
        wheel = wheel_sought(self.key) if self.key else None
        return Wanted(
            genre=self.genre.casefold() if self.genre else None,
            approved=self.approved,
            bpm_from=self.bpm_from,
            bpm_to=self.bpm_to,
            key=self.key if wheel is None else None,
            wheel=wheel,
            energy_from=self.energy_from,
            energy_to=self.energy_to,
            words=self.q.strip() or None if self.q else None,
        )


class HistoryQuery(PageQuery):
    """Which airings."""

    station: StationName | None = None
    track_id: TrackId | None = None


class UploadQuery(OfStation):
    """What is to happen with an upload besides."""

    queue: Annotated[bool, Field(description="Queue it at once; for those who may write the queue.")] = False


class Change(BaseModel):
    """What is to be different; what is left out stays. At least one of them."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [{"approved": True}]})

    approved: bool | None = None
    title: Title | None = None
    genre: Genre | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.approved is None and self.title is None and self.genre is None:
            raise ValueError("name what is to be changed: approved, title or genre")
        return self
