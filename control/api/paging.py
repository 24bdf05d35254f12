"""Lists in pages: what a caller asks for, what he gets, and the cursor between the two.

A cursor is the position after the last item of a page, in the words of the query's ORDER BY. It is opaque to callers, not secret: it
is read with a type, so that a forged one is at most another honest position.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Any, Final, Generic, TypeVar

from aiohttp.web import Request
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from control.errors import NotFound

Item = TypeVar("Item")
Position = TypeVar("Position")
LARGEST_PAGE: Final = 200
LONGEST_CURSOR: Final = 512


class PageQuery(BaseModel):
    """Which page of a list. Extend it for a list that can be filtered."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE, description="The most items to answer.")] = 50
    cursor: Annotated[
        str | None,
        Field(
            max_length=LONGEST_CURSOR,
            pattern=r"^[A-Za-z0-9_-]+$",
            description="The next_cursor of the page before; leave it out for the first.",
        ),
    ] = None


class Page(BaseModel, Generic[Item]):
    """Some of a list, in its order."""

    model_config = ConfigDict(frozen=True)

    items: list[Item]
    next_cursor: str | None = Field(default=None, description="Asks for the next page; null on the last one.")


class Cursors(Generic[Position]):
    """Cursors of one list, over positions of one type: `Cursors[tuple[datetime, UUID]](tuple[datetime, UUID])`."""

    def __init__(self, position: Any) -> None:
        self._adapter: TypeAdapter[Position] = TypeAdapter(position)

    def write(self, position: Position) -> str:
        """The cursor of a position."""
        return urlsafe_b64encode(self._adapter.dump_json(position)).rstrip(b"=").decode()

    def read(self, cursor: str | None) -> Position | None:
        """The position of a cursor; None is the beginning. Raises NotFound: what cannot be read names no page of this list."""
        if cursor is None:
            return None
        try:
            data = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            return self._adapter.validate_json(data, strict=True)
        except (ValueError, ValidationError):
            raise NotFound("The cursor is none of this list.") from None


def next_link(request: Request, cursor: str) -> str:
    """The Link header (RFC 8288) that leads to the next page of the same question."""
    return f'<{request.rel_url.update_query(cursor=cursor)}>; rel="next"'
