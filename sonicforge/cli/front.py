"""`sonicforge front`: one process that serves listeners."""

import asyncio
import gc
import socket as sockets
from pathlib import Path

from sonicforge.config import Settings, load
from sonicforge.lifeline import lifeline
from sonicforge.logs import open_logs
from sonicforge.premises import listen, listen_for_sources, make_folders
from sonicforge.wiring import front


def run(config: Path | None, socket: int | None, source_socket: int | None, supervised: bool) -> None:
    """Runs until told to end. Without an inherited socket it opens its own."""
    settings = load(config)
    open_logs(settings.log, "front")
    folders = make_folders(settings)
    listening = listen(settings) if socket is None else sockets.socket(fileno=socket)
    listening.setblocking(False)
    sources = _sources(settings, socket, source_socket)

    async def go() -> None:
        async with lifeline(supervised) as ended:
            gc.freeze()
            await front.run(settings, folders, listening, sources, ended)

    asyncio.run(go())


def _sources(settings: Settings, socket: int | None, source_socket: int | None) -> sockets.socket | None:
    """Where sources are taken: where the supervisor says, or by a socket of its own where nobody supervises."""
    if source_socket is not None:
        inherited = sockets.socket(fileno=source_socket)
        inherited.setblocking(False)
        return inherited
    return listen_for_sources(settings) if socket is None else None
