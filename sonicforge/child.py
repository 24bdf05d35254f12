"""One process under the supervisor: started, spoken to through its standard input, ended.

Its standard input is its lifeline (sonicforge/lifeline.py): a line on it is an order, its end is the end of the child. It has a process
group of its own, so that Ctrl-C in a terminal reaches the supervisor alone, and not a session: Linux shares the machine out among sessions
first (autogroup), whatever the niceness of who is in them, and the worker would take as much of it as the engine.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

KILL_AFTER_SECONDS = 10.0


class Child:
    """A running `python -m sonicforge ROLE ...`."""

    def __init__(self, role: str, process: asyncio.subprocess.Process, started: float) -> None:
        self.role = role
        self.started = started
        self._process = process

    @classmethod
    async def start(cls, role: str, arguments: Sequence[str], sockets: Sequence[int] = ()) -> "Child":
        """Starts a role; `sockets` are file descriptors that it inherits."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "sonicforge",
            role,
            "--supervised",
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            pass_fds=sockets,
            process_group=0,
            env=child_environment(),
        )
        return cls(role, process, asyncio.get_running_loop().time())

    @property
    def pid(self) -> int:
        return self._process.pid

    async def ended(self) -> int:
        """Its exit status; minus the signal's number if one ended it."""
        return await self._process.wait()

    def order(self, line: str) -> None:
        """Writes one line to it; a child that has just died hears nothing, its end is seen elsewhere."""
        assert self._process.stdin
        with suppress(ConnectionError, RuntimeError):
            self._process.stdin.write(line.encode() + b"\n")

    async def end(self) -> None:
        """SIGTERM, then SIGKILL."""
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(KILL_AFTER_SECONDS):
                await self._process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()


def child_environment() -> dict[str, str]:
    """One thread for linear algebra: the cores belong to the air. The house is importable from wherever the station was started."""
    house = str(Path(__file__).resolve().parents[1])
    path = os.pathsep.join(dict.fromkeys(filter(None, (house, os.environ.get("PYTHONPATH")))))
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    return {**single, **os.environ, "PYTHONPATH": path}
