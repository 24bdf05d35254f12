"""A small house behind a real gatehouse, on a real socket: for tests of what is let in."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request, Response, StreamResponse

from control.api.problems import clear_refusals
from control.errors import DatabaseAway, Forbidden, Unauthenticated
from control.identity.gatehouse import Gatehouse, SecurityPolicy
from control.identity.request import CLIENT, PRINCIPAL
from control.identity.tokens import Tokens
from control.kv.memory import MemoryKv
from control.permissions import GRANTS, PUBLIC, Permission, Role
from control.principal import Means, Principal
from control.tiers import Tier
from server.door.answers import clear_answers
from server.route import Route, add_routes

SECRET = bytes(range(32))


@dataclass
class Watch:
    """A clock that stands still until it is told otherwise."""

    now: float = 1_800_000_000.0

    def wall(self) -> float:
        return self.now


@dataclass
class KeyCabinet:
    """API keys; one address is refused, and the database can be away."""

    kept: dict[str, Principal] = field(default_factory=dict)
    away: bool = False
    refused_address: str = ""

    async def principal(self, presented: str, client: str) -> Principal:
        if self.away:
            raise DatabaseAway(retry_after_seconds=2.0)
        if client == self.refused_address:
            raise Forbidden("Not from there.")
        if presented not in self.kept:
            raise Unauthenticated
        return self.kept[presented]


@dataclass
class House:
    """An application behind its gatehouse."""

    client: TestClient[Request, Application]
    gatehouse: Gatehouse
    tokens: Tokens
    keys: KeyCabinet
    kv: MemoryKv
    watch: Watch

    def token(self, role: Role, account_id: UUID | None = None, session_id: UUID | None = None) -> str:
        """A fresh one."""
        principal = Principal(Means.TOKEN, GRANTS[role], account_id or uuid4(), role, Tier.FREE, session_id or uuid4())
        return self.tokens.mint(principal, self.watch.now)

    def bearer(self, role: Role) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(role)}"}

    def key(self, role: Role, scopes: Iterable[Permission]) -> str:
        """A fresh one with these scopes of the role's."""
        presented = f"sf_{uuid4().hex}"
        self.keys.kept[presented] = Principal(Means.KEY, GRANTS[role] & frozenset(scopes), uuid4(), role, Tier.PRO, key_id=uuid4())
        return presented


async def who(request: Request) -> StreamResponse:
    """Says what the guard left."""
    principal = request[PRINCIPAL]
    return Response(text=f"{principal.means} {principal.role or 'nobody'} {request[CLIENT]}")


ROUTES = (
    Route("GET", "/public", PUBLIC, who),
    Route("POST", "/public", PUBLIC, who),
    Route("GET", "/metrics", Permission.HOUSE_METRICS_READ, who),
    Route("GET", "/api/v1/me", Permission.OWN_ACCOUNT_READ, who),
    Route("POST", "/api/v1/skip", Permission.STATION_CONTROL_SKIP, who),
    Route("GET", "/api/v1/audit", Permission.HOUSE_AUDIT_EXPORT, who),
)


@asynccontextmanager
async def open_house(
    routes: Iterable[Route] = ROUTES,
    policy: SecurityPolicy | None = None,
    more: Callable[[Gatehouse, Watch], Iterable[Route]] = lambda *_: (),
) -> AsyncIterator[House]:
    """Serves the routes, and `more` that need the gatehouse; ends with the context."""
    watch, kv, keys, tokens = Watch(), MemoryKv(), KeyCabinet(), Tokens(SECRET)
    gatehouse = Gatehouse(policy or SecurityPolicy(), tokens, keys, kv, watch.wall)
    application = Application(middlewares=[clear_answers, clear_refusals])
    gatehouse.hang_into(application)
    add_routes(application, [*routes, *more(gatehouse, watch)], gatehouse.guard)
    async with TestClient(TestServer(application)) as client:
        yield House(client, gatehouse, tokens, keys, kv, watch)
    await kv.close()
