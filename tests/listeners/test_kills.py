"""kill -9 while people listen: what dies, what they hear of it, and how soon it is as before."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.listeners.station import RunningStation, running_station
from tests.sound_files import make_sound_files

pytestmark = pytest.mark.real


class ByteListener:
    """Reads an endless stream on a thread and notes when bytes came."""

    def __init__(self, port: int) -> None:
        self.gaps: list[float] = []
        self._socket = socket.create_connection(("127.0.0.1", port), 10)
        self._socket.sendall(b"GET /listen/main/radio.mp3 HTTP/1.0\r\n\r\n")
        self._ending = False
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        last = time.monotonic()
        self._socket.settimeout(0.2)
        while not self._ending:
            try:
                if not self._socket.recv(65536):
                    self.gaps.append(float("inf"))
                    return
            except TimeoutError:
                continue
            now = time.monotonic()
            self.gaps.append(now - last)
            last = now

    def close(self) -> None:
        self._ending = True
        self._thread.join()
        self._socket.close()


@contextmanager
def listening(station: RunningStation) -> Iterator[ByteListener]:
    listener = ByteListener(station.port)
    try:
        yield listener
    finally:
        listener.close()


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStation]:
    """One that may be maltreated."""
    folder = tmp_path_factory.mktemp("kills")
    (folder / "media").mkdir()
    make_sound_files(folder / "media", seconds=60)
    with running_station(folder, STUDIO__ENABLED="false") as running:
        running.until(lambda: running.airs("library"), 60, "a file on air")
        running.until(lambda: bool(running.processes("spare")), 30, "a spare in waiting")
        running.until(lambda: any((folder / "state" / "loop").glob("*.msgpack")), 60, "the emergency loop is encoded")
        yield running


def test_an_engine_that_dies_is_replaced_on_the_same_track(station: RunningStation) -> None:
    engine = station.processes("engine")
    with listening(station) as listener:
        station.until(lambda: len(listener.gaps) > 6, 10, "sound after the burst")
        title = station.title_on_air()
        os.kill(engine[0], signal.SIGKILL)
        station.until(lambda: station.processes("engine") not in ([], engine), 5, "another engine")
        station.until(lambda: b'"engine_connected": true' in station.fetch("/health/detailed"), 5, "it speaks")
        assert station.title_on_air() == title
        heard = len(listener.gaps)
        station.until(lambda: len(listener.gaps) > heard + 6, 10, "sound from the new engine")
    assert max(listener.gaps[3:]) < 0.32 + 0.5


def test_a_front_that_dies_is_replaced_and_the_engine_does_not_notice(station: RunningStation) -> None:
    engine, front = station.processes("engine"), station.processes("front")
    sequence = int(station.fetch("/hls/main/aac_128.m3u8").split(b"#EXT-X-MEDIA-SEQUENCE:")[1].split()[0])
    os.kill(front[0], signal.SIGKILL)
    after = int(station.fetch("/hls/main/aac_128.m3u8", seconds=15).split(b"#EXT-X-MEDIA-SEQUENCE:")[1].split()[0])
    assert sequence <= after <= sequence + 4  # one in 3.84 s; benchmarks/kills.py holds a front to two seconds
    assert station.processes("engine") == engine


def test_the_worker_yields_to_the_engine(station: RunningStation) -> None:
    (worker,), (engine,) = station.processes("worker"), station.processes("engine")
    assert os.getpriority(os.PRIO_PROCESS, worker) == 19 > os.getpriority(os.PRIO_PROCESS, engine)
    assert os.getsid(worker) == os.getsid(engine), "Linux shares out among sessions first: niceness counts within one"
    assert os.getpgid(worker) != os.getpgid(engine) != os.getpgid(0), "Ctrl-C is the supervisor's"


def test_a_worker_that_dies_is_replaced(station: RunningStation) -> None:
    worker = station.processes("worker")
    os.kill(worker[0], signal.SIGKILL)
    station.until(lambda: station.processes("worker") not in ([], worker), 10, "another worker")


def test_state_folder_is_private(station: RunningStation) -> None:
    wires = [*(station.folder / "state" / "run").glob("main.wire"), *Path("/tmp").glob("sonicforge-*/main.wire")]
    assert all(path.stat().st_mode & 0o077 == 0 for path in wires)
