"""What may be done with targets: add, change, remove, look. Each change stands in the audit log, in the transaction that did it.

The stream key goes in and never comes out, by no way: so where a target points to somewhere else, the key must be given again. Otherwise
whoever may change targets could have the station send it to himself.
"""

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid4

from control.audit.log import AuditLog
from control.database.database import Database
from control.errors import Conflict, DatabaseAway, FieldError, Invalid, NotFound
from control.principal import Principal
from control.targets import repository
from control.targets.mirror import Mirror
from control.targets.target_record import TargetRecord
from control.targets.whereabouts import Whereabouts
from server.rtmp.presets import PRESETS, check_target, url_of
from server.rtmp.sealed import seal_key
from server.rtmp.target import Platform, Target, UnfitTarget

MOST_TARGETS: Final = 20
"""Of one station: each is a copy of the stream on the line."""
KEY_AGAIN: Final = "Give the stream key again: it would be sent to another address"
KEY_LOST: Final = "Give the stream key again: the kept one cannot be read any more"
_KEPT: Final = "kept"


@dataclass(frozen=True, slots=True)
class Wish:
    """What an operator may change of a target; None: it stays."""

    name: str | None = None
    address: str | None = None
    """Empty: the platform's own."""
    key: str | None = None
    enabled: bool | None = None


@dataclass(frozen=True, slots=True)
class Targets:
    """The targets of all stations. `secrets`: the house's `stream_keys`, the newest first; `wall` tells UNIX seconds."""

    database: Database
    audit: AuditLog
    mirror: Mirror
    whereabouts: Whereabouts
    secrets: tuple[bytes, ...]
    stations: Collection[str]
    wall: Callable[[], float]

    async def of_station(self, station: str) -> list[TargetRecord]:
        """The oldest first. Raises NotFound."""
        self._require(station)
        return await repository.of_station(self.database, station)

    async def add(self, station: str, platform: Platform, wish: Wish, actor: Principal, client: str) -> TargetRecord:
        """A new one. Raises NotFound, Invalid, Conflict when the station has as many as it may."""
        self._require(station)
        target_id, key = uuid4(), wish.key or ""
        record = TargetRecord(
            target_id,
            station,
            wish.name or "",
            platform,
            _bare(platform, wish.address or ""),
            seal_key(key, self.secrets[0], str(target_id)),
            wish.enabled is not False,
            datetime.fromtimestamp(self.wall(), UTC),
        )
        await self._judge(record, key)
        async with self.database.transaction() as connection:
            if await repository.count_held(connection, station) >= MOST_TARGETS:
                raise Conflict(f"A station has at most {MOST_TARGETS} targets; remove one first.")
            await repository.add(connection, record)
            subject, detail = str(target_id), _told(record)
            await self.audit.record("target.add", actor=actor, subject=subject, detail=detail, client=client, connection=connection)
        await self._hand_over(station)
        return record

    async def change(self, station: str, target_id: UUID, wish: Wish, actor: Principal, client: str) -> TargetRecord:
        """Changes what the wish names. Raises NotFound, Invalid."""
        self._require(station)
        before = next((each for each in await self.of_station(station) if each.id == target_id), None)
        if before is None:
            raise NotFound
        await self._judge(self._wished(before, wish), wish.key)  # before the transaction: a name is looked up in it
        async with self.database.transaction() as connection:
            held = await repository.one_to_change(connection, station, target_id)
            if held is None:
                raise NotFound
            record = self._wished(held, wish)
            await repository.change(connection, record)
            subject, detail = str(target_id), {**_told(record), "new_stream_key": wish.key is not None}
            await self.audit.record("target.change", actor=actor, subject=subject, detail=detail, client=client, connection=connection)
        await self._hand_over(station)
        return record

    async def remove(self, station: str, target_id: UUID, actor: Principal, client: str) -> None:
        """It goes, and its stream key with it. Raises NotFound."""
        self._require(station)
        async with self.database.transaction() as connection:
            held = await repository.one_to_change(connection, station, target_id)
            if held is None:
                raise NotFound
            await repository.remove(connection, target_id)
            subject, detail = str(target_id), _told(held)
            await self.audit.record("target.remove", actor=actor, subject=subject, detail=detail, client=client, connection=connection)
        await self._hand_over(station)

    def _wished(self, held: TargetRecord, wish: Wish) -> TargetRecord:
        """The target as it would be. Raises Invalid where its stream key would go to another address, or is needed and lost."""
        address = held.address if wish.address is None else _bare(held.platform, wish.address)
        enabled = held.enabled if wish.enabled is None else wish.enabled
        if wish.key is None and address != held.address:
            raise Invalid(errors=[FieldError("body.key", KEY_AGAIN)])
        opened = held.opened(self.secrets)
        if wish.key is None and enabled and opened is None:
            raise Invalid(errors=[FieldError("body.key", KEY_LOST)])
        key = wish.key or (opened.key if opened else None)
        sealed = seal_key(key, self.secrets[0], str(held.id)) if key else held.sealed_key  # anew: the secret may have changed since
        return replace(held, name=wish.name or held.name, address=address, sealed_key=sealed, enabled=enabled)

    async def _judge(self, record: TargetRecord, key: str | None) -> None:
        """Raises Invalid; no word of it holds the stream key. `key`: None where the kept one stays, which was judged when it came."""
        target = Target(str(record.id), record.name, record.platform, record.address, _KEPT if key is None else key, record.enabled)
        try:
            address = check_target(target)
        except UnfitTarget as unfit:
            raise Invalid(errors=[FieldError(f"body.{unfit.field}", _sentence(str(unfit)))]) from None
        if (wrong := await self.whereabouts.wrong_with(address)) is not None:
            raise Invalid(errors=[FieldError("body.address", _sentence(wrong))])

    async def _hand_over(self, station: str) -> None:
        """To the pusher, now. With the database away since, the mirror does it when it is back."""
        with suppress(DatabaseAway):
            await self.mirror.follow(station)

    def _require(self, station: str) -> None:
        if station not in self.stations:
            raise NotFound(f"There is no station {station}.")


def shown_address(record: TargetRecord) -> str:
    """Where it is, for people: never with the stream key."""
    try:
        return url_of(Target(str(record.id), record.name, record.platform, record.address, "", record.enabled))
    except UnfitTarget:  # the rules were made stricter since
        return record.address


def _bare(platform: Platform, address: str) -> str:
    """Empty where the address is the platform's own, so that the target moves with it."""
    address = address.strip()
    return "" if address == PRESETS[platform].address else address


def _told(record: TargetRecord) -> dict[str, object]:
    """For the audit log."""
    return {
        "station": record.station,
        "name": record.name,
        "platform": record.platform.value,
        "address": shown_address(record),
        "enabled": record.enabled,
    }


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
