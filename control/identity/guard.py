"""The guard before every route: nobody comes further than the table of permissions lets him.

It is a `server.route.Guard`. A route whose permission is not in the table stops the start of the station. On a PUBLIC address a
credential is read but not required: a bad one makes its sender nobody in particular, so that a player with an old token still plays.
Everywhere else a bad credential is a 401, a good one that does not suffice is a 403. The refusals are raised before the endpoint runs,
as `control.errors`; `clear_refusals` makes answers of them.
"""

from typing import Protocol

from aiohttp.web import Request, StreamResponse

from control.errors import Forbidden, Refusal, Unauthenticated
from control.identity.request import CLIENT, PRINCIPAL
from control.permissions import PUBLIC, Permission, is_known
from control.principal import ANONYMOUS, Principal
from server.route import Endpoint


class Recogniser(Protocol):
    """Knows who asks."""

    async def of(self, request: Request, client: str) -> Principal: ...


class Addresses(Protocol):
    """Knows where a request comes from."""

    def address(self, request: Request) -> str: ...


class Gate(Protocol):
    """Refuses what a page of another site makes a browser send."""

    def check(self, request: Request) -> None:
        """Raises Forbidden."""


class Allowance(Protocol):
    """How much one account may ask."""

    async def check(self, principal: Principal, request: Request) -> None:
        """Counts the request. Raises TooMany."""


class Guard:
    """(permission, endpoint) -> the endpoint, guarded."""

    def __init__(self, recogniser: Recogniser, addresses: Addresses, gate: Gate, allowance: Allowance) -> None:
        self._recogniser = recogniser
        self._addresses = addresses
        self._gate = gate
        self._allowance = allowance

    def __call__(self, permission: str, endpoint: Endpoint) -> Endpoint:
        """Raises ValueError for a permission that does not stand in the table."""
        if not is_known(permission):
            raise ValueError(f"no route can ask for {permission!r}: control/permissions.py does not know it")
        return self._open(endpoint) if permission == PUBLIC else self._closed(Permission(permission), endpoint)

    def _open(self, endpoint: Endpoint) -> Endpoint:
        async def public(request: Request) -> StreamResponse:
            self._gate.check(request)
            request[CLIENT] = client = self._addresses.address(request)
            try:
                principal = await self._recogniser.of(request, client)
            except Refusal:
                principal = ANONYMOUS
            await self._allowance.check(principal, request)
            request[PRINCIPAL] = principal
            return await endpoint(request)

        return public

    def _closed(self, permission: Permission, endpoint: Endpoint) -> Endpoint:
        async def guarded(request: Request) -> StreamResponse:
            self._gate.check(request)
            request[CLIENT] = client = self._addresses.address(request)
            principal = await self._recogniser.of(request, client)
            if permission not in principal.permissions:
                if principal.account_id is None:
                    raise Unauthenticated
                raise Forbidden(f"It takes the permission {permission}.")
            await self._allowance.check(principal, request)
            request[PRINCIPAL] = principal
            return await endpoint(request)

        return guarded
