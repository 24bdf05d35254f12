"""`sonicforge worker --listen` as a process, asked by a station's client; killed, stopped and started again while it works."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import pytest

from control.remote_worker.outside import Outside, own_network
from control.remote_worker.unpacking import FlacUnpacker
from generation.errors import BackendAway
from generation.procedural.composer import ProceduralComposer
from generation.remote.backend import Remote
from generation.remote.options import RemoteOptions
from server.clock import SystemClock
from tests.generation.acestep.tiny import write_tiny_model
from tests.generation.remote.far_worker import BRIEF, KEY
from tests.listeners.station import HOUSE, free_port
from tests.models import models

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]


@dataclass
class Hired:
    """The process, and where it listens."""

    process: "subprocess.Popen[str]"
    port: int

    def until(self, words: str) -> str:
        """Reads its log until a line holds `words`."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if words in line:
                return line
        raise AssertionError(f"it ended without saying {words!r}")


@contextmanager
def hired(tmp_path: Path, port: int = 0, studio: str = 'backends = ["procedural"]') -> Iterator[Hired]:
    config = tmp_path / "worker.toml"
    config.write_text(f'[log]\nformat = "json"\n[studio]\n{studio}\n')
    command = [sys.executable, "-m", "sonicforge", "worker", "--listen", f"127.0.0.1:{port}", "--config", str(config)]
    environment = {**os.environ, "SONICFORGE_WORKER_KEY": KEY}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        one = Hired(process, port)
        try:
            line = one.until("a studio for hire")
            one.port = int(re.search(r'"port": (\d+)', line)[1])  # type: ignore[index]
            assert KEY not in line
            yield one
        finally:
            process.send_signal(signal.SIGCONT)
            process.kill()


Station: TypeAlias = Callable[..., Remote]


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    """(port, attempts) -> a station's end of the line to a worker there."""
    opened: list[Remote] = []

    def call(port: int, attempts: int = 3) -> Remote:
        address = f"http://127.0.0.1:{port}"
        options = RemoteOptions(longest_seconds=300.0, attempts=attempts)
        opened.append(Remote([address], KEY, Outside(own_network(address)), SystemClock(), FlacUnpacker(tmp_path), options))
        return opened[-1]

    yield call
    for remote in opened:
        remote.close()


def test_a_take_from_there_is_the_take_from_here(tmp_path: Path, station: Station) -> None:
    with hired(tmp_path) as worker:
        remote, heard = station(worker.port), list[tuple[float, str]]()
        take = remote.make(BRIEF, lambda done, doing: heard.append((done, doing)))
        worker.process.terminate()
        assert worker.process.wait(60) == 0
    here = ProceduralComposer().make(BRIEF)
    assert (take.title, take.artist, take.bpm, take.key) == (here.title, here.artist, here.bpm, here.key)
    assert take.samples.shape == here.samples.shape
    assert take.licence == here.licence
    assert take.provenance["made_backend"] == "procedural"
    assert len({doing for _, doing in heard}) > 3
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)


def test_a_model_on_the_far_side(tmp_path: Path, station: Station) -> None:
    """ACE-Step there, nothing of it here: two takes by one errand, with the licence of its weights."""
    models()
    model = write_tiny_model(tmp_path / "model")
    studio = f'backends = ["acestep"]\n[studio.acestep]\nmodel = "{model}"\ndevice = "cpu"\nsteps = 2'
    with hired(tmp_path, studio=studio) as worker:
        remote = station(worker.port)
        remote.about()
        assert remote.most_at_once > 1
        takes = remote.make_all([BRIEF, replace(BRIEF, seed=8)])
    assert [take.licence.name for take in takes] == ["MIT", "MIT"]
    assert [take.bpm for take in takes] == [124.0, 124.0]
    assert takes[0].provenance["made_backend"] == "acestep"


def test_killed_while_it_works_and_started_again_it_makes_the_take(tmp_path: Path, station: Station) -> None:
    """The station notices nothing but the time: its calls are tried again, and the errand is handed over again."""
    killed, made = threading.Event(), list[object]()
    port = free_port()

    def progress(done: float, _doing: str) -> None:
        if done > 0.05 and not killed.is_set():
            first.process.kill()
            killed.set()

    def make() -> None:
        made.append(station(port, attempts=40).make(BRIEF, progress))

    with hired(tmp_path, port) as first:
        waiting = threading.Thread(target=make)
        waiting.start()
        assert killed.wait(300)
        first.process.wait(60)
        with hired(tmp_path, port):
            waiting.join(500)
    assert len(made) == 1


def test_killed_for_good_it_is_away(tmp_path: Path, station: Station) -> None:
    with hired(tmp_path) as worker:

        def progress(done: float, _doing: str) -> None:
            if done > 0.05:
                worker.process.kill()

        with pytest.raises(BackendAway, match="does not answer as it should, 3 times: no connection"):
            station(worker.port).make(BRIEF, progress)


def test_stopped_it_is_away_too_and_nobody_waits_for_ever(tmp_path: Path, station: Station) -> None:
    with hired(tmp_path) as worker:
        worker.process.send_signal(signal.SIGSTOP)
        with pytest.raises(BackendAway, match="no whole answer within"):
            station(worker.port, attempts=1).make(BRIEF)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--listen", "0.0.0.0:0"], "give it a key"),
        (["--listen", "nowhere"], "HOST:PORT"),
        (["--listen", "127.0.0.1:0", "--key-file", "/nowhere/key"], "--key-file /nowhere/key"),
    ],
)
def test_what_the_operator_can_mend_is_one_line(tmp_path: Path, arguments: list[str], words: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "SONICFORGE_WORKER_KEY"}
    environment["PYTHONPATH"] = str(HOUSE)
    command = [sys.executable, "-m", "sonicforge", "worker", *arguments]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
