"""The security matrix: every route of a running station, asked by everybody, and judged by the table of permissions.

It knows the routes from the router and the rights from the table; nothing is listed by hand, so a route that was added yesterday is
asked today. What comes out is a list of surprises: who got in and should not, who was turned away and should not, and what fell over.

A cell is judged by who refused: the guard's own refusals are a 401, or a 403 that names the route's permission. What an endpoint makes
of a request that was let in (404 for a thing that is not there, 422 for a body that is missing) is no refusal.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol
from uuid import UUID

from aiohttp import ClientError, ClientSession, ClientTimeout
from aiohttp.web import Application

from control.identity.credentials import MOUNTS
from control.permissions import GRANTS, PUBLIC, Permission, Role
from server.route import Route

AT_ONCE: Final = 8
HEAD_SECONDS: Final = 10.0
"""Long enough for a blocking playlist; what answers later was let in and waits for something else."""
FOREIGN_HOST: Final = {"Host": "radio.example"}
"""Without it the request would be the machine's own, which may read metrics."""
_OWN_PAGE: Final = {
    "Cookie": "sonicforge_refresh=a; __Host-sonicforge_refresh=a",
    "X-Requested-With": "fetch",
    "Origin": f"http://{FOREIGN_HOST['Host']}",
}
"""A refresh token opens nothing, even for a page of our own."""
_PARAMETER: Final = re.compile(r"\{(\w+)(?::((?:[^{}]|\{[^{}]*\})+))?\}")
_SAMPLES: Final = ("main", "1", "a", "aac_128", "0" * 8, str(UUID(int=7)), "a.b", "init.mp4", "A" * 13)
_SOCKET: Final = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


class People(Protocol):
    """Makes those who ask. Each call makes somebody new, so that what one request ends (a session, a key) spoils no other.

    All but `expired` and `forged` must be good, with the account in the database if there is one.
    """

    async def token(self, role: Role) -> str: ...
    async def expired(self, role: Role) -> str: ...
    async def forged(self, role: Role) -> str:
        """As good as a token of that role, but signed with another secret."""

    async def key(self, role: Role, scopes: frozenset[Permission]) -> str:
        """An API key of an account with that role."""

    async def ticket(self, role: Role) -> str: ...


@dataclass(frozen=True, slots=True)
class Owned:
    """A thing that belongs to whoever made it: how to make one with a token, giving the path of the route that reaches it."""

    make: Callable[[str], Awaitable[str]]
    roles: frozenset[Role] = frozenset({Role.USER})
    """Roles in which owner and stranger are tried."""
    body: object = None
    """JSON that the route takes: without it the request could be turned away before anybody asks whose the thing is."""


@dataclass(frozen=True, slots=True)
class Surprise:
    """One cell that is not as the table has it."""

    route: str
    caller: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.route} by {self.caller}: expected {self.expected}, found {self.found}"


@dataclass(slots=True)
class Findings:
    """What the matrix has found."""

    cells: int = 0
    surprises: list[Surprise] = field(default_factory=list)
    untried: list[str] = field(default_factory=list)
    """Routes to one's own things for which no `Owned` was given: owner and stranger could not be told apart."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The head of an answer, and its words where it is a refusal."""

    status: int
    words: str = ""

    def refused_by_guard(self, permission: str) -> bool:
        return self.status == 401 or (self.status == 403 and f"permission {permission}" in self.words)

    def __str__(self) -> str:
        return f"{self.status} {self.words[:200]}".strip() if self.status else "no answer yet"


class Matrix:
    """Asks a running station. `base` is its address without a path."""

    def __init__(self, base: str, people: People, owned: Mapping[str, Owned] | None = None, fill: Mapping[str, str] | None = None) -> None:
        """`owned`: by `METHOD /path/{id}`; `fill`: values for parameters of paths, by their names."""
        self._base = base
        self._people = people
        self._owned = dict(owned or {})
        self._fill = {"station": "main", **(fill or {})}
        self._found = Findings()

    async def run(self, routes: Sequence[Route]) -> Findings:
        """Every route by everybody."""
        turns = asyncio.Semaphore(AT_ONCE)
        self._found = Findings()

        async def one(route: Route) -> None:
            async with turns:
                await (self._public(session, route) if route.permission == PUBLIC else self._closed(session, route))
                await self._belongings(session, route)

        async with ClientSession(timeout=ClientTimeout(total=HEAD_SECONDS)) as session, asyncio.TaskGroup() as group:
            for route in routes:
                group.create_task(one(route))
        return self._found

    async def _closed(self, session: ClientSession, route: Route) -> None:
        """The seven roles by token, key and ticket; nobody; and those whose proof is worth nothing."""
        permission, people = Permission(route.permission), self._people
        for role in Role:
            may = permission in GRANTS[role]
            await self._judge(session, route, f"{role} with a token", _bearer(await people.token(role)), may=may)
        everything = frozenset(Permission)
        await self._judge(session, route, "a key with all scopes", _bearer(await people.key(Role.SUPERADMIN, everything)), may=True)
        await self._judge(
            session, route, "a key with this scope alone", _bearer(await people.key(Role.SUPERADMIN, frozenset({permission}))), may=True
        )
        without = await people.key(Role.SUPERADMIN, everything - {permission})
        await self._judge(session, route, "a key without this scope", {"X-API-Key": without}, may=False)
        lesser = await people.key(Role.VIEWER, everything)
        await self._judge(session, route, "a viewer's key that claims all scopes", _bearer(lesser), may=permission in GRANTS[Role.VIEWER])
        for method in {route.method, "HEAD" if route.method == "GET" else route.method}:
            await self._judge(session, route, f"nobody ({method})", {}, may=False, method=method)
        await self._judge(session, route, "an expired token", _bearer(await people.expired(Role.SUPERADMIN)), may=False)
        await self._judge(session, route, "a forged token", _bearer(await people.forged(Role.SUPERADMIN)), may=False)
        await self._judge(session, route, "a token that is none", _bearer("a.b.c"), may=False)
        await self._judge(session, route, "a cookie alone", _OWN_PAGE, may=False)
        ticket = f"ticket={await people.ticket(Role.SUPERADMIN)}"
        mount = route.method == "GET" and route.path.startswith(MOUNTS)  # what an audio element plays
        await self._judge(session, route, "a ticket", {}, may=mount, query=ticket)
        for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded"):
            await self._judge(session, route, f"nobody who says {header}", {header: "127.0.0.1", "Host": "127.0.0.1"}, may=False)

    async def _public(self, session: ClientSession, route: Route) -> None:
        """Nobody is served, and a bad proof is worth as much as none."""
        nobody = await self._ask(session, route, {})
        self._weigh(route, "nobody", nobody, "an answer", nobody.status < 500 or nobody.status == 503)
        for name, headers in (
            ("an expired token", _bearer(await self._people.expired(Role.SUPERADMIN))),
            ("a forged token", _bearer(await self._people.forged(Role.SUPERADMIN))),
            ("an unknown key", {"X-API-Key": "sf_unknown"}),
        ):
            answered = await self._ask(session, route, headers)
            self._weigh(route, name, answered, f"as nobody: {nobody.status}", answered.status == nobody.status)

    async def _belongings(self, session: ClientSession, route: Route) -> None:
        """One's own things are for oneself: another account with the same role must not reach them."""
        name = f"{route.method} {route.path}"
        if (owned := self._owned.get(name)) is None:
            if route.permission.startswith("own:") and "{" in route.path:
                self._found.untried.append(name)
            return
        for role in sorted(owned.roles):
            owner, stranger = await self._people.token(role), await self._people.token(role)
            path = await owned.make(owner)
            answered = await self._ask(session, route, _bearer(stranger), path=path, body=owned.body)
            self._weigh(route, f"another {role}", answered, "403 or 404", answered.status in {403, 404})
            answered = await self._ask(session, route, _bearer(owner), path=path, body=owned.body)
            self._weigh(route, f"the {role} who owns it", answered, "to be let in", answered.status not in {401, 403, 404})

    async def _judge(
        self, session: ClientSession, route: Route, caller: str, headers: dict[str, str], *, may: bool, method: str = "", query: str = ""
    ) -> None:
        answered = await self._ask(session, route, headers, method=method, query=query)
        if may:
            fell = answered.status >= 500 and answered.status != 503
            self._weigh(route, caller, answered, "to be let in", not answered.refused_by_guard(route.permission) and not fell)
        elif method == "HEAD":
            self._weigh(route, caller, answered, "401 or 403", answered.status in {401, 403})
        else:
            self._weigh(route, caller, answered, "401, or 403 by the guard", answered.refused_by_guard(route.permission))

    def _weigh(self, route: Route, caller: str, answered: Answered, expected: str, right: bool) -> None:
        self._found.cells += 1
        if not right:
            self._found.surprises.append(Surprise(f"{route.method} {route.path}", caller, expected, str(answered)))

    async def _ask(
        self,
        session: ClientSession,
        route: Route,
        headers: dict[str, str],
        *,
        method: str = "",
        query: str = "",
        path: str = "",
        body: object = None,
    ) -> Answered:
        """Reads the head of the answer and no endless body."""
        address = f"{self._base}{path or filled(route.path, self._fill)}" + (f"?{query}" if query else "")
        upgrade = _SOCKET if is_socket(route.path) and not query else {}
        sent = {**FOREIGN_HOST, **upgrade, **headers}
        try:
            async with session.request(method or route.method, address, headers=sent, json=body, allow_redirects=False) as answer:
                words = await answer.text() if answer.status >= 400 else ""
                return Answered(answer.status, words)
        except TimeoutError:
            return Answered(0)
        except ClientError as error:
            return Answered(599, f"the connection broke: {error}")


def undeclared(application: Application, routes: Iterable[Route]) -> list[str]:
    """Addresses of the application that do not come from the list, and so from behind no guard."""
    declared = {(route.method, route.path) for route in routes}
    declared |= {("HEAD", path) for method, path in declared if method == "GET"}
    found = {(route.method, route.resource.canonical) for route in application.router.routes() if route.resource is not None}
    canonical = {(method, _PARAMETER.sub(r"{\1}", path)) for method, path in declared}
    return sorted(f"{method} {path}" for method, path in found - canonical)


def filled(path: str, values: Mapping[str, str]) -> str:
    """A path with its parameters filled: by name, else by what their pattern takes. Raises ValueError where nothing fits."""

    def value(match: re.Match[str]) -> str:
        name, pattern = match[1], match[2] or "[^{}/]+"
        candidates = [values[name]] if name in values else list(_SAMPLES)
        for candidate in candidates:
            if re.fullmatch(pattern, candidate):
                return candidate
        raise ValueError(f"nothing is known that {path} takes for {name}; hand it in as fill={{{name!r}: ...}}")

    return _PARAMETER.sub(value, path)


def is_socket(path: str) -> bool:
    return path.startswith("/ws/") or path.endswith(("/ws", "/websocket"))


def _bearer(proof: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {proof}"}
