"""What the office refuses, and how it says so. The docstring of a class is the title of its problem (RFC 9457).

Expected refusals are these; anything else that is raised is a fault of ours and answers 500. `control/api/problems.py` turns them into
problem+json; nothing in here knows HTTP beyond the number of a status.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one value that was sent."""

    pointer: str
    """Where it stands: `body.email`, `query.limit`, `path.id`."""
    detail: str


class Refusal(Exception):
    """The request was refused"""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "refused"
    """Stable, for programs: the last part of the problem's `type`."""

    def __init__(self, detail: str = "", *, retry_after_seconds: float | None = None, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail or self.title())
        self.detail = detail
        self.retry_after_seconds = retry_after_seconds
        self.errors = tuple(errors)

    @classmethod
    def title(cls) -> str:
        """One line of plain words, the same for every refusal of this kind."""
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0]


class Malformed(Refusal):
    """The request cannot be read"""

    status = 400
    code = "malformed"


class Unauthenticated(Refusal):
    """Log in, or send a valid token or key"""

    status = 401
    code = "unauthenticated"


class NotEntitled(Refusal):
    """The plan does not include this"""

    status = 402
    code = "not-entitled"


class Forbidden(Refusal):
    """This account or key may not do that"""

    status = 403
    code = "forbidden"


class NotFound(Refusal):
    """There is no such thing"""

    status = 404
    code = "not-found"


class Conflict(Refusal):
    """It cannot be done as things stand"""

    status = 409
    code = "conflict"


class PreconditionFailed(Refusal):
    """It has changed since it was read"""

    status = 412
    code = "precondition-failed"


class TooLarge(Refusal):
    """What was sent is larger than this address takes"""

    status = 413
    code = "too-large"


class WrongType(Refusal):
    """Send JSON, as it is, without Content-Encoding"""

    status = 415
    code = "wrong-type"


class Invalid(Refusal):
    """Some of what was sent is not valid"""

    status = 422
    code = "invalid"


class TooMany(Refusal):
    """Too many requests; wait and try again"""

    status = 429
    code = "too-many"


class Unavailable(Refusal):
    """This cannot be served now; try again soon"""

    status = 503
    code = "unavailable"


class DatabaseAway(Unavailable):
    """The database does not answer; the air goes on, changes must wait"""

    code = "database-away"


class StationAway(Unavailable):
    """The station's engine does not answer; try again in a moment"""

    code = "station-away"
