"""The composer, put together: profiles, language models with their keys and budget, memory, plan. Called within a running loop."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

import structlog
from yarl import URL

from control.composing.composing import Composing, Desk, Parts
from control.composing.house_trends import HouseTrends
from control.composing.ledger import Database, PostgresLedger
from control.composing.memory import PostgresMemory
from control.composing.moment import Moments
from control.composing.outside import Outside, own_network
from control.composing.plan import Plan, Planned
from control.identity.secrets import UnfitSecret
from control.outbound.http import PORTS, OutboundHttp
from control.receptions.crediting import CountsVotes, Crediting
from generation.bandit.arm import Arm
from generation.composer.composer import Composer
from generation.composer.profile import Profile
from generation.composer.shelf import Shelf
from generation.composer.trends import Trends
from generation.llm.batch_client import BatchClient
from generation.llm.client import Limits, LlmClient
from generation.llm.ledger import CountingLedger
from generation.llm.provider import Batching, Provider
from server.clock import Clock, SystemClock
from sonicforge.config import Settings
from sonicforge.wiring.house import vault_secrets
from sonicforge.wiring.models import fields_of, price_of, providers_of

logger = structlog.get_logger()


async def open_composing(settings: Settings, database: Database, clock: Clock | None = None, votes: CountsVotes | None = None) -> Composing:
    """On the running loop; whoever opens it awaits its `run` and then its `close`. Raises InvalidBrief for a profile that is none.

    A Vault that does not answer costs the providers whose keys stand there, not the station.
    """
    clock = clock or SystemClock()
    providers = await _providers(settings)
    ledger = CountingLedger(PostgresLedger(database))
    outside = OutboundHttp(own_network(providers), ports=_ports(providers))
    memory = PostgresMemory(database, settings.composer.memory_votes)
    zone = _zone(settings)
    moments = Moments(database, memory, Trends(HouseTrends(database), clock.monotonic), zone, clock.wall)
    limits = Limits(settings.llm.budget_microdollars, settings.llm.seconds)
    client = LlmClient(providers, Outside(outside), ledger, clock.monotonic, clock.wall, limits) if providers else None
    planned = {name: Planned(profile_of(name, settings), Shelf(clock.wall)) for name in settings.stations}
    desks = {
        name: Desk(
            Composer(one.profile, memory, client, one.shelf, settings.composer.exploration),
            Composer(one.profile, _Nothing()),
        )
        for name, one in planned.items()
    }
    batching = next((one for one in providers if one.batching is not Batching.NONE), None)
    plan = None
    if batching is not None and settings.composer.plan_hours:
        handing = BatchClient(batching, Outside(outside), ledger, clock.wall, settings.llm.budget_microdollars)
        plan = Plan(database, handing, ledger, planned, moments, zone, clock.wall, settings.composer.plan_hours)
    parts = Parts(
        database=database,
        memory=memory,
        moments=moments,
        crediting=Crediting(database, memory, votes),
        ledger=ledger,
        budget_microdollars=settings.llm.budget_microdollars,
        client=client,
        plan=plan,
        close=outside.close,
    )
    return Composing(desks, parts, clock.wall, settings.composer.ideas_at_once)


def profile_of(name: str, settings: Settings) -> Profile:
    """A station's. Raises InvalidBrief."""
    station = settings.stations[name]
    return Profile(
        station=name,
        genres=tuple((genre, station.composer.shares.get(genre, 1.0)) for genre in station.studio_genres),
        seed=_seed(name, station.studio_seed),
        moods=" ".join(station.composer.moods),
        seconds=(settings.studio.min_seconds, settings.studio.max_seconds),
        follows_the_clock=station.composer.follows_the_clock,
    )


class _Nothing:
    """A memory that knows nothing, for when all else fails."""

    async def arms(self, station: str, genre: str) -> Mapping[str, Arm]:  # noqa: ARG002
        return {}


async def _providers(settings: Settings) -> list[Provider]:
    fields, kept = fields_of(settings), dict[str, str]()
    if fields and settings.secrets.vault_url:
        try:
            kept = await vault_secrets(settings, fields)
        except UnfitSecret as fault:
            logger.warning("keys of language models cannot be read from Vault", reason=str(fault))
    usable, unusable = providers_of(settings, kept)
    for one in unusable:
        logger.warning("a language model cannot be asked", provider=one.name, reason=one.why)
    for provider in usable:
        logger.info("a language model may be asked", provider=provider.name, model=provider.model, price=price_of(provider))
    return usable


def _ports(providers: list[Provider]) -> set[int]:
    """Those that the operator has named himself, beside the usual."""
    return {*PORTS, *(port for one in providers if (port := URL(one.url).port))}


def _zone(settings: Settings) -> tzinfo:
    return UTC if settings.composer.timezone == "UTC" else ZoneInfo(settings.composer.timezone)


def _seed(name: str, seed: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{name}/{seed}".encode()).digest()[:8]) >> 1
