"""The addresses of the audit log: search it, and take it away. Taking it away stands in it too."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from aiohttp.web import StreamResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from control.api.call import Call
from control.api.instant import Instant
from control.api.operation import operation
from control.api.paging import Cursors, Page, PageQuery
from control.audit.entry import LONGEST_SUBJECT, Entry
from control.audit.export import as_csv, as_ndjson, csv_header
from control.audit.log import AuditLog
from control.audit.repository import Place, Wanted
from control.errors import NotFound
from control.permissions import Permission

TAG: Final = "audit"
CURSORS: Final = Cursors[tuple[Instant, UUID]](tuple[Instant, UUID])
Text = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_SUBJECT)]


class Filter(BaseModel):
    """Which entries; what is left out asks for any."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    actor: Annotated[UUID | None, Field(description="The account that did it.")] = None
    event: Annotated[
        str | None, Field(max_length=64, pattern=r"^[a-z][a-z_.]*$", description="The event or its beginning: `account`, `key.rotate`.")
    ] = None
    subject: Annotated[Text | None, Field(description="What it was done to, exactly.")] = None
    since: Annotated[Instant | None, Field(description="At this time or later.")] = None
    until: Annotated[Instant | None, Field(description="Before this time.")] = None
    text: Annotated[Text | None, Field(description="Stands somewhere in event, subject, address or detail.")] = None

    def wanted(self) -> Wanted:
        return Wanted(self.actor, self.event, self.subject, self.since, self.until, self.text)


class AuditQuery(Filter, PageQuery):
    """Which entries, and which page of them."""


class AuditExportQuery(Filter):
    """Which entries, and as what."""

    format: Literal["ndjson", "csv"] = "ndjson"


class AuditEntry(BaseModel):
    """One entry."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    at: AwareDatetime
    event: str
    actor_id: UUID | None
    actor_role: str | None
    means: str
    key_id: UUID | None
    subject: str | None
    client: str
    detail: dict[str, Any]


class AuditAddresses:
    """/api/v1/admin/audit-logs."""

    def __init__(self, log: AuditLog) -> None:
        self._log = log

    @operation(
        "GET",
        "/api/v1/admin/audit-logs",
        permission=Permission.HOUSE_AUDIT_READ,
        summary="Search the audit log",
        tag=TAG,
        raises=(NotFound,),
    )
    async def search(self, call: Call, *, query: AuditQuery) -> Page[AuditEntry]:  # noqa: ARG002 -- the guard has judged who asks
        """From new to old."""
        place = CURSORS.read(query.cursor)
        found = await self._log.search(query.wanted(), query.limit + 1, Place(*place) if place else None)
        shown = found[: query.limit]
        more = CURSORS.write((shown[-1].at, shown[-1].id)) if len(found) > len(shown) else None
        return Page[AuditEntry](items=[_shown(entry) for entry in shown], next_cursor=more)

    @operation("GET", "/api/v1/admin/audit-logs/export", permission=Permission.HOUSE_AUDIT_EXPORT, summary="Export the audit log", tag=TAG)
    async def export(self, call: Call, *, query: AuditExportQuery) -> StreamResponse:
        """As a file, from new to old: `application/x-ndjson`, or CSV."""
        asked = query.model_dump(mode="json", exclude_none=True)
        await self._log.record("audit.export", actor=call.principal, detail=asked, client=call.client)
        batches = self._log.everything(query.wanted())
        first: list[Entry] = await anext(batches, [])  # a database that is away is refused as a problem, before the answer begins
        write = as_csv if query.format == "csv" else as_ndjson
        response = StreamResponse(
            headers={
                "Content-Type": "text/csv; charset=utf-8" if query.format == "csv" else "application/x-ndjson",
                "Content-Disposition": f'attachment; filename="audit.{query.format}"',
                "Cache-Control": "no-store",
            }
        )
        await response.prepare(call.request)
        if call.request.method == "HEAD":
            return response
        if query.format == "csv":
            await response.write(csv_header())
        await response.write(write(first))
        async for batch in batches:
            await response.write(write(batch))
        await response.write_eof()
        return response


def _shown(entry: Entry) -> AuditEntry:
    return AuditEntry(**{name: getattr(entry, name) for name in Entry.__struct_fields__})
