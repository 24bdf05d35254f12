"""What a process claims before it starts: its folders, the lock on the state, the socket. What cannot be had is refused in one line."""

import fcntl
import os
import socket
from pathlib import Path
from typing import IO, Final

from sonicforge.config import InvalidConfiguration, Media, Settings
from sonicforge.folders import Folders

BACKLOG: Final = 4_096
"""Connections that wait while a front restarts."""


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
