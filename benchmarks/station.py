"""Our own station as a stranger would run it: `python -m sonicforge serve` with its own folders on a port of its own."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from aiohttp import ClientSession, ClientTimeout
from aiohttp.client_exceptions import ClientError

from benchmarks.processes import Process, family, free_port, last_lines, running
from benchmarks.unmeasured import Unmeasured

HOUSE: Final = Path(__file__).resolve().parents[1]
READY_SECONDS: Final = 60.0
ROLES: Final = ("engine", "spare", "front", "pusher", "worker")
MP3_BYTES_A_SECOND: Final = 192_000 // 8


class Station:
    """A running station, seen from outside."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
        self.process = process
        self.port = port
        self.folder = folder

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def state(self) -> Path:
        return state_folder(self.folder)

    @property
    def log(self) -> Path:
        return self.folder / "station.log"

    def crew(self) -> dict[str, list[Process]]:
        """Its living processes by the role that their command line names; `serve` is the supervisor, `other` the intake children."""
        crew: dict[str, list[Process]] = {role: [] for role in (*ROLES, "serve", "other")}
        for process in family(self.process.pid):
            words = process.words()
            role = "serve" if process.pid == self.process.pid else next((word for word in words if word in ROLES), "other")
            crew[role].append(process)
        return crew

    def the(self, role: str) -> Process:
        """The one process of a role; raises Unmeasured while there is none."""
        members = self.crew()[role]
        if not members:
            raise Unmeasured(f"the station has no process whose command line says `{role}`; its log ends: {last_lines(self.log)}")
        return members[0]

    async def json(self, path: str) -> Any:
        """The JSON at an address of it, whatever the status (probes answer 503 with a body); raises ClientError or TimeoutError."""
        async with ClientSession(timeout=ClientTimeout(total=2)) as session, session.get(self.address + path) as response:
            return await response.json(content_type=None)

    async def answers(self, path: str, seconds: float = READY_SECONDS) -> None:
        """Returns when an address of it answers 200; raises Unmeasured if it does not within `seconds`."""
        deadline = time.monotonic() + seconds
        async with ClientSession(timeout=ClientTimeout(total=2)) as session:
            while time.monotonic() < deadline and self.process.poll() is None:
                with suppress(ClientError, TimeoutError):
                    async with session.get(self.address + path) as response:
                        if response.status == 200:
                            return
                await asyncio.sleep(0.05)
        raise Unmeasured(f"the station's {path} did not answer 200 within {seconds:g} s; its log ends: {last_lines(self.log)}")


def state_folder(folder: Path) -> Path:
    return folder / "state"


def media_folder(folder: Path) -> Path:
    return folder / "media"


def environment(folder: Path, port: int, settings: Mapping[str, str]) -> dict[str, str]:
    """What the station is told; nothing of what the caller's own SONICFORGE_* names say."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("SONICFORGE_")}
    return {
        **own,
        "PYTHONPATH": str(HOUSE),
        "SONICFORGE_SERVER__PORT": str(port),
        "SONICFORGE_LIVE__SOURCE_PORT": "0",
        "SONICFORGE_STATE__FOLDER": str(state_folder(folder)),
        "SONICFORGE_MEDIA__FOLDER": str(media_folder(folder)),
        **settings,
    }


@asynccontextmanager
async def started(folder: Path, **settings: str) -> AsyncIterator[Station]:
    """A station that has just been started in `folder` and may not be ready yet. `settings`: `STUDIO__ENABLED="false"`."""
    media_folder(folder).mkdir(exist_ok=True)
    port = free_port()
    given = environment(folder, port, {f"SONICFORGE_{name}": value for name, value in settings.items()})
    command = [sys.executable, "-m", "sonicforge", "serve"]
    async with running(command, folder / "station.log", given, folder) as process:
        yield Station(process, port, folder)


@asynccontextmanager
async def on_air(folder: Path, **settings: str) -> AsyncIterator[Station]:
    """A station that is ready and has HLS to give."""
    async with started(folder, **settings) as station:
        await station.answers("/ready")
        await station.answers("/hls/main/live.m3u8")
        yield station


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that vanishes with the block. Others may look in: icecast runs as another user."""
    with tempfile.TemporaryDirectory(prefix="sonicforge-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
