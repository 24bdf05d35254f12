"""The source port, put together: what one front does with the DJs' programs that come to it."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from server.clock import SystemClock
from server.live.entrance import Entrance
from server.live.icecast.colleagues import Colleagues, at_home
from server.live.icecast.port import SourcePort, open_port
from server.live.icecast.reception import Patience, Reception
from server.live.login import Login
from sonicforge.config import Settings
from sonicforge.folders import Folders

PREFIX: Final = "source-"


@asynccontextmanager
async def open_source_port(
    settings: Settings,
    entrances: Mapping[str, Entrance],
    login: Login,
    listening: socket.socket | None,
    kicked: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[SourcePort | None]:
    """Takes sources for all stations, as long as the block lasts. `kicked(reason)` hears of those who are refused or ended."""
    if listening is None:
        yield None
        return
    patience = Patience(head_seconds=settings.server.header_seconds)
    folders = Folders(settings.state.folder.expanduser().resolve())
    own = folders.front(f"{PREFIX}{os.getpid()}")
    colleagues = Colleagues(own, lambda: own.parent.glob(folders.front(f"{PREFIX}*").name))
    reception = Reception(entrances, login, SystemClock(), kicked, colleagues.take_title, patience, asyncio.sleep)
    async with AsyncExitStack() as stack:
        if settings.server.fronts > 1:
            await stack.enter_async_context(at_home(own, reception.take_title))
        yield await stack.enter_async_context(open_port(listening, reception, patience, kicked))
