"""Thousands of listeners in one process: each reads an endless HTTP stream as it comes and remembers how long it had to wait.

Run as a program, so that it lies on a core of its own: `python -m benchmarks.drinkers PORT PATH COUNT CORE`. It says `ready` when all are
connected and have heard something, then a line of JSON for each line that it is sent: what happened since the last one.
"""

import json
import os
import resource
import select
import socket
import sys
import time
from typing import Final

GAP_SECONDS: Final = 2.0
"""Half of what a burst gives a player in advance."""
READY_SECONDS: Final = 60.0


class Drinkers:
    """The listeners."""

    def __init__(self, port: int, path: str, count: int) -> None:
        self._poll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._heard: dict[int, float] = {}
        self._request = f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nUser-Agent: drinker\r\n\r\n".encode()
        self._port = port
        self._room = bytearray(262_144)
        self.gaps = self.ended = self.bytes = 0
        self.longest = 0.0
        for _ in range(count):
            self._connect()
            self.drink(0.0)

    @property
    def thirsty(self) -> int:
        """Those who have not heard anything yet."""
        return sum(at == 0.0 for at in self._heard.values())

    def drink(self, timeout: float) -> None:
        """Reads what has come, waiting at most so long for it."""
        for descriptor, _ in self._poll.poll(timeout):
            if descriptor not in self._sockets:
                continue
            try:
                size = self._sockets[descriptor].recv_into(self._room)
            except BlockingIOError:
                continue
            except OSError:
                size = 0
            if not size:
                self.ended += 1
                self._poll.unregister(descriptor)
                self._sockets.pop(descriptor).close()
                del self._heard[descriptor]
                continue
            now = time.monotonic()
            if before := self._heard[descriptor]:
                self.longest = max(self.longest, now - before)
                self.gaps += now - before > GAP_SECONDS
            self._heard[descriptor] = now
            self.bytes += size

    def tell(self) -> dict[str, float]:
        """What happened since it was last told; those who wait just now count."""
        now = time.monotonic()
        waiting = [now - at for at in self._heard.values() if at]
        self.gaps += sum(each > GAP_SECONDS for each in waiting)
        told = {"listeners": len(self._sockets), "gaps": self.gaps, "ended": self.ended, "bytes": self.bytes}
        told["longest_seconds"] = max([self.longest, *waiting])
        self.gaps = self.ended = self.bytes = 0
        self.longest = 0.0
        return told

    def _connect(self) -> None:
        connection = socket.create_connection(("127.0.0.1", self._port), timeout=10)
        connection.sendall(self._request)
        connection.setblocking(False)
        self._sockets[connection.fileno()] = connection
        self._heard[connection.fileno()] = 0.0
        self._poll.register(connection, select.EPOLLIN)


def main(port: int, path: str, count: int, core: int) -> None:
    """Until standard input ends."""
    if core in os.sched_getaffinity(0):
        os.sched_setaffinity(0, {core})
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    drinkers = Drinkers(port, path, count)
    deadline = time.monotonic() + READY_SECONDS
    while drinkers.thirsty and time.monotonic() < deadline:
        drinkers.drink(0.1)
    print("ready" if not drinkers.thirsty else f"{drinkers.thirsty} of {count} hear nothing", flush=True)
    orders = select.poll()
    orders.register(sys.stdin, select.POLLIN)
    while True:
        drinkers.drink(0.1)
        if orders.poll(0):
            if not sys.stdin.readline():
                return
            print(json.dumps(drinkers.tell()), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
