"""A real station of the tests' own: the program as an operator starts it, on a free port with folders of its own."""

import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import Any

HOUSE = Path(__file__).resolve().parents[2]
STARTS_WITHIN_SECONDS = 60.0
LOOP = Path(gettempdir()) / f"sonicforge-tests-{os.getpid()}-loop"
"""The emergency loop, composed and encoded by this process's first station: three seconds of a processor that the others are spared."""
atexit.register(shutil.rmtree, LOOP, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class RunningStation:
    """A `sonicforge serve` and how to reach it."""

    process: "subprocess.Popen[bytes]"
    port: int
    folder: Path
    log: Path
    environment: dict[str, str]

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fetch(self, path: str, seconds: float = 10) -> bytes:
        with urllib.request.urlopen(self.base + path, timeout=seconds) as answer:
            return bytes(answer.read())

    def now_playing(self, station: str = "main") -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.fetch(f"/api/nowplaying/{station}"))
        return found

    def processes(self, role: str) -> list[int]:
        """The pids of this station's processes of one role."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with suppress(OSError):
                    words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").split()
                    parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                    if parent == self.process.pid and role.encode() in words:
                        found.append(int(entry.name))
        return found

    def airs(self, playlist: str) -> bool:
        """Whether what airs now comes from there: library, studio, bed."""
        with suppress(OSError):
            return bool(self.now_playing()["now_playing"]["playlist"] == playlist)
        return False

    def title_on_air(self) -> str:
        """The title that the station says is on air now."""
        return str(self.now_playing()["now_playing"]["song"]["title"])

    def titles_in_band(self) -> set[str]:
        """What ICY may say now: the title on air or, while a listener's burst still holds it, the one before. Its quotes are harmless."""
        playing = self.now_playing()
        songs = [playing["now_playing"], *playing["song_history"][:1]]
        return {str(one["song"]["title"]).replace("'", "\u2019").replace(";", ",") for one in songs}

    def until(self, holds: Callable[[], bool], seconds: float, what: str) -> None:
        """Returns when it holds; fails with the log's end if it does not within `seconds`."""
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, f"not within {seconds} s: {what}\n{self.log.read_text()[-4000:]}"
            time.sleep(0.05)

    def ctl(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """`sonicforge ctl WORDS` for this station."""
        command = [sys.executable, "-m", "sonicforge", "ctl", *words]
        return subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False)

    def stop(self) -> int:
        """Ctrl-C; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(30)
        finally:
            self.kill()

    def kill(self) -> None:
        """Ends it, whatever state it is in: its children end with it."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)


def surroundings(port: int, folder: Path, settings: dict[str, str]) -> dict[str, str]:
    """The environment of a station's processes; `settings` by their environment names without the prefix."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("SONICFORGE_")},
        "PYTHONPATH": str(HOUSE),
        "SONICFORGE_SERVER__PORT": str(port),
        "SONICFORGE_LIVE__SOURCE_PORT": "0",
        "SONICFORGE_STUDIO__BUFFER_MINUTES": "2",  # nobody listens for longer; half an hour of music is a minute's work
        "SONICFORGE_STUDIO__MIN_SECONDS": "60",
        "SONICFORGE_STUDIO__MAX_SECONDS": "70",
        "SONICFORGE_STATE__FOLDER": str(folder / "state"),
        "SONICFORGE_MEDIA__FOLDER": str(folder / "media"),
        **{f"SONICFORGE_{name}": value for name, value in settings.items()},
    }


@contextmanager
def running_station(folder: Path, port: int | None = None, **settings: str) -> Iterator[RunningStation]:
    """A station in `folder`, ready; ended by Ctrl-C, and cleanly, when the block is left."""
    station = start(folder, port, **settings)
    try:
        yield station
    except BaseException:
        station.kill()
        raise
    assert station.stop() == 0, station.log.read_text()[-4000:]
    made = folder / "state" / "loop"
    if any(made.glob("*.msgpack")) and not LOOP.exists():
        shutil.copytree(made, LOOP)


def start(folder: Path, port: int | None = None, **settings: str) -> RunningStation:
    """Starts a station in `folder` and returns when it is ready; its log's end is in the error if it is not."""
    (folder / "media").mkdir(exist_ok=True)
    if not (folder / "state").exists() and LOOP.exists():
        shutil.copytree(LOOP, folder / "state" / "loop")
    port = port or free_port()
    log = folder / "log"
    environment = surroundings(port, folder, settings)
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "sonicforge", "serve"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    station = RunningStation(process, port, folder, log, environment)
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError):
            station.fetch("/ready", 2)
            return station
        if process.poll() is not None:
            break
        time.sleep(0.05)
    station.kill()
    raise AssertionError(f"no station within {STARTS_WITHIN_SECONDS} s:\n{log.read_text()[-4000:]}")
