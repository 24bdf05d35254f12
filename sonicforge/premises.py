"""What a process claims before it starts: its folders, the lock on the state, its sockets. What cannot be had is refused in one line."""

import fcntl
import os
import socket
from pathlib import Path
from typing import IO, Final

import structlog

from sonicforge.config import InvalidConfiguration, Settings
from sonicforge.folders import Folders
from sonicforge.sections import Media

BACKLOG: Final = 4_096
"""Connections that wait while a front restarts."""
SOURCE_BACKLOG: Final = 64

logger = structlog.get_logger()


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


def hold(path: Path) -> IO[str]:
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
        return _listen(host, port, BACKLOG)
    except OSError as error:
        raise InvalidConfiguration(
            f"server.host, server.port: cannot listen on {host}:{port}: {error.strerror}; "
            "end what uses it, or choose another (SONICFORGE_SERVER__PORT=8001)"
        ) from None


def listen_for_sources(settings: Settings) -> socket.socket | None:
    """The socket at which all fronts take DJs' programs; None where there is none, or where it cannot be had: the station airs without."""
    host, port = settings.live.source_host or settings.server.host, settings.live.source_port
    if not port:
        return None
    try:
        return _listen(host, port, SOURCE_BACKLOG)
    except OSError as error:
        remedy = "end what uses it, or choose another (SONICFORGE_LIVE__SOURCE_PORT=8006; 0 for none)"
        logger.warning("no source port: DJs cannot connect with their programs", host=host, port=port, reason=error.strerror, remedy=remedy)
        return None


def _listen(host: str, port: int, backlog: int) -> socket.socket:
    """Raises OSError."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(backlog)
        listening.setblocking(False)
    except OSError:
        listening.close()
        raise
    return listening
