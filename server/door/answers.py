"""What every answer of a front has in common: a few headers, and words instead of stack traces when something is wrong.

Under /api a refusal is RFC 9457 problem+json, elsewhere a line of text. Bodies that come compressed are refused before a byte of
them is unpacked: 2 MB of gzip can be 2 GB. Nobody sends `Content-Encoding: identity`.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

import structlog
from aiohttp.typedefs import Handler
from aiohttp.web import HTTPException, HTTPUnsupportedMediaType, Request, Response, StreamResponse, json_response, middleware

log = structlog.get_logger(__name__)

SECURITY_HEADERS: Final = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "strict-origin-when-cross-origin"}
SERVER: Final = "SonicForge"
PROBLEM: Final = "application/problem+json"

_WORDS: Final = {
    404: "There is nothing at this address.",
    413: "The body is larger than this address takes.",
    415: "Send the body as it is, without Content-Encoding, in the type this address takes.",
    500: "Something went wrong here. It has been written to the log.",
    503: "This cannot be served now; try again soon.",
}
_ABOUT_THE_BODY: Final = {"content-type", "content-length"}


def put_headers(response: StreamResponse) -> None:
    """The headers that every answer has; what an endpoint has set itself stands."""
    headers = response.headers
    for name, value in SECURITY_HEADERS.items():
        if name not in headers:
            headers[name] = value
    headers["Server"] = SERVER


@middleware
async def clear_answers(request: Request, handler: Handler) -> StreamResponse:
    """Turns what an endpoint raises into an answer that a person or a program can use."""
    try:
        if "Content-Encoding" in request.headers:
            raise HTTPUnsupportedMediaType
        return await handler(request)
    except HTTPException as refusal:
        if refusal.status < HTTPStatus.BAD_REQUEST:
            raise
        return refusal_answer(request, refusal)
    except ConnectionError:
        raise
    except Exception:
        log.exception("an endpoint failed", method=request.method, path=request.path)
        if request.writer.output_size > 0:
            raise ConnectionAbortedError from None  # half an answer is out: only the end of the connection can tell
        return _answer(request, 500, _WORDS[500], {})


def refusal_answer(request: Request, refusal: HTTPException) -> Response:
    """The answer for a refusal, with its headers (Allow, Retry-After) and its own words if it has any."""
    said = refusal.text or ""
    if said == f"{refusal.status}: {refusal.reason}":
        said = ""
    allow = refusal.headers.get("Allow")
    words = said or (f"This address takes {allow}." if allow else _WORDS.get(refusal.status, f"{refusal.reason}."))
    headers = {name: value for name, value in refusal.headers.items() if name.lower() not in _ABOUT_THE_BODY}
    return _answer(request, refusal.status, words, headers)


def problem_answer(
    status: int,
    title: str,
    detail: str = "",
    kind: str = "about:blank",
    headers: Mapping[str, str] = MappingProxyType({}),
    errors: Sequence[Mapping[str, str]] = (),
) -> Response:
    """A problem document (RFC 9457); `kind` is its `type`, `errors` are pairs of `pointer` and `detail`."""
    problem: dict[str, object] = {"type": kind, "title": title, "status": status}
    if detail:
        problem["detail"] = detail
    if errors:
        problem["errors"] = errors
    return json_response(problem, status=status, content_type=PROBLEM, headers=headers)


def _answer(request: Request, status: int, words: str, headers: Mapping[str, str]) -> Response:
    if not request.path.startswith("/api/"):
        return Response(status=status, text=f"{words}\n", headers=headers)
    return problem_answer(status, HTTPStatus(status).phrase, words, headers=headers)
