"""A real office with the three other houses set up, and a browser that goes to and fro by hand."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from aiohttp import ClientResponse, ClientSession, DummyCookieJar
from yarl import URL

from control.accounts.factors.factors import Factors
from control.accounts.sessions.sessions import Sessions
from control.accounts.throttle import Throttle
from control.identity.second_factor import SecondFactor
from control.oauth.foyer import Foyer
from control.oauth.provider import ProviderName
from control.outbound.http import OutboundHttp
from server.route import Route
from tests.control.admin.office import AJAX, PEPPER, Office, Person, Watch, open_office
from tests.control.oauth.provider import OtherHouse, open_house

ORIGIN = "http://radio.example"
BASE = "/api/v1/auth/oauth"


@dataclass
class Browser:
    """Has cookies, and follows nothing by itself."""

    station: "Station"
    cookies: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str) -> ClientResponse:
        return await self._send("GET", path, {})

    async def post(self, path: str, json: object, headers: dict[str, str] | None = None) -> ClientResponse:
        return await self._send("POST", path, headers or AJAX, json)

    async def away(self, address: str) -> str:
        """Goes to the other house and comes back with an address of ours, below its origin."""
        async with self.station.net.get(address, allow_redirects=False) as answer:
            assert answer.status == 302, await answer.text()
            location = URL(answer.headers["Location"], encoded=True)
        assert str(location).startswith(f"{ORIGIN}/"), location
        return location.raw_path_qs

    async def log_in(self, provider: str, return_to: str = "/") -> ClientResponse:
        """The whole way there and back."""
        started = await self.get(f"{BASE}/{provider}/start?return_to={return_to}")
        assert started.status == 302, await started.text()
        return await self.get(await self.away(started.headers["Location"]))

    async def link(self, provider: str, person: Person) -> ClientResponse:
        """The whole way there and back, for somebody who is logged in."""
        began = await self.post(f"{BASE}/{provider}/link", {"return_to": "/account"}, person.headers)
        assert began.status == 200, await began.text()
        return await self.get(await self.away((await began.json())["address"]))

    async def _send(self, method: str, path: str, headers: dict[str, str], json: object = None) -> ClientResponse:
        sent = {**headers, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        answer = await self.station.net.request(
            method, self.station.office.client.make_url(path), headers=sent, json=json, allow_redirects=False
        )
        for name, morsel in answer.cookies.items():
            if morsel["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value
        return answer


@dataclass
class Station:
    """An office, the other houses, and what stands between them."""

    office: Office
    house: OtherHouse
    factors: Factors
    net: ClientSession
    """Keeps no cookies: each browser has its own."""

    def browser(self) -> Browser:
        return Browser(self)

    async def links(self) -> list[tuple[str, str, UUID]]:
        rows = await self.office.database.fetch("SELECT provider, subject, account_id FROM oauth_links ORDER BY provider, subject")
        return [tuple(row) for row in rows]

    async def accounts(self) -> int:
        found: int = await self.office.database.fetch_value("SELECT count(*) FROM accounts")
        return found


@asynccontextmanager
async def open_station(providers: Sequence[ProviderName] = tuple(ProviderName)) -> AsyncIterator[Station]:
    """Ends with the context."""
    watch = Watch()
    redirects = {f"{ORIGIN}{BASE}/{name}/callback" for name in ProviderName}
    async with open_house(watch.wall, redirects) as house:
        outbound = OutboundHttp(allow_private=(URL(house.url).authority,))
        made: list[Factors] = []

        def routes(office: Office) -> Sequence[Route]:
            limits = Throttle(office.kv)
            sessions = Sessions(office.database, office.audit, office.tokens, office.gatehouse.revocations, limits, office.watch.wall)
            second_factor = SecondFactor(PEPPER)
            factors = Factors(office.database, office.audit, sessions, second_factor, limits, office.watch.wall)
            known = {ProviderName.GOOGLE: house.google(), ProviderName.GITHUB: house.github(), ProviderName.SPOTIFY: house.spotify()}
            foyer = Foyer(
                [known[name] for name in providers],
                outbound,
                ORIGIN,
                office.database,
                office.kv,
                office.audit,
                sessions,
                factors,
                office.gatehouse.clients,
                office.watch.wall,
            )
            made.append(factors)
            return foyer.routes()

        async with open_office([routes]) as office, ClientSession(cookie_jar=DummyCookieJar()) as net:
            yield Station(office, house, made[0], net)
        await outbound.close()
