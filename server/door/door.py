"""How a front listens: the server behind an inherited socket, the number of lines it holds, and the way it closes.

The supervisor owns the listening socket and outlives this process: a connection that nobody has accepted yet waits for the next front.
"""

import asyncio
import socket
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from ssl import SSLContext

from aiohttp.web import Application, AppRunner, Request, StreamResponse

from server.door.answers import put_headers
from server.door.line import Line, LineLimits
from server.door.tls import HANDSHAKE_SECONDS, SHUTDOWN_SECONDS

BACKLOG = 1_024


@dataclass(frozen=True, slots=True)
class DoorLimits:
    """How many lines there may be."""

    connections: int = 20_000
    connections_per_address: int = 4_096
    """High: a proxy or a household is one address. An IPv6 /64 counts as one."""
    line: LineLimits = field(default_factory=LineLimits)


class Door:
    """An open door: serves until it is closed. Made by `open_door`."""

    def __init__(self, runner: AppRunner, limits: DoorLimits, kicked: Callable[[str], None]) -> None:
        self.draining = False
        self._runner = runner
        self._limits = limits
        self._kicked = kicked
        self._lines: set[Line] = set()
        self._addresses: Counter[str] = Counter()
        self._servers: list[asyncio.Server] = []
        self._empty = asyncio.Event()

    def __len__(self) -> int:
        """How many lines are open."""
        return len(self._lines)

    def enter(self, line: Line, address: str) -> bool:
        """Whether the line may come in; counts it if so."""
        source = network(address)
        if len(self._lines) >= self._limits.connections:
            self._kicked("connections")
            return False
        if self._addresses[source] >= self._limits.connections_per_address:
            self._kicked("connections_per_address")
            return False
        self._lines.add(line)
        self._addresses[source] += 1
        self._empty.clear()
        return True

    def leave(self, line: Line, address: str) -> None:
        """The line has ended."""
        self._lines.discard(line)
        source = network(address)
        self._addresses[source] -= 1
        if self._addresses[source] <= 0:
            del self._addresses[source]
        if not self._lines:
            self._empty.set()

    def cut(self, reason: str) -> None:
        """A line was cut at a deadline."""
        self._kicked(reason)

    async def listen(self, listening: socket.socket, tls: SSLContext | None = None) -> None:
        """Serves what comes to `listening` as well, encrypted if there is a context for it."""
        loop = asyncio.get_running_loop()
        server = self._runner.server
        assert server is not None, "the runner is set up before the door is made"
        made = await loop.create_server(
            lambda: Line(server, loop, self, self._limits.line),
            sock=listening,
            backlog=BACKLOG,
            ssl=tls,
            ssl_handshake_timeout=HANDSHAKE_SECONDS if tls else None,
            ssl_shutdown_timeout=SHUTDOWN_SECONDS if tls else None,
        )
        self._servers.append(made)

    async def close(self, deadline_seconds: float, notice_seconds: float = 0.0) -> None:
        """Says "not ready" for `notice_seconds`, lets answers finish, closes what idles, and cuts the rest at the deadline."""
        self.draining = True
        await self._emptied(notice_seconds)
        for server in self._servers:
            server.close()
        for line in list(self._lines):
            if line.idle:
                line.force_close()
        await self._emptied(deadline_seconds)
        for line in list(self._lines):
            line.abort()
        await self._runner.cleanup()

    async def _emptied(self, within_seconds: float) -> None:
        """Returns when no line is left, or after that time."""
        if not self._lines or within_seconds <= 0:
            return
        try:
            async with asyncio.timeout(within_seconds):
                await self._empty.wait()
        except TimeoutError:
            return


async def open_door(
    application: Application,
    listening: list[socket.socket],
    limits: DoorLimits,
    kicked: Callable[[str], None],
    tls: SSLContext | None = None,
) -> Door:
    """Starts the application and serves it on sockets that are bound already, encrypted if there is a context (server/door/tls.py).

    `kicked(reason)` hears of every line cut or turned away.
    """
    runner = AppRunner(application, shutdown_timeout=0.5)
    door = Door(runner, limits, kicked)

    async def finish_head(request: Request, response: StreamResponse) -> None:  # noqa: ARG001
        put_headers(response)
        if door.draining:
            response.headers["Connection"] = "close"
            response.force_close()

    application.on_response_prepare.append(finish_head)
    await runner.setup()
    for each in listening:
        await door.listen(each, tls)
    return door


def network(address: str) -> str:
    """What counts as one address: an IPv4 address, an IPv6 /64, or whatever a socket of another kind calls its peer."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    return str(parsed.ipv4_mapped) if parsed.ipv4_mapped else parsed.exploded[:19]
