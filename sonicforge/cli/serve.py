"""`sonicforge serve`: everything that can be refused is refused here, in one line, before a process is started."""

import asyncio
import fcntl
import os
import socket
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, Final

from sonicforge.config import InvalidConfiguration, Media, Settings, load
from sonicforge.folders import Folders
from sonicforge.lifeline import lifeline
from sonicforge.logs import open_logs
from sonicforge.supervisor import Crew, Supervisor

BACKLOG: Final = 4_096
"""Connections that wait while a front restarts."""


def run(config: Path | None, role: str) -> None:
    """Runs until Ctrl-C or SIGTERM; raises InvalidConfiguration where the operator must mend something."""
    settings = load(config)
    open_logs(settings.log, "supervisor")
    folders = make_folders(settings)
    with ExitStack() as held:
        held.enter_context(_lock(folders.lock))
        listening = held.enter_context(listen(settings)) if role in ("all", "front") else None
        crew = Crew(
            stations=tuple(settings.stations) if role in ("all", "engine") else (),
            fronts=settings.server.fronts if role in ("all", "front") else 0,
            worker=role in ("all", "worker"),
            spare=role in ("all", "engine"),
            configuration=config.resolve() if config else None,
            listening_descriptor=listening.fileno() if listening else None,
        )
        asyncio.run(_run(crew, settings))
    print("SonicForge has signed off.")


def make_folders(settings: Settings) -> Folders:
    """The state folder with all its rooms; the media folder. Raises InvalidConfiguration."""
    folders = Folders(settings.state.folder.expanduser().resolve())
    try:
        folders.make()
    except OSError as error:
        raise InvalidConfiguration(f"state.folder: {error.strerror}: {error.filename}; name a folder that this user may write") from None
    media = settings.media.folder
    if not media.is_absolute() and media == Media().folder:
        media.mkdir(exist_ok=True)
    if not media.expanduser().is_dir():
        raise InvalidConfiguration(f"media.folder: {media} is not a folder; make it, or name another")
    return folders


def _lock(path: Path) -> IO[str]:
    """Held as long as the station runs: two of them in one state folder would fight over the clock."""
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        pid = file.read().strip() or "unknown"
        file.close()
        raise InvalidConfiguration(f"state.folder: {path.parents[1]} is in use by process {pid}; end it, or name another folder") from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def listen(settings: Settings) -> socket.socket:
    """The socket that all fronts accept from."""
    host, port = settings.server.host, settings.server.port
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
        listening.setblocking(False)
    except OSError as error:
        raise InvalidConfiguration(
            f"server.host, server.port: cannot listen on {host}:{port}: {error.strerror}; "
            "end what uses it, or choose another (SONICFORGE_SERVER__PORT=8001)"
        ) from None
    return listening


async def _run(crew: Crew, settings: Settings) -> None:
    began = time.monotonic()
    async with lifeline(supervised=False) as ended:
        announcing = asyncio.create_task(_announce(settings, began)) if crew.listening_descriptor is not None else None
        try:
            await Supervisor(crew).run(ended)
        finally:
            if announcing:
                announcing.cancel()
                with suppress(asyncio.CancelledError):
                    await announcing


async def _announce(settings: Settings, began: float) -> None:
    """Says where to listen, as soon as somebody could."""
    host = "127.0.0.1" if settings.server.host in ("0.0.0.0", "::") else settings.server.host
    host = f"[{host}]" if ":" in host else host
    base = f"http://{host}:{settings.server.port}"
    print(f"SonicForge is going on air at {base}/ ...", flush=True)
    while not await _is_ready(host.strip("[]"), settings.server.port):  # noqa: ASYNC110 -- it is another process that becomes ready
        await asyncio.sleep(0.1)
    lines = [f"\nOn air after {time.monotonic() - began:.1f} s.\n", f"  Player    {base}/"]
    for name in settings.stations:
        lines += [
            f"  {name}",
            f"    HLS     {base}/hls/{name}/live.m3u8",
            f"    MP3     {base}/listen/{name}/radio.mp3   (also .aac, .opus, and {name}.m3u, {name}.pls beside them)",
            f"    Now     {base}/api/nowplaying/{name}",
        ]
    lines += [
        f"  Health    {base}/health/detailed",
        f"  Your own music goes into {settings.media.folder.resolve()}",
        "\nCtrl-C ends everything.\n",
    ]
    print("\n".join(lines), flush=True)
    sys.stdout.flush()


async def _is_ready(host: str, port: int) -> bool:
    """Whether /ready answers 200."""
    try:
        async with asyncio.timeout(2):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(b"GET /ready HTTP/1.0\r\n\r\n")
            status = await reader.readline()
            writer.close()
            return b" 200 " in status
    except (OSError, TimeoutError):
        return False
