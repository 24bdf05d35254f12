"""The pusher's copy: a station's enabled targets, sealed, in a file that follows the table.

Truth is in PostgreSQL. The file is written when something was changed here, at the start, and whenever a look into the table finds that
another front has changed something. While the database is away the file stays as it is: the pusher goes on publishing.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

import structlog

from control.errors import DatabaseAway
from control.targets import repository
from control.targets.repository import Reader
from server.rtmp.sealed import SealBroken, seal, unseal
from server.rtmp.target import Target

LOOK_SECONDS: Final = 5.0
_log = structlog.get_logger(__name__)


class Mirror:
    """The files of all stations. `run` keeps them in step; whoever starts it awaits it."""

    def __init__(self, database: Reader, files: Mapping[str, Path], secrets: tuple[bytes, ...]) -> None:
        """`files`: by station; `secrets`: the house's `stream_keys`, the newest first."""
        self.failures = 0
        """Times that a file could not be written."""
        self._database = database
        self._files = files
        self._secrets = secrets
        self._turns = {station: asyncio.Lock() for station in files}
        self._unreadable: set[str] = set()

    async def follow(self, station: str) -> None:
        """Brings one station's file in step with the table. Raises DatabaseAway; a disk that refuses is counted and told."""
        async with self._turns[station]:  # so that what was read first is not written last
            records = await repository.of_station(self._database, station)
            opened = {str(record.id): record.opened(self._secrets) for record in records if record.enabled}
            self._tell_unreadable({target_id for target_id, target in opened.items() if target is None})
            targets = tuple(target for target in opened.values() if target is not None)
            try:
                await asyncio.to_thread(_write, self._files[station], targets, self._secrets, station)
            except OSError as error:
                self.failures += 1
                _log.error("the targets cannot be handed to the pusher", station=station, reason=error.strerror)

    async def run(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Looks at all stations every few seconds, until cancelled."""
        while True:
            with suppress(DatabaseAway):
                for station in self._files:
                    await self.follow(station)
            await sleep(LOOK_SECONDS)

    def _tell_unreadable(self, found: set[str]) -> None:
        for target_id in found - self._unreadable:
            _log.error("a target's stream key cannot be read; give it again", target=target_id)
        self._unreadable |= found


def _write(path: Path, targets: tuple[Target, ...], secrets: tuple[bytes, ...], station: str) -> None:
    """Makes the file hold exactly these; leaves one that does as it is. Raises OSError."""
    if not targets:
        path.unlink(missing_ok=True)
        return
    if _held(path, secrets, station) == targets:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{uuid4().hex}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(seal(targets, secrets[0], station))
            file.flush()
            os.fsync(descriptor)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _held(path: Path, secrets: tuple[bytes, ...], station: str) -> tuple[Target, ...] | None:
    """What the file holds, if it was sealed with the newest secret."""
    try:
        return unseal(path.read_bytes(), secrets[:1], station)
    except (OSError, SealBroken):
        return None
