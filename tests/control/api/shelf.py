"""A small application over the API's own decorator: a shelf of records, kept in memory, that knows its owner's account only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated
from uuid import UUID, uuid4

from aiohttp import ClientSession
from aiohttp.web import Application, AppRunner, Request, StreamResponse, TCPSite
from pydantic import BaseModel, ConfigDict, EmailStr, Field

from control.api.call import Answer, Call, Cookie, Encoded
from control.api.etags import version_etag
from control.api.operation import operation, operations
from control.api.paging import Cursors, Page, PageQuery
from control.api.problems import clear_refusals
from control.errors import Conflict, Forbidden, NotFound, PreconditionFailed, Unauthenticated
from control.identity.request import PRINCIPAL
from control.permissions import PUBLIC, Permission, Role, is_known
from control.principal import ANONYMOUS, Principal, of_role
from control.tiers import Tier
from server.door.answers import clear_answers
from server.route import Endpoint, Route, add_routes

DJ = of_role(UUID(int=1), Role.DJ, Tier.FREE)
VIEWER = of_role(UUID(int=2), Role.VIEWER, Tier.FREE)
TOKENS = {"dj": DJ, "viewer": VIEWER}
STRICT = ConfigDict(frozen=True, extra="forbid")


class Format(StrEnum):
    """What a record is pressed on."""

    LP = "lp"
    CD = "cd"


class RecordPath(BaseModel):
    """Which record."""

    model_config = STRICT

    id: UUID


class Wish(BaseModel):
    """A record to put on the shelf."""

    model_config = STRICT

    title: Annotated[str, Field(min_length=1, max_length=200, examples=["Night Signal"])]
    year: Annotated[int, Field(ge=1877, le=2100)]
    format: Format = Format.LP
    gain_db: Annotated[float | None, Field(ge=-60, le=20)] = None
    lender: EmailStr | None = None
    tags: Annotated[list[Annotated[str, Field(max_length=20, examples=["calm"])]], Field(max_length=5)] = []


class Record(Wish):
    """A record on the shelf."""

    id: UUID
    version: int


class ShelfQuery(PageQuery):
    """Which records."""

    format: Annotated[tuple[Format, ...], Field(max_length=2, description="Any of these.")] = ()
    since: Annotated[int | None, Field(ge=1877, le=2100)] = None
    lent: bool | None = None


class Secret(BaseModel):
    """What only its owner sees."""

    model_config = STRICT

    word: Annotated[str, Field(examples=["open"])]


class WithLanguage(BaseModel):
    """How it is to be said."""

    model_config = STRICT

    language: Annotated[str, Field(alias="X-Language", pattern="^[a-z]{2}$")] = "en"


@dataclass
class Shelf:
    """Records by id, in the order of their coming."""

    records: dict[UUID, Record] = field(default_factory=dict)
    added: int = 0

    @operation("GET", "/api/v1/records", permission=Permission.LIBRARY_TRACKS_READ, summary="All records", tag="records")
    async def all(self, call: Call, *, query: ShelfQuery) -> Page[Record]:
        """In the order of their coming."""
        del call
        records = [record for record in self.records.values() if not query.format or record.format in query.format]
        records = [record for record in records if query.since is None or record.year >= query.since]
        start = CURSORS.read(query.cursor) or 0
        end = start + query.limit
        return Page[Record](items=records[start:end], next_cursor=CURSORS.write(end) if end < len(records) else None)

    @operation(
        "POST",
        "/api/v1/records",
        permission=Permission.OWN_KEYS_MANAGE,
        summary="Add a record",
        tag="records",
        status=201,
        raises=(Conflict,),
    )
    async def add(self, call: Call, *, body: Wish) -> Answer[Record]:
        del call
        record = Record(id=uuid4(), version=1, **body.model_dump())
        self.added += 1
        self.records[record.id] = record
        return Answer(record, headers={"Location": f"/api/v1/records/{record.id}"}, etag=version_etag(1))

    @operation(
        "GET", "/api/v1/records/{id}", permission=Permission.LIBRARY_TRACKS_READ, summary="A record", tag="records", raises=(NotFound,)
    )
    async def one(self, call: Call, *, path: RecordPath) -> Answer[Record]:
        del call
        record = self._found(path.id)
        return Answer(record, etag=version_etag(record.version))

    @operation(
        "PUT",
        "/api/v1/records/{id}",
        permission=Permission.OWN_KEYS_MANAGE,
        summary="Change a record",
        tag="records",
        raises=(NotFound, PreconditionFailed),
    )
    async def change(self, call: Call, *, path: RecordPath, body: Wish) -> Answer[Record]:
        record = self._found(path.id)
        call.require_unchanged(version_etag(record.version))
        self.records[path.id] = changed = Record(id=path.id, version=record.version + 1, **body.model_dump())
        return Answer(changed, etag=version_etag(changed.version))

    @operation(
        "DELETE",
        "/api/v1/records/{id}",
        permission=Permission.OWN_KEYS_MANAGE,
        summary="Take a record away",
        tag="records",
        raises=(NotFound,),
    )
    async def remove(self, call: Call, *, path: RecordPath) -> None:
        del call
        self._found(path.id)
        del self.records[path.id]

    @operation("GET", "/api/v1/secret", permission=PUBLIC, summary="A word, and a cookie", tag="odd")
    async def secret(self, call: Call, *, headers: WithLanguage) -> Answer[Secret]:
        cookie = Cookie("seen", "yes", 60, secure=False)
        return Answer(Secret(word=f"{headers.language} {call.principal.means}"), cookies=[cookie])

    @operation("GET", "/api/v1/cached", permission=Permission.LIBRARY_TRACKS_READ, summary="Out of a cache", tag="odd")
    async def cached(self, call: Call) -> Encoded[Secret]:
        del call
        return Encoded(b'{"word":"kept"}', '"kept"')

    def _found(self, record_id: UUID) -> Record:
        if record_id not in self.records:
            raise NotFound("It is not on the shelf.")
        return self.records[record_id]


CURSORS = Cursors[int](int)


def guard(permission: str, endpoint: Endpoint) -> Endpoint:
    """Believes the names of TOKENS."""
    assert is_known(permission)

    async def guarded(request: Request) -> StreamResponse:
        principal: Principal = TOKENS.get(request.headers.get("Authorization", "").removeprefix("Bearer "), ANONYMOUS)
        if permission != PUBLIC and principal is ANONYMOUS:
            raise Unauthenticated
        if permission != PUBLIC and permission not in principal.permissions:
            raise Forbidden
        request[PRINCIPAL] = principal
        return await endpoint(request)

    return guarded


@asynccontextmanager
async def house(routes: list[Route]) -> AsyncIterator[ClientSession]:
    """Serves routes on a real socket, and asks there as the DJ."""
    application = Application(middlewares=[clear_answers, clear_refusals])
    add_routes(application, routes, guard)
    runner = AppRunner(application)
    await runner.setup()
    try:
        await TCPSite(runner, "127.0.0.1", 0).start()
        base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with ClientSession(base, headers={"Authorization": "Bearer dj"}) as client:
            yield client
    finally:
        await runner.cleanup()


@asynccontextmanager
async def shelf_house(shelf: Shelf | None = None) -> AsyncIterator[ClientSession]:
    """Serves a shelf."""
    async with house(operations(shelf or Shelf())) as client:
        yield client
