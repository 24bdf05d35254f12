"""The composer's way out of the house. Every call to a language model passes the house's own HTTP client and its rules of what may be
dialled. Only what the operator configured is called, and only a provider that he put on his own network may be anywhere but on the public
internet."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

from aiohttp import ClientConnectorError
from yarl import URL

from control.outbound.errors import OutboundFailed, OutboundRefused
from control.outbound.http import OutboundAnswer
from generation.llm.caller import Reply
from generation.llm.errors import NoReply
from generation.llm.provider import Provider


class Asks(Protocol):
    """What is asked of the HTTP client (control/outbound/http.py)."""

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: bytes | Mapping[str, str] | None = None,
        timeout_seconds: float = 10.0,
        largest_bytes: int = 65_536,
    ) -> OutboundAnswer: ...


def own_network(providers: Sequence[Provider]) -> tuple[str, ...]:
    """Hosts with ports that the client must be allowed to reach anywhere (OutboundHttp's `allow_private`)."""
    addresses = (URL(provider.url) for provider in providers if provider.own_network)
    return tuple(f"{address.host}:{address.port}" for address in addresses)


class Outside:
    """Posts and gets by the house's client."""

    def __init__(self, http: Asks) -> None:
        self._http = http

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float, largest_bytes: int) -> Reply:
        """One call. Raises NoReply; its text names no address."""
        return await self._ask("POST", url, headers, body, timeout_seconds, largest_bytes)

    async def get(self, url: str, headers: Mapping[str, str], timeout_seconds: float, largest_bytes: int) -> Reply:
        """Likewise."""
        return await self._ask("GET", url, headers, None, timeout_seconds, largest_bytes)

    async def _ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, timeout_seconds: float, largest_bytes: int
    ) -> Reply:
        try:
            answer = await self._http.request(
                method, url, headers=headers, data=body, timeout_seconds=timeout_seconds, largest_bytes=largest_bytes
            )
        except OutboundRefused as refusal:
            raise NoReply(refusal.detail, reached=False) from None
        except OutboundFailed as failure:
            raise NoReply(failure.detail, reached=not isinstance(failure.__cause__, ClientConnectorError)) from None
        return Reply(answer.status, answer.body, retry_after_seconds(answer.headers.get("Retry-After"), datetime.now(UTC)))


def retry_after_seconds(written: str | None, now: datetime) -> float | None:
    """What Retry-After says, in seconds or as a date (RFC 9110, 10.2.3); None if it says nothing that can be read."""
    if written is None:
        return None
    if written.isascii() and written.isdecimal() and len(written) < 10:
        return float(written)
    try:
        until = parsedate_to_datetime(written)
    except ValueError:
        return None
    return max(0.0, ((until if until.tzinfo else until.replace(tzinfo=UTC)) - now).total_seconds())
