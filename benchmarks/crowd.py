"""Bad company: readers who do not read, connections that say nothing, requests that never end, beside people who just listen.

A bad connection is gone when the kernel no longer holds it open on the station's side, whatever its own side still believes.
"""

import asyncio
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks import station
from benchmarks.listeners import Listener
from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import Unmeasured, progress

HEALTHY: Final = 50
SLOW_READERS: Final = 200
HALF_OPEN: Final = 500
SLOWLORIS: Final = 500
GONE_SECONDS: Final = 30.0
WATCH_SECONDS: Final = 60.0
OPEN_STATES: Final = {"01", "08"}
"""ESTABLISHED and CLOSE_WAIT in /proc/net/tcp: a process still holds the connection open."""
REQUEST: Final = b"GET /listen/main/radio.mp3 HTTP/1.1\r\nHost: 127.0.0.1\r\n"

GAPS: Final = Bar("bad company: gaps of 50 healthy listeners", "gaps", most=0)
MEMORY: Final = Bar("bad company: growth of the front's memory", "MB", most=150)
GONE: Final = Bar("bad company: until all 1,200 of them are gone", "s", most=GONE_SECONDS)


@dataclass(slots=True)
class Crowd:
    """One kind of bad company: its connections and when the last of them was gone."""

    name: str
    sockets: list[socket.socket]
    began: float = field(default_factory=time.monotonic)
    gone_after_seconds: float | None = None

    def left(self, open_ports: set[int]) -> int:
        """How many the station still holds."""
        count = sum(connection.getsockname()[1] in open_ports for connection in self.sockets)
        if count == 0 and self.gone_after_seconds is None:
            self.gone_after_seconds = time.monotonic() - self.began
        return count


async def measure() -> list[Row]:
    """The healthy ones come first and stay until the end."""
    with station.scratch() as folder:
        async with station.on_air(folder) as ours, AsyncExitStack() as leaving:
            leaving.enter_context(_many_files())
            healthy = [Listener(ours.port, "/listen/main/radio.mp3", station.MP3_BYTES_A_SECOND) for _ in range(HEALTHY)]
            for listener in healthy:
                await leaving.enter_async_context(listener.listening())
            for listener in healthy:
                await listener.heard(10)
            await asyncio.sleep(5)
            front = ours.the("front")
            before = front.resident_bytes()
            progress(f"bad company: {SLOW_READERS} slow readers, {HALF_OPEN} half-open, {SLOWLORIS} slowloris")
            crowds = await _arrive(ours.port)
            leaving.callback(_leave, crowds)
            highest = await _watch(ours, crowds)
            same = front.alive
            for listener in healthy:
                listener.player.wait(time.monotonic())
    return _rows(healthy, crowds, (highest - before) / 1e6, same)


def _rows(healthy: list[Listener], crowds: list[Crowd], growth: float, same: bool) -> list[Row]:
    refused = [listener.ended for listener in healthy if listener.ended]
    gaps = sum(listener.player.gaps for listener in healthy)
    times = [crowd.gone_after_seconds for crowd in crowds]
    still = "never" if same else "with the front, which died"
    note = "; ".join(f"{crowd.name} {still if t is None else f'{t:.1f} s'}" for crowd, t in zip(crowds, times, strict=True))
    gone = max(WATCH_SECONDS if t is None else t for t in times)
    return [
        GAPS.row(gaps, note=f"{len(refused)} of them lost their connection: {refused[0]}" if refused else "", valid=not refused),
        MEMORY.row(growth, valid=same, note="" if same else "the front died"),
        GONE.row(gone, note=f"since they connected: {note}", valid=same),
    ]


async def _arrive(port: int) -> list[Crowd]:
    return [
        Crowd("slow readers", [await _connect(port, REQUEST + b"\r\n", receive_bytes=4096) for _ in range(SLOW_READERS)]),
        Crowd("half-open", [await _connect(port, b"") for _ in range(HALF_OPEN)]),
        Crowd("slowloris", [await _connect(port, REQUEST) for _ in range(SLOWLORIS)]),
    ]


async def _connect(port: int, words: bytes, receive_bytes: int | None = None) -> socket.socket:
    connection = socket.socket()
    if receive_bytes:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    connection.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(connection, ("127.0.0.1", port))
    if words:
        await loop.sock_sendall(connection, words)
    return connection


async def _watch(ours: station.Station, crowds: list[Crowd]) -> int:
    """Until all are gone; the front's largest memory in bytes."""
    highest = 0
    deadline = time.monotonic() + WATCH_SECONDS
    while time.monotonic() < deadline:
        front = ours.crew()["front"]
        highest = max(highest, *(process.resident_bytes() for process in front)) if front else highest
        open_ports = _open_ports(ours.port)
        if not [crowd for crowd in crowds if crowd.left(open_ports)]:
            break
        for connection in crowds[0].sockets:
            with suppress(OSError):
                connection.recv(100)
        for connection in crowds[2].sockets:
            with suppress(OSError):
                connection.send(b"X-")
        await asyncio.sleep(0.5)
    return highest


def _leave(crowds: list[Crowd]) -> None:
    for crowd in crowds:
        for connection in crowd.sockets:
            connection.close()


def _open_ports(port: int) -> set[int]:
    """The far ports of the connections that some process holds open on this one."""
    found = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, state, *_ = line.split()
        if state in OPEN_STATES and int(local.split(":")[1], 16) == port:
            found.add(int(remote.split(":")[1], 16))
    return found


@contextmanager
def _many_files() -> Iterator[None]:
    """Room for all these sockets, as long as the block lasts; raises Unmeasured where there is none."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * (HEALTHY + SLOW_READERS + HALF_OPEN + SLOWLORIS)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise Unmeasured(f"this user may open {hard} files, {wanted} are needed: ulimit -Hn")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


MEASUREMENT: Final = Measurement((GAPS, MEMORY, GONE), measure, 180.0)
