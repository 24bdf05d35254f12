"""The house's HTTP client. Whoever calls an address that somebody named calls it through here.

The filter is at the socket, on the number that is dialled, so it holds for literal addresses, for every spelling of them, and for names
that point elsewhere the second time (DNS rebinding). No redirect is followed, no proxy of the environment is used, no cookie is kept,
nothing is unpacked, and an answer has an end in bytes and in time.
"""

import asyncio
import json as plain_json
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ssl import SSLContext
from typing import Any, Final

from aiohttp import ClientConnectorError, ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from aiohttp.abc import AbstractResolver
from yarl import URL

from control.outbound.addresses import is_public
from control.outbound.errors import OutboundFailed, OutboundRefused

SCHEME: Final = "https"
PORTS: Final = (443, 8443)
CONNECTIONS: Final = 32
CONNECTIONS_PER_HOST: Final = 8
KEPT_SECONDS: Final = 15.0
"""How long an idle connection waits for the next call."""
LONGEST_URL: Final = 2_048
NOT_PUBLIC: Final = "is not a public address"

AddressInfo = tuple[int, int, int, str, tuple[Any, ...]]
"""As getaddrinfo gives it: family, type, protocol, canonical name, socket address."""


@dataclass(frozen=True, slots=True)
class OutboundAnswer:
    """What came back, whatever its status; a redirect is an answer like any other."""

    status: int
    headers: Mapping[str, str]
    """Case does not matter in their names."""
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body, read as JSON; raises OutboundFailed."""
        try:
            return plain_json.loads(self.body)
        except (ValueError, RecursionError):
            raise OutboundFailed("the answer is no JSON") from None


def public_socket(address_info: AddressInfo) -> socket.socket:
    """A socket for this address, unconnected; raises PermissionError where it is not on the public internet."""
    family, kind, protocol, _, address = address_info
    if not is_public(str(address[0])):
        raise PermissionError(f"{address[0]} {NOT_PUBLIC}")
    return socket.socket(family, kind, protocol)


class OutboundHttp:
    """A pool of connections. Made inside a running event loop.

    `allow_private`: hosts (`vault.lan`) or hosts with a port (`127.0.0.1:8200`) that may be anywhere and spoken to by http and https. It is
    for addresses that the operator configured: a client that is given URLs by users must be made without. All others are called by https
    on one of `ports`.
    """

    def __init__(
        self,
        allow_private: Iterable[str] = (),
        *,
        ports: Iterable[int] = PORTS,
        tls: SSLContext | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._allowed = frozenset(one.lower() for one in allow_private)
        self._ports = frozenset(ports)
        self._public = _session(TCPConnector(**_pool(tls, resolver), socket_factory=public_socket))
        self._private = _session(TCPConnector(**_pool(tls, resolver))) if self._allowed else None

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: bytes | Mapping[str, str] | None = None,
        json: Any = None,
        timeout_seconds: float = 10.0,
        largest_bytes: int = 65_536,
    ) -> OutboundAnswer:
        """Asks once. `data` is a body as it is, or the fields of a form; `json` is written as JSON.

        Raises OutboundRefused where the address may not be called, OutboundFailed where no whole answer came.
        """
        session, address = self._session_for(url)
        asked = {**(headers or {}), "Accept-Encoding": "identity"}
        try:
            async with (
                asyncio.timeout(timeout_seconds),
                session.request(method, address, headers=asked, data=data, json=json, allow_redirects=False) as response,
            ):
                return OutboundAnswer(response.status, response.headers, await _body(response, largest_bytes))
        except TimeoutError:
            raise OutboundFailed(f"no whole answer within {timeout_seconds:g} s") from None
        except ClientConnectorError as error:
            if NOT_PUBLIC in str(error.os_error):  # of several addresses of a name only the texts of the errors are left
                raise OutboundRefused("it is not on the public internet") from None
            raise OutboundFailed("no connection") from error
        except (ClientError, OSError, ValueError) as error:
            raise OutboundFailed("no answer that can be understood") from error

    async def close(self) -> None:
        """Ends all connections."""
        await self._public.close()
        if self._private is not None:
            await self._private.close()

    def _session_for(self, url: str) -> tuple[ClientSession, URL]:
        address = _parsed(url)
        host = (address.host or "").lower()
        if self._private is not None and not self._allowed.isdisjoint((host, f"{host}:{address.port}")):
            if address.scheme not in ("http", "https"):
                raise OutboundRefused("its scheme is neither http nor https")
            return self._private, address
        if address.scheme != SCHEME:
            raise OutboundRefused(f"its scheme is not {SCHEME}")
        if address.port not in self._ports:
            raise OutboundRefused(f"its port is none of {', '.join(map(str, sorted(self._ports)))}")
        return self._public, address


def _parsed(url: str) -> URL:
    if len(url) > LONGEST_URL or not url.isprintable():
        raise OutboundRefused("it is no URL")
    try:
        address = URL(url)
        absolute = bool(address.host) and address.port is not None
    except ValueError:
        raise OutboundRefused("it is no URL") from None
    if not absolute:
        raise OutboundRefused("it names no host")
    if address.user is not None or address.password is not None:
        raise OutboundRefused("it holds a user or a password")
    return address


async def _body(response: ClientResponse, largest_bytes: int) -> bytes:
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise OutboundFailed("the answer is packed, which was not asked for")
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > largest_bytes:
            response.close()
            raise OutboundFailed(f"the answer is larger than {largest_bytes} bytes")
    return bytes(body)


def _pool(tls: SSLContext | None, resolver: AbstractResolver | None) -> dict[str, Any]:
    return {
        "limit": CONNECTIONS,
        "limit_per_host": CONNECTIONS_PER_HOST,
        "keepalive_timeout": KEPT_SECONDS,
        "ssl": True if tls is None else tls,
        "resolver": resolver,
    }


def _session(connector: TCPConnector) -> ClientSession:
    return ClientSession(
        connector=connector,
        cookie_jar=DummyCookieJar(),
        timeout=ClientTimeout(total=None),
        trust_env=False,
        auto_decompress=False,
        headers={"User-Agent": "SonicForge"},
    )
