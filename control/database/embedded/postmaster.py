"""The embedded server's process: started, asked, stopped; and started again by whoever keeps it.

It ends when we end, however we end: cleanly by SIGINT, or by the kernel's parent death signal when we were killed. It listens on no
network. What lies in its data folder is only ever touched under a lock.
"""

import asyncio
import fcntl
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

import asyncpg

from control.database.embedded.cluster import found_database, make_data
from control.database.embedded.errors import DidNotStart, InUse
from control.database.embedded.home import ADMINISTRATOR, NAME, Home
from control.database.embedded.leftovers import clear_leftovers
from control.database.embedded.programs import reachable_programs

START_SECONDS: Final = 60.0
"""Recovery after a kill takes a second or two; on a slow disk with much to replay, longer."""
LOOK_EVERY_SECONDS: Final = 0.01
ASK_SECONDS: Final = 2.0
STOP_SECONDS: Final = 8.0
LOG_TAIL_CHARACTERS: Final = 2_000
OPTIONS: Final[dict[str, str]] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_parallel_workers_per_gather": "0",
    "client_connection_check_interval": "1s",
    "wal_level": "replica",
    "wal_compression": "on",
    "max_wal_size": "512MB",
    "logging_collector": "on",
    "log_file_mode": "0600",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_checkpoints": "off",
    "cluster_name": NAME,
    **({"recovery_init_sync_method": "syncfs"} if sys.platform == "linux" else {}),
}
"""One query may not take all cores; one whose client has gone is ended; a week of logs is kept. Recovery after a kill asks the file system
once to write everything (syncfs); asking for each of a thousand files takes seconds on a busy disk."""
HOST_RULES: Final = f"local all all peer map={NAME}\nlocal replication all peer map={NAME}\n"


class Postmaster:
    """One server, from its start to its end; may be started again."""

    def __init__(self, home: Home, binaries: Path, lock: Path, connections: int, options: Mapping[str, str] | None = None) -> None:
        self.home = home
        self._binaries = binaries
        self._lock_path = lock
        self._options = {**OPTIONS, "max_connections": str(connections), **(options or {})}
        self._lock: IO[str] | None = None
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """Of the running postmaster."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def start(self) -> None:
        """Returns when the server answers and has our database. Raises EmbeddedTrouble, OSError or asyncpg's errors."""
        self._hold()
        try:
            self.home.make()
            programs = reachable_programs(self._binaries, self.home)
            await clear_leftovers(self.home.data)
            if not (self.home.data / "PG_VERSION").exists():
                await make_data(self.home, programs)
            with self.home.new_file("start.log") as log:
                self._process = await programs.start("postgres", "-D", self.home.data, *self._words(), log=log.fileno())
            await self._answering(self._process)
        except BaseException:
            await self.stop()
            raise

    async def ended(self) -> int:
        """Waits for the postmaster's end: its exit status."""
        assert self._process is not None
        return await self._process.wait()

    async def answers(self, seconds: float) -> bool:
        """Whether the server says anything at all within `seconds`; "starting up" is an answer."""
        try:
            async with asyncio.timeout(seconds):
                connection = await asyncpg.connect(self.home.url(ADMINISTRATOR, ADMINISTRATOR), timeout=seconds)
                connection.terminate()
        except asyncpg.PostgresError:
            return True
        except (OSError, asyncpg.InterfaceError):
            return False
        return True

    async def stop(self, hung: bool = False) -> None:
        """Cleanly, else (and at once, if it is `hung`) by force; nothing that was acknowledged is lost either way. Lets the lock go."""
        try:
            process = self._process
            if process is not None:
                for number in (signal.SIGKILL,) if hung else (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                    with suppress(ProcessLookupError):
                        process.send_signal(number)
                        process.send_signal(signal.SIGCONT)
                    if await _ends(process, STOP_SECONDS):
                        break
                self.home.leave()
            self._process = None
        finally:
            if self._lock is not None:
                self._lock.close()
                self._lock = None

    def _hold(self) -> None:
        """Nobody else starts or clears this server meanwhile."""
        if self._lock is not None:
            return
        self._lock_path.parent.mkdir(parents=True, exist_ok=True)
        file = self._lock_path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise InUse(str(self.home.root)) from None
        self._lock = file

    def _words(self) -> list[str]:
        """The server's settings, as its command line takes them."""
        # Who may be which role: we, and the user who owns the files and so has the data anyway. Nobody else.
        users = dict.fromkeys((self.home.user.name, "root") if os.geteuid() == 0 else (self.home.user.name,))
        peers = "".join(f'{NAME} "{user}" {role}\n' for user in users for role in (NAME, ADMINISTRATOR))
        options = {
            **self._options,
            "unix_socket_directories": str(self.home.socket_folder),
            "log_directory": str(self.home.logs),
            "hba_file": str(self.home.write("pg_hba.conf", HOST_RULES)),
            "ident_file": str(self.home.write("pg_ident.conf", peers)),
        }
        return [word for name, value in options.items() for word in ("-c", f"{name}={value}")]

    async def _answering(self, process: asyncio.subprocess.Process) -> None:
        """Waits until the server answers; sees to our role and database at the first time. Raises DidNotStart."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + START_SECONDS
        while not self._is_ready(process.pid):
            if process.returncode is not None:
                raise DidNotStart(self._last_words())
            if loop.time() > deadline:
                raise DidNotStart(f"it is not ready after {START_SECONDS:g} s; {self._last_words()}")
            await asyncio.sleep(LOOK_EVERY_SECONDS)
        connection = await asyncpg.connect(self.home.url(ADMINISTRATOR, ADMINISTRATOR), timeout=ASK_SECONDS)
        try:
            there = await connection.fetchval("select pg_is_in_recovery() or exists (select from pg_database where datname = $1)", NAME)
        finally:
            await connection.close(timeout=ASK_SECONDS)
        if not there:
            await found_database(self.home)

    def _is_ready(self, pid: int) -> bool:
        """As the server says itself, in the eighth line of its pid file; asking it would fill its log."""
        try:
            lines = (self.home.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() in ("ready", "standby")

    def _last_words(self) -> str:
        """The ends of its logs."""
        logs = [*sorted(self.home.logs.glob("*.log"), key=lambda path: path.stat().st_mtime)[-1:], self.home.root / "start.log"]
        said = "\n".join(path.read_text(errors="replace")[-LOG_TAIL_CHARACTERS:] for path in logs if path.is_file())
        return said.strip() or "it said nothing"


async def _ends(process: asyncio.subprocess.Process, seconds: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await process.wait()
            return True
    return False
