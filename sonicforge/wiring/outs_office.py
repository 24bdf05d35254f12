"""The office's side of the ways out and in: listeners counted, targets kept, DJs let in, recordings handed out. Built for one front."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from secrets import token_hex

from aiohttp.web import Request

from control.accounts.proof import Proof
from control.aircheck.routes import AircheckAddresses
from control.aircheck.shelf import Shelf
from control.api.operation import operations
from control.apikeys.key_ring import KeyRing
from control.audit.log import AuditLog
from control.database.database import Database
from control.identity.rate_limits import HouseLimits
from control.identity.request import CLIENT
from control.identity.secrets import Secrets
from control.listening.book import ListeningBook
from control.listening.countries import Countries
from control.listening.routes import ListenerAddresses
from control.live.attendance import Attendance
from control.live.callers import Callers
from control.live.djs import Djs
from control.live.routes import LiveAddresses
from control.live.service import Shows
from control.live.source_login import SourceLogin
from control.receptions.listening_post import ListeningPost
from control.targets.mirror import Mirror
from control.targets.routes import TargetAddresses
from control.targets.service import Targets
from control.targets.standing import Standings
from control.targets.whereabouts import Whereabouts, anywhere, public_only
from server.clock import Clock
from server.live.entrance import Entrance
from server.nowplaying.listeners import Listeners, Listening
from server.relay.relay import Relay
from server.route import Route
from server.rtmp.status import read_report
from sonicforge.config import Settings
from sonicforge.folders import Folders
from sonicforge.wiring.outs_metrics import OutsMetrics


@dataclass(frozen=True, slots=True)
class Ledger:
    """Who listens at this front, and what is kept of it: made before the outputs, which write it."""

    listeners: Listeners
    countries: Countries
    book: ListeningBook
    post: ListeningPost
    """Who hears the studio's takes."""


def open_ledger(settings: Settings, clock: Clock) -> Ledger:
    """[audience]. Reads the database of countries, if there is one."""
    told = settings.audience.country_database
    countries, book = Countries(Path(told).expanduser() if told else None), ListeningBook()
    post = ListeningPost(token_hex(8), clock.wall)

    def ended(listening: Listening) -> None:
        book.take(listening)
        post.left(listening)

    return Ledger(Listeners(clock.monotonic, clock.wall, countries.of, ended), countries, book, post)


def client_of(request: Request) -> str:
    """A server.nowplaying.caller.ClientOf: the address that the guard has found behind whatever proxies are trusted."""
    return request.get(CLIENT) or request.remote or ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What this needs of the rest of the house."""

    settings: Settings
    folders: Folders
    clock: Clock
    database: Database
    audit: AuditLog
    secrets: Secrets
    proof: Proof
    keys: KeyRing
    limits: HouseLimits
    relays: Mapping[str, Relay]
    entrances: Mapping[str, Entrance]
    ledger: Ledger


@dataclass(frozen=True, slots=True)
class OutsOffice:
    """What a front hangs up, hands to the ways in, and runs beside."""

    routes: list[Route]
    login: SourceLogin
    """For the source port."""
    name_of: Callers
    """For WHIP."""
    works: Mapping[str, Callable[[], Awaitable[None]]]
    metrics: OutsMetrics


def outs_office(around: Surroundings) -> OutsOffice:
    """Everything, put together; nothing runs yet."""
    attendance = Attendance(around.entrances, around.audit, around.clock.wall)
    djs = Djs(around.database, attendance.let_in)
    files = {name: around.folders.targets(name) for name in around.relays}
    mirror = Mirror(around.database, files, around.secrets.all("stream_keys"))
    ledger, keep = around.ledger, timedelta(days=around.settings.audience.keep_days)
    works: dict[str, Callable[[], Awaitable[None]]] = {
        "live sessions": attendance.run,
        "targets": mirror.run,
        "listening": partial(ledger.book.run, around.database, ledger.listeners.sweep, keep, around.clock.wall),
        "countries": ledger.countries.watch,
        "listening post": partial(ledger.post.run, around.database, around.relays, ledger.listeners),
    }
    login = SourceLogin(around.proof, around.keys, around.limits, djs, around.audit)
    metrics = OutsMetrics(ledger.book, mirror, around.relays, lambda name: read_report(around.folders.pushing(name), around.clock.wall()))
    return OutsOffice(_routes(around, mirror), login, Callers(djs), works, metrics)


def _routes(around: Surroundings, mirror: Mirror) -> list[Route]:
    targets = Targets(
        database=around.database,
        audit=around.audit,
        mirror=mirror,
        whereabouts=Whereabouts(anywhere if around.settings.rtmp.private_targets else public_only),
        secrets=around.secrets.all("stream_keys"),
        stations=around.relays.keys(),
        wall=around.clock.wall,
    )
    shows = Shows(around.relays, around.entrances, around.audit)
    shelf = Shelf(lambda station: around.folders.aircheck / station)
    return [
        *operations(TargetAddresses(targets, Standings(around.folders.pushing, around.clock.wall))),
        *operations(LiveAddresses(shows, around.relays)),
        *operations(ListenerAddresses(around.relays.keys(), around.ledger.listeners, around.ledger.countries)),
        *operations(AircheckAddresses(shelf, around.relays.keys())),
    ]
