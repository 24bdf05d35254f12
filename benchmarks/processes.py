"""Other people's processes: started in a group of their own, read from /proc, ended with everything that they started.

Knows nothing of radio. CPU is user plus system time, as the kernel counts it, in seconds of one core.
"""

import asyncio
import os
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.unmeasured import Unmeasured

TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Process:
    """One process, told from a later one that has its number by the time of its start."""

    pid: int
    started_ticks: int

    @classmethod
    def of(cls, pid: int) -> "Process | None":
        """The living process of that number."""
        fields = _stat(pid)
        return cls(pid, int(fields[19])) if fields and fields[0] != "Z" else None

    @property
    def alive(self) -> bool:
        return Process.of(self.pid) == self

    def words(self) -> list[str]:
        """Its command line, split at blanks too: a process may have written its title itself."""
        with suppress(OSError):
            return Path(f"/proc/{self.pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").split()
        return []

    def cpu_seconds(self) -> float:
        """What it and those of its children that have ended have used."""
        fields = _stat(self.pid)
        return sum(map(int, fields[11:15])) / TICKS_A_SECOND if fields else 0.0

    def resident_bytes(self) -> int:
        return self._memory("VmRSS")

    def highest_resident_bytes(self) -> int:
        return self._memory("VmHWM")

    def send(self, number: signal.Signals) -> None:
        """A signal, unless it has ended."""
        if self.alive:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def _memory(self, key: str) -> int:
        with suppress(OSError):
            for text in Path(f"/proc/{self.pid}/status").read_text().splitlines():
                if text.startswith(f"{key}:"):
                    return int(text.split()[1]) * 1024
        return 0


def family(pid: int) -> list[Process]:
    """The process and all its living descendants."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found: list[Process] = []
    waiting = [pid]
    while waiting:
        parent = waiting.pop()
        if process := Process.of(parent):
            found.append(process)
        waiting += children.get(parent, [])
    return found


def cpu_seconds(processes: Iterable[Process]) -> float:
    return sum(process.cpu_seconds() for process in processes)


def start(
    command: Sequence[str | Path], log: Path, environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> subprocess.Popen[bytes]:
    """Starts a program in a session of its own; what it says goes to the end of `log`."""
    with log.open("ab") as out:
        return subprocess.Popen(
            list(map(str, command)), stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True, env=environment, cwd=folder
        )


@asynccontextmanager
async def running(
    command: Sequence[str | Path], log: Path, environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> AsyncIterator[subprocess.Popen[bytes]]:
    """A program that ends with the block: SIGTERM, and SIGKILL for whatever of its family outlives that."""
    process = start(command, log, environment, folder)
    try:
        yield process
    finally:
        await end(process)


async def end(process: subprocess.Popen[bytes], number: signal.Signals = signal.SIGTERM, patience_seconds: float = 15.0) -> float:
    """Ends it, and kills what is left of its family after a while; how many seconds it took to end by itself."""
    began = time.monotonic()
    members = family(process.pid)
    if process.poll() is None:
        process.send_signal(number)
    with suppress(subprocess.TimeoutExpired):
        await asyncio.to_thread(process.wait, patience_seconds)
    took = time.monotonic() - began
    while any(member.alive for member in members):
        for member in members:
            member.send(signal.SIGKILL)
        await asyncio.sleep(0.01)
    await asyncio.to_thread(process.wait)
    return took


def free_port() -> int:
    """A port of the loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def answering(port: int, seconds: float) -> None:
    """Returns when something listens on the port; raises Unmeasured after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.05)
    raise Unmeasured(f"nothing listens on port {port} after {seconds:g} s")


def last_lines(log: Path, count: int = 3) -> str:
    """The end of a log on one line, for a note."""
    return " | ".join(log.read_text(errors="replace").strip().splitlines()[-count:]) or "(it said nothing)"


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third on (state, ppid, ...); empty if there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return []
