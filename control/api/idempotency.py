"""Idempotency keys: a request that is sent again, because its answer was lost, has its effect once.

At most once, that is: a request that ended without an answer (a fault of ours, a killed process, a database or an engine that went
away) is never run again under its key, for nobody knows how far it came. Any other refusal has had no effect, so it frees its key.
A repeated request with the same key and the same content gets the answer of the first; while the first is being worked on, 409; with
other content, 422.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from http import HTTPStatus
from typing import Final, Protocol
from uuid import UUID

import structlog
from aiohttp.web import HTTPException, Request, Response, StreamResponse

from control.api.body import read_bytes
from control.api.call import IDEMPOTENCY_KEY
from control.api.operation import Operation
from control.api.repository import KeptAnswer, KeptRequest
from control.errors import Conflict, FieldError, Invalid, Refusal
from control.identity.request import PRINCIPAL
from control.principal import ANONYMOUS, Principal
from server.route import Endpoint, Route

LONGEST_KEY: Final = 255
KEY_PATTERN: Final = r"^[\x21-\x7e]+$"
"""Printable ASCII without a space."""
REPLAYED: Final = "Idempotency-Replayed"
_KEPT_HEADERS: Final = ("Content-Type", "Cache-Control", "ETag", "Link", "Location")
logger = structlog.get_logger(__name__)


class Ledger(Protocol):
    """Where begun requests are kept (control/api/repository.py)."""

    async def begin(self, account_id: UUID, key: str, fingerprint: bytes) -> bool: ...
    async def find(self, account_id: UUID, key: str) -> KeptRequest | None: ...
    async def finish(self, account_id: UUID, key: str, answer: KeptAnswer) -> None: ...
    async def release(self, account_id: UUID, key: str) -> None: ...


def once(routes: Iterable[Route], ledger: Ledger) -> list[Route]:
    """The routes, those of idempotent operations keeping the promise of Idempotency-Key."""
    return [_once(route, ledger) for route in routes]


def _once(route: Route, ledger: Ledger) -> Route:
    described = route.operation
    if not isinstance(described, Operation) or not described.declared.idempotent:
        return route
    endpoint, largest_bytes = route.endpoint, described.declared.largest_bytes

    async def answered_once(request: Request) -> StreamResponse:
        if IDEMPOTENCY_KEY not in request.headers:
            return await endpoint(request)
        account_id, key = _owner(request), _key(request)
        fingerprint = _fingerprint(request, await read_bytes(request, largest_bytes))
        if not await ledger.begin(account_id, key, fingerprint):
            return _replayed(await ledger.find(account_id, key), fingerprint)
        return await _first(request, endpoint, ledger, account_id, key)

    return replace(route, endpoint=answered_once, operation=replace(described, once=True))


async def _first(request: Request, endpoint: Endpoint, ledger: Ledger, account_id: UUID, key: str) -> StreamResponse:
    try:
        response = await endpoint(request)
    except (Refusal, HTTPException) as refusal:
        if refusal.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            await ledger.release(account_id, key)
        raise
    assert isinstance(response, Response), "an idempotent operation answers JSON"
    body = response.body
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    try:
        await ledger.finish(account_id, key, KeptAnswer(response.status, headers, body if isinstance(body, bytes) else b""))
    except Refusal:  # the effect is there, so the caller hears of it; only a repetition will not
        logger.warning("an answer could not be kept for its idempotency key", path=request.path)
    return response


def _replayed(kept: KeptRequest | None, fingerprint: bytes) -> Response:
    if kept is not None and kept.fingerprint != fingerprint:
        raise Invalid(errors=[FieldError(f"headers.{IDEMPOTENCY_KEY}", "It was used for another request within the last 24 hours")])
    if kept is None or kept.answer is None:
        raise Conflict(
            "A request with this key is being worked on, or ended without an answer. If this stays, look for its effect and use a new key.",
            retry_after_seconds=1,
        )
    answer = kept.answer
    return Response(status=answer.status, body=answer.body or None, headers={**answer.headers, REPLAYED: "true"})


def _owner(request: Request) -> UUID:
    principal: Principal = request.get(PRINCIPAL, ANONYMOUS)
    if principal.account_id is None:
        raise Invalid(errors=[FieldError(f"headers.{IDEMPOTENCY_KEY}", "Only an account can use one")])
    return principal.account_id


def _key(request: Request) -> str:
    sent = request.headers.getall(IDEMPOTENCY_KEY)
    key = sent[0]
    if len(sent) > 1 or len(key) > LONGEST_KEY or not re.fullmatch(KEY_PATTERN, key):
        detail = f"Send one key of 1 to {LONGEST_KEY} printable ASCII characters without a space"
        raise Invalid(errors=[FieldError(f"headers.{IDEMPOTENCY_KEY}", detail)])
    return key


def _fingerprint(request: Request, body: bytes) -> bytes:
    return sha256(b"\0".join((request.method.encode(), request.raw_path.encode("utf-8", "surrogateescape"), body))).digest()
