"""What an earlier life of the server may have left: a postmaster that still runs, servers without one, a pid file that names a stranger.

PostgreSQL itself takes care of a pid file whose process is gone. Two things it cannot know: that a live process of that number is somebody
else's (pids are small in a container, and it would refuse to start), and that a frozen server process, whose postmaster was killed, still
holds the shared memory (it would refuse to start until that one has ended).
"""

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog

PATIENCE_SECONDS: Final = 5.0
"""For a clean end; then it is killed, which loses nothing that was acknowledged."""
LOOK_EVERY_SECONDS: Final = 0.02

logger = structlog.get_logger()


async def clear_leftovers(data: Path) -> None:
    """Returns when nothing uses the data folder. The caller holds the lock, so whatever runs here is nobody's."""
    running = processes(data)
    if running:
        logger.warning("ending what an earlier server left", pids=running)
        postmaster = _postmaster_pid(data)
        if postmaster in running:
            _signal(postmaster, signal.SIGCONT)
            _signal(postmaster, signal.SIGINT)
            await _gone(data, PATIENCE_SECONDS)
        for pid in processes(data):
            _signal(pid, signal.SIGKILL)
        await _gone(data, PATIENCE_SECONDS)
    pid_file = data / "postmaster.pid"
    named = _postmaster_pid(data)
    if named is not None and named not in processes(data) and _lives(named):
        logger.warning("the pid file names somebody else's process", pid=named)
        pid_file.unlink(missing_ok=True)


def processes(data: Path) -> list[int]:
    """The PostgreSQL processes that work in this data folder; each of them has made it its working folder. Linux only."""
    found = []
    for entry in Path("/proc").iterdir() if Path("/proc").is_dir() else ():
        if entry.name.isdigit():
            with suppress(OSError):
                if (entry / "cwd").readlink() == data and (entry / "comm").read_text().strip() == "postgres":
                    found.append(int(entry.name))
    return sorted(found)


def _postmaster_pid(data: Path) -> int | None:
    try:
        return int((data / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None


def _lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


async def _gone(data: Path, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while processes(data):  # noqa: ASYNC110 -- they are no children of ours: nobody tells us of their end
                await asyncio.sleep(LOOK_EVERY_SECONDS)
