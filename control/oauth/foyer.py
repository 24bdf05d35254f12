"""The foyer: all of this slice, put together from what it needs. The roof makes one for each process that serves people."""

from collections.abc import Callable, Mapping, Sequence

from control.accounts.factors.factors import Factors
from control.accounts.sessions.sessions import Sessions
from control.api.operation import operations
from control.audit.log import AuditLog
from control.database.database import Database
from control.kv.kv import Kv
from control.oauth.arrivals import Arrivals
from control.oauth.counterpart import Outbound
from control.oauth.half_way import HalfWay
from control.oauth.journey import Journeys
from control.oauth.linking import Linking
from control.oauth.provider import Client, Provider, ProviderName, github, google, spotify
from control.oauth.routes import Connections, OAuthAddresses
from server.route import Route

HOUSES: Mapping[ProviderName, Callable[[Client], Provider]] = {
    ProviderName.GOOGLE: google,
    ProviderName.GITHUB: github,
    ProviderName.SPOTIFY: spotify,
}


def set_up(clients: Mapping[str, tuple[str, str]]) -> list[Provider]:
    """The providers for which the operator has an id and a secret, from their names: {"google": (id, secret)}."""
    return [house(Client(*clients[name])) for name, house in HOUSES.items() if all(clients.get(name, ("", "")))]


class Foyer:
    """Where people come in from other houses. `origin` is where browsers see the station; `wall` tells UNIX seconds."""

    def __init__(
        self,
        providers: Sequence[Provider],
        outbound: Outbound,
        origin: str,
        database: Database,
        kv: Kv,
        audit: AuditLog,
        sessions: Sessions,
        factors: Factors,
        connections: Connections,
        wall: Callable[[], float],
    ) -> None:
        self._linking = Linking(database, audit, wall)
        journeys, half_way = Journeys(kv), HalfWay(kv)
        self._arrivals = Arrivals(providers, outbound, origin, journeys, half_way, self._linking, database, sessions, factors, audit, wall)
        self._connections = connections

    def routes(self) -> list[Route]:
        """/api/v1/auth/oauth."""
        return operations(OAuthAddresses(self._arrivals, self._linking, self._connections))
