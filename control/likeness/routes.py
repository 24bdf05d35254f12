"""/api/v1/recommendations/similar/{id}, /api/v1/library/duplicates: what sounds like a track, and what is a copy."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from control.api.call import Call
from control.api.operation import operation
from control.api.paging import Cursors, Page, PageQuery
from control.database.database import Database
from control.errors import NotFound
from control.library.library import Library
from control.library.told import TrackTold, track_told
from control.library.wheel import neighbours
from control.likeness import repository
from control.likeness.repository import Narrowed, Pair
from control.permissions import Permission
from control.stations.wishes import TrackId

_cursors: Final = Cursors[tuple[str, str]](tuple[str, str])


class OfTrack(BaseModel):
    """Which track is meant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: TrackId


class SimilarQuery(BaseModel):
    """How many, and what they must be besides."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    mixable: Annotated[bool, Field(description="Only what mixes well: tempo within 3 % (or half, or double), key beside it.")] = False
    same_genre: bool = False


class Similar(BaseModel):
    """A track that sounds like the one asked for."""

    model_config = ConfigDict(frozen=True)

    track: TrackTold
    likeness: float = Field(description="The cosine in this library: 1 is the same, 0 no more alike than any two, below 0 unlike.")


class SimilarTracks(BaseModel):
    """The most alike first."""

    model_config = ConfigDict(frozen=True)

    items: list[Similar]


class DuplicatesQuery(PageQuery):
    """Which pairs."""

    track_id: TrackId | None = None
    certain: Annotated[bool | None, Field(description="True: the same recording. False: those to which somebody should listen.")] = None


class DuplicateTold(BaseModel):
    """Two tracks that are the same recording, or may be."""

    model_config = ConfigDict(frozen=True)

    one: TrackTold
    other: TrackTold
    likeness: float = Field(description="0 to 1, by the measure of what found it.")
    found_by: str = Field(description="fingerprint, or features where no fingerprint could be made.")
    certain: bool = Field(description="False: another master of it, a heavily processed copy, or chance.")


class LikenessRoutes:
    """The operations; `operations(LikenessRoutes(...))` makes their routes."""

    def __init__(self, database: Database, library: Library) -> None:
        self._database = database
        self._library = library
        self._by_server: bool | None = None

    @operation(
        "GET",
        "/api/v1/recommendations/similar/{id}",
        permission=Permission.LIBRARY_TRACKS_READ,
        summary="Tracks that sound like this one",
        tag="library",
        raises=(NotFound,),
    )
    async def similar(self, call: Call, *, path: OfTrack, query: SimilarQuery) -> SimilarTracks:
        """By timbre, brightness, attack and pulse, as the ears heard them; empty until they have heard the track."""
        stored = await self._library.one(path.id, call.principal)
        narrowed = Narrowed(
            wheels=neighbours(stored.wheel) if query.mixable and stored.wheel else None,
            bpm=stored.bpm if query.mixable else None,
            genre=stored.genre if query.same_genre else None,
        )
        if self._by_server is None:
            self._by_server = await repository.has_vectors(self._database)
        near = await repository.like(self._database, path.id, query.limit, narrowed, by_server=self._by_server)
        tracks = await repository.tracks(self._database, [track_id for track_id, _ in near])
        items = [Similar(track=track_told(tracks[track_id]), likeness=round(cosine, 4)) for track_id, cosine in near if track_id in tracks]
        return SimilarTracks(items=items)

    @operation(
        "GET",
        "/api/v1/library/duplicates",
        permission=Permission.LIBRARY_TRACKS_APPROVE,
        summary="Copies in the library",
        tag="library",
        raises=(NotFound,),
    )
    async def duplicates(self, call: Call, *, query: DuplicatesQuery) -> Page[DuplicateTold]:  # noqa: ARG002 -- the same for all who may
        """Files with the same content are one track already; these differ in content and not in what is heard."""
        after = _cursors.read(query.cursor)
        found = await repository.pairs(self._database, query.track_id, certain=query.certain, limit=query.limit + 1, after=after)
        shown = found[: query.limit]
        more = len(found) > query.limit
        next_cursor = _cursors.write((shown[-1].one.id, shown[-1].other.id)) if more else None
        return Page(items=[_told(pair) for pair in shown], next_cursor=next_cursor)


def _told(pair: Pair) -> DuplicateTold:
    return DuplicateTold(
        one=track_told(pair.one),
        other=track_told(pair.other),
        likeness=round(pair.likeness, 4),
        found_by=pair.found_by,
        certain=pair.certain,
    )
