"""`sonicforge front`: one process that serves listeners."""

import asyncio
import gc
import socket as sockets
from pathlib import Path

from sonicforge.config import load
from sonicforge.lifeline import lifeline
from sonicforge.logs import open_logs
from sonicforge.premises import listen, make_folders
from sonicforge.wiring import front


def run(config: Path | None, socket: int | None, supervised: bool) -> None:
    """Runs until told to end. Without an inherited socket it opens its own."""
    settings = load(config)
    open_logs(settings.log, "front")
    folders = make_folders(settings)
    listening = listen(settings) if socket is None else sockets.socket(fileno=socket)
    listening.setblocking(False)

    async def go() -> None:
        async with lifeline(supervised) as ended:
            gc.freeze()
            await front.run(settings, folders, listening, ended)

    asyncio.run(go())
