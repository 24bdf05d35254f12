"""Holds operations to their own limits: a bucket of tokens for each account, or for each address where there is no account.

Beside the house's limits (control/identity), which count requests whatever they ask for.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from aiohttp.web import Request, StreamResponse

from control.api.operation import Operation
from control.errors import TooMany
from control.identity.request import CLIENT, PRINCIPAL
from control.principal import ANONYMOUS
from server.route import Route


class Buckets(Protocol):
    """What is needed of the Kv."""

    async def tokens(self, key: str, rate_per_second: float, burst: int, cost: int = 1) -> float:
        """0.0: granted; else the seconds to wait."""
        ...


def limited(routes: Iterable[Route], buckets: Buckets) -> list[Route]:
    """The routes, those with a limit of their own held to it."""
    return [_limited(route, buckets) for route in routes]


def _limited(route: Route, buckets: Buckets) -> Route:
    described = route.operation
    if not isinstance(described, Operation) or described.declared.limit is None:
        return route
    limit, endpoint = described.declared.limit, route.endpoint
    rate_per_second = limit.requests / limit.seconds

    async def counted(request: Request) -> StreamResponse:
        account_id = request.get(PRINCIPAL, ANONYMOUS).account_id
        asker = f"account:{account_id}" if account_id else f"client:{request.get(CLIENT) or request.remote}"
        wait_seconds = await buckets.tokens(f"limit:{described.name}:{asker}", rate_per_second, limit.requests)
        if wait_seconds > 0:
            raise TooMany(f"At most {limit.requests} in {limit.seconds:g} seconds.", retry_after_seconds=wait_seconds)
        return await endpoint(request)

    return replace(route, endpoint=counted, operation=replace(described, limited=True))
