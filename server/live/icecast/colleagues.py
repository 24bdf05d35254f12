"""The other fronts of this house: they share the source port, so a title may reach one of them while its source is at another.

Each front that has a source port takes titles at a Unix socket of its own, in a folder that is private to the station. Whoever asks there
has let the DJ in already. One line of JSON goes there, one byte comes back.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from server.live.decoder import Title
from server.live.login import Dj

ANSWER_SECONDS: Final = 1.0
_LONGEST_ERRAND: Final = 16_384
_TOOK: Final = b"1"
_TOOK_NOT: Final = b"0"


class _Errand(Struct, frozen=True):
    """Whose title it is."""

    station: str
    dj: str
    account_id: str | None
    title: str
    artist: str


class Colleagues:
    """All fronts but this one."""

    def __init__(self, own: Path, all_places: Callable[[], Iterable[Path]]) -> None:
        """`all_places`: the sockets of all fronts that are there now, this one's too."""
        self._own = own
        self._all_places = all_places

    async def take_title(self, station: str, dj: Dj, title: Title) -> bool:
        """Whether one of them had this DJ's source and took its title. Never raises; a front that does not answer has not."""
        errand = msgspec.json.encode(_Errand(station, dj.name, dj.account_id, title.title, title.artist)) + b"\n"
        return any([await _asked(place, errand) for place in self._all_places() if place != self._own])


@asynccontextmanager
async def at_home(own: Path, take_title: Callable[[str, Dj, Title], bool]) -> AsyncIterator[None]:
    """Takes titles at `own`, as long as the block lasts."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, EOFError, ValueError, TimeoutError, msgspec.MsgspecError):
            async with asyncio.timeout(ANSWER_SECONDS):
                errand = msgspec.json.decode(await reader.readline(), type=_Errand)
                dj = Dj(errand.dj, errand.account_id, 0)
                writer.write(_TOOK if take_title(errand.station, dj, Title(errand.title, errand.artist)) else _TOOK_NOT)
                await writer.drain()
        writer.close()

    with _bound(own) as listening:
        server = await asyncio.start_unix_server(answer, sock=listening, limit=_LONGEST_ERRAND)
        try:
            yield
        finally:
            server.close()


@contextmanager
def _bound(own: Path) -> Iterator[socket.socket]:
    own.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX)
    try:
        listening.bind(str(own))
        own.chmod(0o600)
        yield listening
    finally:
        listening.close()
        own.unlink(missing_ok=True)


async def _asked(place: Path, errand: bytes) -> bool:
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            reader, writer = await asyncio.open_unix_connection(place)
            try:
                writer.write(errand)
                return await reader.read(1) == _TOOK
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False
