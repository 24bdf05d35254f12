"""An office of cardboard for the pages: real stream control and a real library before an obedient station; the front desk is fake.

Run it to look at the pages: `python -m tests.web.fake_office 8101`, then log in as dj@example.org with the password `open sesame`.
"""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final

from aiohttp.web import Application, AppRunner, Request, Response, StreamResponse, TCPSite, json_response

from control.accounts.refusals import LinkSpent, SecondFactorNeeded
from control.api.operation import operations
from control.api.problems import clear_refusals
from control.database.database import Database
from control.errors import Forbidden, Unauthenticated
from control.identity.request import CLIENT, PRINCIPAL
from control.kv.memory import MemoryKv
from control.library import repository
from control.library.library import Library
from control.library.routes import LibraryRoutes
from control.library.shown import Shown
from control.library.uploads import Uploads
from control.permissions import GRANTS, PUBLIC, Permission, Role
from control.principal import ANONYMOUS
from control.stations.desk import Desk
from control.stations.routes import StreamControl
from dsp.hearing import Tempo
from server.catalogue.catalogue import Catalogue
from server.clock import SystemClock
from server.door.answers import clear_answers
from server.intake.intake import Intake
from server.nowplaying.cover import cover
from server.nowplaying.listeners import Listeners
from server.route import Endpoint, Route, add_routes
from server.track import Track
from tests.control.library.shelf import track_of
from tests.control.postgres import fresh_database
from tests.control.stations.obedient import Ledger, ObedientStation, person
from tests.hearings import a_hearing
from tests.web.fake_hall import FakeHall
from tests.web.fake_outs import FakeOuts
from tests.web.fake_studio import FakeStudio
from web.assets import Assets
from web.live import Live
from web.pages import Door, hang_templates, routes
from web.panels import panel_routes
from web.sign_in import sign_in_routes

PASSWORD: Final = "open sesame"
CODE: Final = "123456"
COOKIE: Final = "sonicforge_refresh"
LARGEST_BYTES: Final = 3_000_000
HEARD: Final = {
    "Paper Lanterns": a_hearing(1, tempo=Tempo(140.0, 0.9, ()), energy=0.31),
    "Copper Rain": a_hearing(2),
}
"""What the ears said of those they have come to."""
TITLES: Final = ("Paper Lanterns", "Copper Rain", "Dämmerung", "Slow <b>Harbour</b>", "Glass Meadow", "Ember")


@dataclass
class FrontDesk:
    """Logs people in as the API does. Their address is their role; a role in `factors` must show a code."""

    factors: set[Role] = field(default_factory=set)
    tokens: dict[str, Role] = field(default_factory=dict)
    logins: dict[str, Role] = field(default_factory=dict)
    """Refresh token -> role."""
    ended: list[str] = field(default_factory=list)
    set_up: list[dict[str, str]] = field(default_factory=list)
    refreshes: int = 0
    _refuse_late: bool = False
    _shown: asyncio.Event = field(default_factory=asyncio.Event)
    """A token that holds has been shown since the last ones grew old."""
    _numbers: Any = field(default_factory=lambda: count(1))

    def routes(self) -> list[Route]:
        base = "/api/v1/auth"
        return [
            Route("POST", f"{base}/login", PUBLIC, self.login),
            Route("POST", f"{base}/refresh", PUBLIC, self.refresh),
            Route("POST", f"{base}/logout", PUBLIC, self.logout),
            Route("POST", f"{base}/setup", PUBLIC, self.setup),
            Route("GET", f"{base}/me", Permission.OWN_ACCOUNT_READ, self.me),
            Route("GET", f"{base}/sessions", Permission.OWN_SESSIONS_READ, self.sessions),
            Route("DELETE", f"{base}/sessions/{{id}}", Permission.OWN_SESSIONS_KILL, self.end),
        ]

    def guard(self, permission: str, endpoint: Endpoint) -> Endpoint:
        async def guarded(request: Request) -> StreamResponse:
            token = request.headers.get("Authorization", "").removeprefix("Bearer ") or request.query.get("ticket", "")
            role = self.tokens.get(token)
            request[PRINCIPAL] = person(role) if role else ANONYMOUS
            request[CLIENT] = "192.0.2.1"
            if role:
                self._shown.set()
            if permission != PUBLIC and role is None:
                await self._before_refusing()
                raise Unauthenticated
            if permission != PUBLIC and not request[PRINCIPAL].may(Permission(permission)):
                raise Forbidden
            if request.method != "GET" and "X-Requested-With" not in request.headers:
                raise Forbidden("A page of another house may not do that.")
            return await endpoint(request)

        return guarded

    def expire(self, *, one_hears_late: bool = False) -> None:
        """All access tokens are too old from now on; the logins go on. The first that is refused may hear of it when another has come back
        with a fresh one."""
        self.tokens.clear()
        self._refuse_late = one_hears_late
        self._shown.clear()

    async def _before_refusing(self) -> None:
        if self._refuse_late:
            self._refuse_late = False
            await self._shown.wait()

    async def login(self, request: Request) -> StreamResponse:
        sent = await request.json()
        role = next((role for role in Role if sent["email"] == f"{role.value}@example.org"), None)
        if role is None or sent["password"] != PASSWORD:
            raise Unauthenticated("The address or the password is wrong.")
        if role in self.factors and sent.get("code") != CODE:
            raise SecondFactorNeeded
        return self._opened(role)

    async def refresh(self, request: Request) -> StreamResponse:
        self.refreshes += 1
        role = self.logins.pop(request.cookies.get(COOKIE, ""), None)
        if role is None:
            raise Unauthenticated
        return self._opened(role)

    async def logout(self, request: Request) -> StreamResponse:
        self.logins.pop(request.cookies.get(COOKIE, ""), None)
        response = Response(status=204)
        response.del_cookie(COOKIE)
        return response

    async def setup(self, request: Request) -> StreamResponse:
        sent = await request.json()
        if sent["token"] != "once":
            raise LinkSpent
        self.set_up.append(sent)
        return Response(status=204)

    async def me(self, request: Request) -> StreamResponse:
        role = request[PRINCIPAL].role
        assert role is not None
        permissions = sorted(permission.value for permission in GRANTS[role])
        return json_response({"id": "1", "email": f"{role}@example.org", "name": "", "role": role, "permissions": permissions})

    async def sessions(self, request: Request) -> StreamResponse:  # noqa: ARG002
        one = {"client": "192.0.2.1", "last_used_at": "2026-01-01T12:00:00Z"}
        phones = [] if "phone" in self.ended else [{**one, "id": "phone", "device": "A phone", "current": False}]
        return json_response({"items": [{**one, "id": "this", "device": "This browser", "current": True}, *phones]})

    async def end(self, request: Request) -> StreamResponse:
        self.ended.append(request.match_info["id"])
        return Response(status=204)

    def _opened(self, role: Role) -> StreamResponse:
        number = next(self._numbers)
        self.tokens[f"access-{number}"] = role
        self.logins[f"refresh-{number}"] = role
        response = json_response({"access_token": f"access-{number}", "token_type": "Bearer", "expires_in": 900, "refresh_token": None})
        response.set_cookie(COOKIE, f"refresh-{number}", httponly=True, samesite="Strict", path="/")
        return response


@dataclass(frozen=True, slots=True)
class FakeOffice:
    """It listens on `base` while its context is open."""

    base: str
    desk: FrontDesk
    station: ObedientStation
    database: Database
    ledger: Ledger
    outs: FakeOuts
    hall: FakeHall
    studio: FakeStudio


@asynccontextmanager
async def fake_office(port: int = 0) -> AsyncIterator[FakeOffice]:
    """Opens it on a loopback port; 0 chooses one."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(fresh_database())
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fake-office-")))
        catalogue, uploads = Catalogue(root / "catalogue"), root / "uploads"
        await asyncio.to_thread(_fill, catalogue, uploads)
        await repository.follow(database, [_track(title) for title in TITLES])
        for role in Role:
            sql = "INSERT INTO accounts (id, email, role, state) VALUES ($1, $2, $3, 'active')"
            await database.execute(sql, person(role).account_id, f"{role.value}@example.org", role.value)
        watching = Catalogue(root / "catalogue")

        def find(track_id: str) -> Track | None:
            watching.refresh()
            return watching.airable(track_id)

        station, ledger, front, outs = ObedientStation(find), Ledger(), FrontDesk(), FakeOuts()
        hall = FakeHall(station)
        stack.push_async_callback(hall.calls.close)
        studio = FakeStudio(database, station, sounds=root)
        desk = Desk({"main": station}, ledger)
        sending = Uploads(database, Catalogue(root / "catalogue"), Intake([uploads]), uploads, LARGEST_BYTES, SystemClock())
        library = Library(database, Catalogue(root / "catalogue"), ledger)
        doors, live, assets = [Door("main", "Night Signal")], Live({"main": station}), Assets()
        application = Application(middlewares=[clear_answers, clear_refusals], client_max_size=1_000_000)
        hang_templates(application)
        everything = [
            *operations(StreamControl(desk, Listeners())),
            *operations(LibraryRoutes(library, Shown(library, MemoryKv()), sending, desk, ["main"])),
            *front.routes(),
            *outs.routes(),
            *hall.routes(),
            *studio.routes(),
            *routes(doors, assets),
            *panel_routes(doors, assets),
            *sign_in_routes(assets),
            *live.routes(),
            Route("GET", "/api/station/{station}/art/{track_id}", PUBLIC, _art),
        ]
        add_routes(application, everything, front.guard)
        runner = AppRunner(application, shutdown_timeout=1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        stack.push_async_callback(live.close)
        stack.push_async_callback(studio.sockets.close)
        await TCPSite(runner, "127.0.0.1", port).start()
        beside = [asyncio.create_task(_tick(station)), asyncio.create_task(studio.feed.run())]
        try:
            yield FakeOffice(f"http://127.0.0.1:{runner.addresses[0][1]}", front, station, database, ledger, outs, hall, studio)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)


def _fill(catalogue: Catalogue, uploads: Path) -> None:
    uploads.mkdir()
    for title in TITLES:
        catalogue.put(_track(title))


def _track(title: str) -> Track:
    return track_of(title, artist="Vera Holm", hearing=HEARD.get(title))


async def _art(request: Request) -> StreamResponse:
    return Response(body=cover(request.match_info["track_id"]), content_type="image/svg+xml")


async def _tick(station: ObedientStation) -> None:
    while True:
        station.tick()
        await asyncio.sleep(1 / 30)


async def _look() -> None:
    async with fake_office(int(sys.argv[1])) as office:
        print(f"{office.base}/dj/main", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(_look())
