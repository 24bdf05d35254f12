"""What is asked and told of listeners."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, Field

from control.stations.wishes import StationName
from server.nowplaying.listeners import Audience, Listening


class OfStation(BaseModel):
    """Which station is meant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    station: StationName


class ListeningTold(BaseModel):
    """Somebody who listens now."""

    model_config = ConfigDict(frozen=True)

    output: str = Field(description="hls, icy or webrtc.", examples=["hls"])
    mount: str = Field(description="What of the output.", examples=["live.m3u8"])
    country: str | None = Field(description="ISO 3166 in two letters; null where it is not known.", examples=["NZ"])
    since: datetime
    seconds: float = Field(examples=[184.2])


class ListenersTold(BaseModel):
    """Who listens to a station at this front now."""

    model_config = ConfigDict(frozen=True)

    total: int = Field(examples=[4])
    unique: int = Field(description="Those of one address and player counted once.", examples=[3])
    by_output: dict[str, int] = Field(examples=[{"hls": 3, "icy": 1}])
    by_country: dict[str, int] | None = Field(
        description="ZZ: not known. Null where no database of countries is set up.", examples=[{"NZ": 3, "ZZ": 1}]
    )
    sessions: list[ListeningTold] = Field(description="Who came last stands first; at most 200.")


UNKNOWN_COUNTRY = "ZZ"
"""As CLDR calls it."""


def listeners_told(
    audience: Audience, by_output: Mapping[str, int], by_country: Mapping[str | None, int] | None, latest: Sequence[Listening]
) -> ListenersTold:
    """The ledger's words as they are told."""
    countries = None if by_country is None else {country or UNKNOWN_COUNTRY: count for country, count in by_country.items()}
    return ListenersTold(
        total=audience.total,
        unique=audience.unique,
        by_output=dict(by_output),
        by_country=countries,
        sessions=[_told(listening) for listening in latest],
    )


def _told(listening: Listening) -> ListeningTold:
    return ListeningTold(
        output=listening.place.output,
        mount=listening.place.mount,
        country=listening.country,
        since=datetime.fromtimestamp(listening.began_at, UTC),
        seconds=round(listening.seconds, 1),
    )
