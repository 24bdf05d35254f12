"""What an operation is given beside its checked values, and what it may answer beside a model.

A `Call` is one request with the person behind it. An `Answer` is for an operation whose answer is more than its model: another
status, headers, cookies, an entity tag of its own. `Encoded` is for one that holds its JSON already, out of a cache.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, Literal, TypeVar

from aiohttp.web import Request

from control.api.etags import matches_strongly
from control.errors import PreconditionFailed
from control.principal import Principal

Model = TypeVar("Model", covariant=True)
IDEMPOTENCY_KEY: Final = "Idempotency-Key"


@dataclass(frozen=True, slots=True)
class Call:
    """One request to one operation."""

    request: Request
    principal: Principal
    """Who asks; ANONYMOUS if nobody in particular."""
    client: str
    """The address it came from, as text."""

    @property
    def idempotency_key(self) -> str | None:
        """As it was sent. Keeping its promise is `control/api/idempotency.py`'s work."""
        return self.request.headers.get(IDEMPOTENCY_KEY)

    def require_unchanged(self, etag: str) -> None:
        """Holds the request to its If-Match, if it has one, against the entity tag as it is now. Raises PreconditionFailed."""
        wanted = self.request.headers.get("If-Match")
        if wanted is not None and not matches_strongly(etag, wanted):
            raise PreconditionFailed("Read it again, then send your change with the new entity tag.")


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie to set. With `life_seconds` 0 it is taken away, None makes it last as long as the browser."""

    name: str
    value: str
    life_seconds: int | None
    secure: bool
    path: str = "/"
    same_site: Literal["Strict", "Lax"] = "Strict"


@dataclass(frozen=True, slots=True)
class Answer(Generic[Model]):
    """A model and what goes with it."""

    model: Model
    """None: no body."""
    status: int | None = None
    """None: the operation's own."""
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Sequence[Cookie] = ()
    etag: str | None = None
    """As in a header, quoted (control/api/etags.py). None: made from the body of an answer to GET."""


@dataclass(frozen=True, slots=True)
class Encoded(Generic[Model]):
    """A model's JSON, made before."""

    body: bytes
    etag: str
    """As in a header, quoted."""
