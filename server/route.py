"""A route, its permission, and how the two become an application.

Each output offers its routes as values; the roof hands in the guard that knows people. A route without a permission cannot be made,
so nothing is open by oversight: `PUBLIC` must be said.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from aiohttp.web import Application, Request, StreamResponse

Endpoint: TypeAlias = Callable[[Request], Awaitable[StreamResponse]]
Guard: TypeAlias = Callable[[str, Endpoint], Endpoint]
"""(permission, endpoint) -> the endpoint, guarded."""

PUBLIC: Final = "public"


@dataclass(frozen=True, slots=True)
class Route:
    """One address of the house."""

    method: str
    """GET (answers HEAD too), POST, PUT, PATCH, DELETE or OPTIONS."""
    path: str
    """As aiohttp writes it: /hls/{station}/live.m3u8."""
    permission: str
    """`scope:resource:action`, or PUBLIC."""
    endpoint: Endpoint
    operation: object | None = None
    """What the endpoint takes and answers, for whoever describes addresses; nothing in this room reads it."""

    def __post_init__(self) -> None:
        if not self.permission:
            raise ValueError(f"{self.method} {self.path} names no permission")


def add_routes(application: Application, routes: Iterable[Route], guard: Guard) -> None:
    """Puts each route behind the guard."""
    for route in routes:
        endpoint = guard(route.permission, route.endpoint)
        if route.method == "GET":
            application.router.add_get(route.path, endpoint)
        else:
            application.router.add_route(route.method, route.path, endpoint)
