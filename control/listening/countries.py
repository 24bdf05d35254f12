"""Which country an address is in, by a file in MaxMind's format that the operator keeps. The file is his affair, and so is its licence.

It is read into memory and looked at again now and then, so that a newer one is taken up while the station runs. Without one, or with one
that cannot be read, everything goes on and no country is known: that is said once for each state of the file, and no listener waits for it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import maxminddb
import structlog
from maxminddb import InvalidDatabaseError, Reader

LOOK_SECONDS: Final = 60.0
_FIELDS: Final = ("country", "registered_country")
_log = structlog.get_logger(__name__)
_Seen = tuple[int, int]


class Countries:
    """One file. `of` is called on the loop, from memory; `watch` keeps up with the file, and whoever starts it awaits it."""

    def __init__(self, path: Path | None) -> None:
        """Reads the file, if there is to be one; it may be 10 MB. Raises nothing."""
        self._path = path
        self._reader: Reader | None = None
        self._seen: _Seen | None = None
        if path is not None:
            self._reader = self._read(path)

    @property
    def known(self) -> bool:
        """Whether addresses have countries here."""
        return self._reader is not None

    def of(self, address: str) -> str | None:
        """Two letters (ISO 3166); None for an address that the file does not know, and for what is no address."""
        if self._reader is None:
            return None
        try:
            found = self._reader.get(address)
        except (ValueError, InvalidDatabaseError):
            return None
        if not isinstance(found, dict):
            return None
        for field in _FIELDS:
            country = found.get(field)
            code = country.get("iso_code") if isinstance(country, dict) else None
            if isinstance(code, str) and len(code) == 2:
                return code
        return None

    async def watch(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Takes the file up anew when it has changed, until cancelled."""
        if self._path is None:
            return
        while True:
            await sleep(LOOK_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Looks once."""
        path = self._path
        if path is None or await asyncio.to_thread(_state, path) == self._seen:
            return
        reader = await asyncio.to_thread(self._read, path)
        if reader is not None:
            self._reader = reader  # else the one that was good goes on

    def _read(self, path: Path) -> Reader | None:
        self._seen = _state(path)
        try:
            reader = maxminddb.open_database(path, maxminddb.MODE_MEMORY)
        except (OSError, ValueError, InvalidDatabaseError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no database in MaxMind's format"
            _log.warning("the database of countries cannot be read; listeners are counted without", file=str(path), reason=reason)
            return None
        _log.info("countries are told apart", file=str(path), kind=reader.metadata().database_type)
        return reader


def _state(path: Path) -> _Seen | None:
    """Changes when the file does; None while there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
