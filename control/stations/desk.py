"""The station's desk, for people at a distance: their wishes as commands, the engine's answers as theirs.

Owns who may wish what, and which command is whose; the engine decides whether it can be done. A wish that carries an idempotency key is
one command however often it arrives: its id is made of the account and the key, and the engine remembers what it answered.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final, Protocol
from uuid import uuid4

from control.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, StationAway
from control.permissions import Permission
from control.principal import Principal
from control.stations.mastering_told import MasteringWish
from control.stations.wishes import Action, Control
from dsp.settings import BadSettings, MasteringSettings
from server.commands import Answer, Command, Cue, Done, Master, Refused, Remove, Reorder, Skip, Start, Stop, Veto
from server.relay.relay import EngineAway
from server.wire.wire import Hello, LiveStanding, MasteringStanding, Meters, NowPlaying

RETRY_AFTER_SECONDS: Final = 2.0
_NEEDED: Final = {
    Action.SKIP: Permission.STATION_CONTROL_SKIP,
    Action.VETO: Permission.STATION_CONTROL_VETO,
    Action.STOP: Permission.STATION_CONTROL_STOP,
    Action.START: Permission.STATION_CONTROL_STOP,
}


class Station(Protocol):
    """What is asked of a station; server.relay.relay.Relay is one."""

    station: str
    hello: Hello | None
    on_air: NowPlaying | None
    meters: Meters | None
    live: LiveStanding | None
    mastering: MasteringStanding | None
    connected: bool
    filling: bool

    def position_now(self) -> int: ...
    def wall_of(self, position: int) -> float: ...
    async def ask(self, command: Command) -> Answer: ...


class AuditLog(Protocol):
    """What is asked of the audit log (control/audit/log.py)."""

    async def record(
        self,
        event: str,
        *,
        actor: Principal | None,
        subject: str | None = None,
        detail: Mapping[str, Any] | None = None,
        client: str = "",
    ) -> None: ...


class Desk:
    """The desks of all stations of this front."""

    def __init__(self, stations: Mapping[str, Station], audit: AuditLog) -> None:
        """`stations` in their order; the first is meant where none is named. At least one."""
        if not stations:
            raise ValueError("a desk needs a station")
        self._stations = stations
        self._audit = audit

    def station(self, name: str | None) -> Station:
        """The station of that name. Raises NotFound."""
        station = self._stations.get(name or next(iter(self._stations)))
        if station is None:
            raise NotFound(f"There is no station {name}.")
        return station

    async def steer(self, name: str | None, control: Control, asker: Principal, key: str | None, client: str) -> Done:
        """Skips, vetoes, stops or starts. Raises Forbidden, Invalid, NotFound, Conflict, StationAway."""
        if not asker.may(_NEEDED[control.action]):
            raise Forbidden(f"This account may not {control.action.value}.")
        return await self.command(name, _control(control, _command_id(asker, key)), asker, client)

    async def cue(self, name: str | None, track_id: str, index: int | None, asker: Principal, key: str | None, client: str) -> Done:
        """Queues a track. Raises NotFound, Conflict, StationAway."""
        return await self.command(name, Cue(_command_id(asker, key), track_id, index), asker, client)

    async def remove(self, name: str | None, entry_id: str, asker: Principal, key: str | None, client: str) -> Done:
        """Takes an entry out of the queue. Raises NotFound, Conflict, StationAway."""
        return await self.command(name, Remove(_command_id(asker, key), entry_id), asker, client)

    async def reorder(self, name: str | None, entry_ids: list[str], asker: Principal, key: str | None, client: str) -> Done:
        """Gives the queue another order. Raises NotFound, Conflict, StationAway."""
        return await self.command(name, Reorder(_command_id(asker, key), entry_ids), asker, client)

    async def master(self, name: str | None, wish: MasteringWish, asker: Principal, key: str | None, client: str) -> Done:
        """Sets the mastering. Raises Invalid, NotFound, Conflict, StationAway."""
        try:
            MasteringSettings.from_table(wish.settings)
        except BadSettings as error:
            raise Invalid(errors=[FieldError("body.settings", _sentence(str(error)))]) from None
        return await self.command(name, Master(_command_id(asker, key), wish.preset, wish.settings, wish.insert), asker, client)

    async def command(self, name: str | None, command: Command, asker: Principal, client: str) -> Done:
        """Has it done, and writes down who wished it. Raises NotFound, Conflict, StationAway."""
        station = self.station(name)
        try:
            answer = await station.ask(command)
        except EngineAway as error:
            raise StationAway(str(error), retry_after_seconds=RETRY_AFTER_SECONDS) from None
        if isinstance(answer, Refused):
            raise Conflict(_sentence(answer.reason))
        told = {"position": answer.position, **_words(command)}
        await self._audit.record(f"station.{_verb(command)}", actor=asker, subject=station.station, detail=told, client=client)
        return answer


def _control(control: Control, command_id: str) -> Command:
    match control.action:
        case Action.SKIP:
            return Skip(command_id, control.entry_id)
        case Action.VETO:
            if control.track_id is None:
                raise Invalid(errors=[FieldError("body.track_id", "Name the track that is vetoed")])
            return Veto(command_id, control.track_id)
        case Action.STOP:
            return Stop(command_id)
        case Action.START:
            return Start(command_id)


def _command_id(asker: Principal, key: str | None) -> str:
    if key is None:
        return uuid4().hex
    return sha256(f"{asker.account_id}/{asker.key_id}/{key}".encode()).hexdigest()[:32]


def _verb(command: Command) -> str:
    return type(command).__name__.lower()


def _words(command: Command) -> dict[str, object]:
    told: dict[str, object] = {}
    for name in ("entry_id", "track_id", "index", "entry_ids", "preset", "changes", "insert"):
        if (value := getattr(command, name, None)) not in (None, {}):
            told[name] = value
    return told


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."
