"""A station that obeys: a relay of cardboard whose engine keeps a queue by the real rules, and can be away. And a door to ask it by."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID, uuid5

import msgspec
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request, StreamResponse

from control.api.problems import clear_refusals
from control.errors import Forbidden, Unauthenticated
from control.identity.request import CLIENT, PRINCIPAL
from control.permissions import PUBLIC, Permission, Role
from control.principal import ANONYMOUS, Principal, of_role
from control.tiers import Tier
from dsp.presets import PRESETS, RADIO
from dsp.settings import MasteringSettings
from server.commands import Answer, Command, Cue, Done, Master, Refused, Remove, Reorder, Skip, Start, Stop, Veto
from server.console.console import PROGRAMME_LUFS, Console, ConsoleError, Setting
from server.door.answers import clear_answers
from server.insert.plug_in import InsertStanding, InsertState
from server.programme.queue import Queue, QueueError
from server.relay.relay import EngineAway
from server.route import Endpoint, Route, add_routes
from server.track import Airing, Entry, Reason, Track
from server.wire.wire import LiveStanding, MasteringStanding, NowPlaying, PresetTold
from tests.web.fake_station import FakeRelay

PEOPLE = UUID("00000000-0000-0000-0000-00000000da7a")


class DeafMaster:
    """Mastering that makes no sound."""

    def change(self, settings: MasteringSettings) -> None:
        assert settings.programme_lufs == PROGRAMME_LUFS


def standing_of(settings: MasteringSettings, setting: Setting | None = None) -> MasteringStanding:
    """As an engine tells it; of a station with one plug-in."""
    setting = setting or Setting("radio", settings)
    presets = [PresetTold(preset.name, preset.why) for preset in PRESETS.values()]
    insert = InsertStanding(InsertState.IN if setting.insert else InsertState.DRY, ("Reverb",), "", 1, 0, 1_680)
    return MasteringStanding(0, setting.preset, setting.changed, settings.to_table(), presets, insert, setting.insert)


class ObedientStation(FakeRelay):
    """Airs one long song after the other; commands change what comes next."""

    def __init__(self, find: Callable[[str], Track | None], station: str = "main", seconds: float = 600.0) -> None:
        self.station = station
        self.queue = Queue()
        self.vetoes: set[str] = set()
        self.asked: list[Command] = []
        self.live: LiveStanding | None = None
        self.mastering: MasteringStanding | None = standing_of(RADIO)
        self.away = False
        self.connected = True
        self.filling = False
        self._find = find
        self._answers: dict[str, Answer] = {}
        self._numbers = count(1)
        self._planned: list[Entry] = []
        self._console = Console(DeafMaster(), lambda: PRESETS, Setting("radio", RADIO))
        super().__init__(station, "Night Signal", seconds)

    def wall_of(self, position: int) -> float:
        return self.epoch.wall_of(position)

    def change(self, on_air: NowPlaying) -> None:
        self._planned = [entry for entry in on_air.upcoming if entry.reason is not Reason.QUEUE]
        super().change(msgspec.structs.replace(on_air, upcoming=[*self.queue.entries, *self._planned]))

    async def ask(self, command: Command) -> Answer:
        if self.away:
            raise EngineAway("The engine of station main has not answered within 2 s.")
        self.asked.append(command)
        if command.id not in self._answers:
            try:
                self._answers[command.id] = Done(command.id, self.position_now(), self._obey(command))
            except (QueueError, ConsoleError) as refusal:
                self._answers[command.id] = Refused(command.id, str(refusal))
            assert self.on_air is not None
            self.change(self.on_air)
        return self._answers[command.id]

    @property
    def airing(self) -> Airing:
        assert self.on_air is not None
        return self.on_air.airing

    def air(self, entry: Entry) -> None:
        """`entry` begins now."""
        assert self.on_air is not None
        now = self.position_now()
        turn = Airing(entry, now, now + int(self.seconds * 48_000))
        self.on_air = msgspec.structs.replace(self.on_air, position=now, airing=turn, history=[self.airing, *self.on_air.history])

    def _obey(self, command: Command) -> str | None:
        match command:
            case Skip(entry_id=entry_id):
                if entry_id not in (None, self.airing.entry.id):
                    raise QueueError(f"the entry {entry_id} is not on air")
                ended = self.airing.entry.id
                self._next()
                return ended
            case Cue(track_id=track_id, index=index):
                track = self._find(track_id)
                if track is None:
                    raise QueueError(f"the catalogue has no track {track_id}")
                entry = Entry(f"q-{next(self._numbers)}", track, Reason.QUEUE)
                self.queue = self.queue.cue(entry, index)
                return entry.id
            case Remove(entry_id=entry_id):
                self.queue = self.queue.remove(entry_id)
                return entry_id
            case Reorder(entry_ids=entry_ids):
                self.queue = self.queue.reorder(entry_ids)
            case Veto(track_id=track_id):
                self.vetoes.add(track_id)
                self.queue = self.queue.without_track(track_id)
                if self.airing.entry.track.id == track_id:
                    self._next()
            case Stop():
                self.air(Entry(f"b-{next(self._numbers)}", self.airing.entry.track, Reason.BED))
            case Start():
                self._next()
            case Master():
                self._console.turn(command)
                self.mastering = standing_of(self._console.setting.settings, self._console.setting)
        return None

    def _next(self) -> None:
        if self.queue.entries:
            entry = self.queue.entries[0]
            self.queue = self.queue.without(entry.id)
        else:
            entry = msgspec.convert(msgspec.to_builtins(self._planned[0]) | {"id": f"n-{next(self._numbers)}"}, Entry)
        self.air(entry)


@dataclass
class Ledger:
    """An audit log that keeps what it was told."""

    entries: list[tuple[str, Principal | None, str | None, Mapping[str, Any]]] = field(default_factory=list)

    async def record(
        self,
        event: str,
        *,
        actor: Principal | None,
        subject: str | None = None,
        detail: Mapping[str, Any] | None = None,
        client: str = "",  # noqa: ARG002
        connection: object = None,  # noqa: ARG002
    ) -> None:
        self.entries.append((event, actor, subject, detail or {}))


def person(role: Role, tier: Tier = Tier.FREE) -> Principal:
    """The one account of that role."""
    return of_role(uuid5(PEOPLE, role.value), role, tier)


def guard(permission: str, endpoint: Endpoint) -> Endpoint:
    """Knows people by their role: `Bearer dj`."""

    async def guarded(request: Request) -> StreamResponse:
        word = request.headers.get("Authorization", "").removeprefix("Bearer ")
        request[PRINCIPAL] = person(Role(word)) if word else ANONYMOUS
        request[CLIENT] = "192.0.2.1"
        if permission != PUBLIC and not request[PRINCIPAL].may(Permission(permission)):
            raise Forbidden if word else Unauthenticated
        return await endpoint(request)

    return guarded


@asynccontextmanager
async def office(routes: Iterable[Route]) -> AsyncIterator[TestClient[Request, Application]]:
    """The routes behind that guard."""
    application = Application(middlewares=[clear_answers, clear_refusals], client_max_size=1_000_000)
    add_routes(application, routes, guard)
    async with TestClient(TestServer(application)) as client:
        yield client


def bearer(role: Role) -> dict[str, str]:
    return {"Authorization": f"Bearer {role.value}"}
