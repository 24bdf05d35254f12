"""The office of one front, put together: data, identity, the API and what goes on beside it.

It opens at once, whether its database is there or not: until PostgreSQL answers, addresses that need it answer 503 and the air goes on.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from control.accounts.reception import Reception
from control.accounts.reception import Surroundings as ReceptionSurroundings
from control.accounts.throttle import Throttle
from control.admin.administration import Administration
from control.analysis.routes import AnalysisRoutes
from control.api.idempotency import once
from control.api.limiting import limited
from control.api.operation import operations
from control.api.repository import IdempotentRequests
from control.apikeys.cabinet import KeyCabinet
from control.audit.log import AuditLog
from control.audit.spool import Spool
from control.composing.routes import ComposerAddresses
from control.database.database import Database, open_database
from control.errors import DatabaseAway
from control.identity.gatehouse import Gatehouse
from control.identity.passwords import Passwords
from control.identity.second_factor import SecondFactor
from control.identity.secrets import Secrets
from control.identity.ticket_routes import TicketRoutes
from control.identity.tokens import Tokens
from control.jobs.routes import JobAddresses
from control.jobs.service import Jobs
from control.kv.kv import Kv
from control.kv.opening import open_kv
from control.library.library import Library
from control.library.routes import LibraryRoutes
from control.library.shown import Shown
from control.library.uploads import Uploads
from control.likeness.routes import LikenessRoutes
from control.mail.postbox import Postbox
from control.oauth.foyer import Foyer
from control.outbound.http import OutboundHttp
from control.stations.desk import Desk
from control.stations.mastering_routes import MasteringControl
from control.stations.routes import StreamControl
from server.catalogue.catalogue import Catalogue
from server.clock import Clock, SystemClock
from server.door.parts import Part
from server.intake.intake import Intake
from server.live.entrance import Entrance
from server.nowplaying.listeners import Listeners
from server.relay.relay import Relay
from server.route import Route
from sonicforge.config import Settings
from sonicforge.folders import Folders
from sonicforge.studio_report import read_report
from sonicforge.wiring.house import base_url
from sonicforge.wiring.house_metrics import HouseMetrics
from sonicforge.wiring.house_parts import HouseParts
from sonicforge.wiring.kept_tasks import kept_tasks
from sonicforge.wiring.links import house_rates, kv_link, oauth_providers, security_policy, sender
from sonicforge.wiring.media import media_policy
from sonicforge.wiring.outs_office import Ledger, OutsOffice, Surroundings, outs_office
from sonicforge.wiring.pipeline import PipelineFront, pipeline_front
from sonicforge.wiring.postgres import database_link
from sonicforge.wiring.studio_part import studio_part

FORGET_SECONDS: Final = 3_600.0


@dataclass(frozen=True, slots=True)
class Office:
    """What a front hangs up."""

    gatehouse: Gatehouse
    routes: list[Route]
    parts: HouseParts
    metrics: HouseMetrics
    outs: OutsOffice
    pipeline: PipelineFront


@dataclass(frozen=True, slots=True)
class _Ground:
    """What every slice of the office stands on."""

    settings: Settings
    folders: Folders
    clock: Clock
    database: Database
    kv: Kv
    audit: AuditLog


@asynccontextmanager
async def open_office(
    settings: Settings, folders: Folders, secrets: Secrets, relays: Mapping[str, Relay], entrances: Mapping[str, Entrance], ledger: Ledger
) -> AsyncIterator[Office]:
    """Open for the length of the block."""
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        database = await open_database(database_link(settings, folders, "front"))
        stack.push_async_callback(database.close)
        kv = await open_kv(kv_link(settings))
        stack.push_async_callback(kv.close)
        passwords = Passwords()
        stack.push_async_callback(passwords.close)
        outbound = OutboundHttp()
        stack.push_async_callback(outbound.close)
        audit = AuditLog(database, Spool(folders.audit), clock.wall)
        ground = _Ground(settings, folders, clock, database, kv, audit)
        tokens = Tokens(*secrets.all("jwt"))
        cabinet = KeyCabinet(database, kv, audit, secrets.get("pepper"), clock.wall)
        gatehouse = Gatehouse(security_policy(settings), tokens, cabinet.ring, kv, clock.wall)
        postbox = Postbox(sender(settings))
        reception = Reception(
            ReceptionSurroundings(
                database=database,
                audit=audit,
                tokens=tokens,
                passwords=passwords,
                second_factor=SecondFactor(secrets.get("pepper")),
                revocations=gatehouse.revocations,
                limits=Throttle(kv),
                postbox=postbox,
                connections=gatehouse.clients,
                base=base_url(settings),
                wall=clock.wall,
            )
        )
        administration = Administration(
            database, kv, audit, reception.roster, cabinet.ring, house_rates(settings), gatehouse.limits, clock.wall
        )
        outs = outs_office(
            Surroundings(
                settings=settings,
                folders=folders,
                clock=clock,
                database=database,
                audit=audit,
                secrets=secrets,
                proof=reception.proof,
                keys=cabinet.ring,
                limits=gatehouse.limits,
                relays=relays,
                entrances=entrances,
                ledger=ledger,
            )
        )
        jobs, answers = Jobs(database, audit), IdempotentRequests(database)
        pipeline = pipeline_front(settings, folders, database, jobs, relays, clock)
        routes = [
            *reception.routes(),
            *_foyer(ground, reception, gatehouse, outbound).routes(),
            *operations(TicketRoutes(gatehouse.tickets, clock.wall)),
            *cabinet.routes(),
            *administration.routes(),
            *operations(JobAddresses(jobs)),
            *_programme_routes(ground, relays, ledger.listeners, jobs),
            *outs.routes,
            *pipeline.routes,
            *operations(ComposerAddresses(database, relays.keys(), settings.llm.budget_microdollars, clock.wall)),
        ]
        works: dict[str, Callable[[], Awaitable[None]]] = {
            "audit": audit.run,
            "api keys": cabinet.run,
            "limits": administration.run,
            "post": postbox.run,
            "reception": reception.run,
            "kept answers": partial(_forget, answers),
            **outs.works,
            **pipeline.works,
        }
        await stack.enter_async_context(kept_tasks(works))
        parts = HouseParts(folders.root, database, kv, jobs, partial(_studio_part, settings, folders), clock.monotonic)
        yield Office(gatehouse, limited(once(routes, answers), kv), parts, HouseMetrics(database, kv, audit), outs, pipeline)


def _studio_part(settings: Settings, folders: Folders) -> Part:
    return studio_part(read_report(folders.studio_report, SystemClock().wall()), enabled=settings.studio.enabled)


async def _forget(answers: IdempotentRequests) -> None:
    """Lets answers go that nobody may ask for again, until cancelled."""
    while True:
        with suppress(DatabaseAway):
            await answers.forget()
        await asyncio.sleep(FORGET_SECONDS)


def _foyer(ground: _Ground, reception: Reception, gatehouse: Gatehouse, outbound: OutboundHttp) -> Foyer:
    """Logging in by other houses."""
    return Foyer(
        providers=oauth_providers(ground.settings),
        outbound=outbound,
        origin=base_url(ground.settings),
        database=ground.database,
        kv=ground.kv,
        audit=ground.audit,
        sessions=reception.sessions,
        factors=reception.factors,
        connections=gatehouse.clients,
        wall=ground.clock.wall,
    )


def _programme_routes(ground: _Ground, relays: Mapping[str, Relay], listeners: Listeners, jobs: Jobs) -> list[Route]:
    """The stations' desks and the library."""
    settings, folders = ground.settings, ground.folders
    desk = Desk(relays, ground.audit)
    policy = media_policy(settings)
    intake = Intake([folders.uploads], policy)
    uploads = Uploads(ground.database, Catalogue(folders.catalogue), intake, folders.uploads, policy.largest_bytes, ground.clock)
    library = Library(ground.database, Catalogue(folders.catalogue), ground.audit)
    return [
        *operations(StreamControl(desk, listeners)),
        *operations(MasteringControl(desk)),
        *operations(LibraryRoutes(library, Shown(library, ground.kv), uploads, desk, list(relays))),
        *operations(LikenessRoutes(ground.database, library)),
        *operations(AnalysisRoutes(jobs, library, folders.uploads, policy.largest_bytes)),
    ]
