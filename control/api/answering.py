"""What an operation returned, as an HTTP answer: encoded once, tagged, and left out where the client has it already."""

from collections.abc import Sequence
from typing import Any, Final

from aiohttp.web import Request, Response, StreamResponse
from pydantic import TypeAdapter

from control.api.call import Answer, Cookie, Encoded
from control.api.etags import body_etag, matches_weakly
from control.api.paging import Page, next_link

JSON: Final = "application/json"
OK: Final = 200
NO_CONTENT: Final = 204
REVALIDATED: Final = "private, no-cache"
"""A browser may keep what was read, and asks each time whether it still holds."""


class Answering:
    """The answers of one operation, made ready once."""

    def __init__(self, model: Any, status: int) -> None:
        """`model` is what the operation returns as JSON, None for nothing."""
        self._status = status
        self._status_of_nothing = status if model is None and status != OK else NO_CONTENT
        self._dump = TypeAdapter(model).dump_json if model is not None else None

    def respond(self, request: Request, outcome: object) -> StreamResponse:
        """The answer for whatever an operation may return."""
        if isinstance(outcome, StreamResponse):
            return outcome
        answer = outcome if isinstance(outcome, Answer) else Answer(outcome)
        model, etag = answer.model, answer.etag
        headers = {"Content-Type": JSON, "Cache-Control": "no-store"}
        if isinstance(model, Encoded):
            body, etag = model.body, etag or model.etag
        elif model is None:
            return _dressed(Response(status=answer.status or self._status_of_nothing, headers=answer.headers), answer.cookies)
        else:
            assert self._dump is not None, "an operation that says it answers nothing answered something"
            body = self._dump(model, by_alias=True)
            if isinstance(model, Page) and model.next_cursor is not None:
                headers["Link"] = next_link(request, model.next_cursor)
        if request.method in {"GET", "HEAD"}:
            etag = etag or body_etag(body)
            headers["Cache-Control"] = REVALIDATED
        if etag is not None:
            headers["ETag"] = etag
        if answer.headers:
            headers.update(answer.headers)
        wanted = request.headers.get("If-None-Match")
        if wanted is not None and etag is not None and request.method in {"GET", "HEAD"} and matches_weakly(etag, wanted):
            del headers["Content-Type"]
            return _dressed(Response(status=304, headers=headers), answer.cookies)
        return _dressed(Response(body=body, status=answer.status or self._status, headers=headers), answer.cookies)


def _dressed(response: Response, cookies: Sequence[Cookie]) -> Response:
    for cookie in cookies:
        response.set_cookie(
            cookie.name,
            cookie.value,
            max_age=cookie.life_seconds,
            path=cookie.path,
            secure=cookie.secure,
            httponly=True,
            samesite=cookie.same_site,
        )
    return response
