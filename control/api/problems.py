"""Refusals as RFC 9457 problems: one shape for everything the API says no with.

The `type` of a problem leads to its entry on the reader page. The middleware stands around guard and endpoints alike, so that either
may raise a `Refusal`; faults and aiohttp's own refusals are `server/door/answers.py`'s, in the same shape.
"""

import math
from collections.abc import Iterator
from typing import Final

from aiohttp.typedefs import Handler
from aiohttp.web import Request, Response, StreamResponse, middleware
from pydantic import BaseModel, ConfigDict, Field

from control.errors import Refusal
from server.door.answers import problem_answer

PROBLEM_TYPE: Final = "/docs#problem-"
"""Before a refusal's code."""


class WrongField(BaseModel):
    """What is wrong with one value that was sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pointer: str = Field(description="Where it stands: body.email, query.limit, path.id, headers.If-Match.")
    detail: str


class Problem(BaseModel):
    """Why a request was refused (RFC 9457)."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "type": f"{PROBLEM_TYPE}invalid",
                    "title": "Some of what was sent is not valid",
                    "status": 422,
                    "errors": [{"pointer": "body.email", "detail": "Field required"}],
                }
            ]
        },
    )

    type: str = Field(description="Leads to an explanation; its last part is stable, for programs. about:blank: the status says all.")
    title: str = Field(description="The same for every problem of this type.")
    status: int = Field(ge=400, le=599)
    detail: str | None = Field(default=None, description="What is wrong this time.")
    errors: list[WrongField] = Field(default=[], description="Everything that is wrong with the values sent, not only the first.")


def problem_type(kind: type[Refusal]) -> str:
    """The URI that names this kind of refusal."""
    return PROBLEM_TYPE + kind.code


def problem(refusal: Refusal) -> Response:
    """The answer for a refusal."""
    headers: dict[str, str] = {"Cache-Control": "no-store"}
    if refusal.retry_after_seconds is not None:
        headers["Retry-After"] = str(max(1, math.ceil(refusal.retry_after_seconds)))
    if refusal.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    errors = [{"pointer": error.pointer, "detail": error.detail} for error in refusal.errors]
    return problem_answer(refusal.status, refusal.title(), refusal.detail, problem_type(type(refusal)), headers, errors)


@middleware
async def clear_refusals(request: Request, handler: Handler) -> StreamResponse:
    """Turns a Refusal of the guard or of an endpoint into its problem. Belongs inside `clear_answers`."""
    try:
        return await handler(request)
    except Refusal as refusal:
        return problem(refusal)


def kinds() -> Iterator[type[Refusal]]:
    """Every kind of refusal that is known by now, Refusal itself first."""
    waiting: list[type[Refusal]] = [Refusal]
    while waiting:
        kind = waiting.pop(0)
        yield kind
        waiting += kind.__subclasses__()
