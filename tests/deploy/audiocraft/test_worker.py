"""The worker for audiocraft, run as its operator runs it, with an audiocraft that plays sines; asked by the station's own client."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from control.remote_worker.outside import Outside, own_network
from generation.errors import BackendAway, CalledOff, GenerationFailed
from generation.remote.backend import Remote
from generation.remote.errors import Untrue
from generation.remote.options import Permit, RemoteOptions
from server.clock import SystemClock
from tests.generation.remote.far_worker import BRIEF, KEY

pytestmark = pytest.mark.real
HERE = Path(__file__).resolve().parent
PROGRAM = HERE.parents[2] / "deploy" / "audiocraft" / "worker.py"
WISH = replace(BRIEF, words="a storm over the harbour")


@dataclass
class Running:
    """The program, and where it listens."""

    process: "subprocess.Popen[str]"
    address: str
    lines: ExitStack

    def remote(self, key: str = KEY, **options: object) -> Remote:
        told = RemoteOptions(**{"longest_seconds": 60.0, "attempts": 2, **options})  # type: ignore[arg-type]
        remote = Remote([self.address], key, Outside(own_network(self.address)), SystemClock(), options=told)
        self.lines.callback(remote.close)
        return remote


@contextmanager
def running(fault: str = "", key: str = KEY, *arguments: str) -> Iterator[Running]:
    environment = {**os.environ, "PYTHONPATH": str(HERE / "fake"), "AUDIOCRAFT_FAULT": fault, "SONICFORGE_WORKER_KEY": key}
    command = [sys.executable, str(PROGRAM), "--listen", "127.0.0.1:0", *arguments]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process, ExitStack() as lines:
        assert process.stderr is not None
        try:
            found = re.fullmatch(r"listening on (\S+)\n", process.stderr.readline())
            assert found, process.stderr.read()
            yield Running(process, f"http://{found[1]}", lines)
        finally:
            process.kill()


def refusal(*arguments: str, key: str = "") -> str:
    """What it says when it does not start."""
    environment = {**os.environ, "SONICFORGE_WORKER_KEY": key}
    done = subprocess.run(
        [sys.executable, str(PROGRAM), *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    return done.stderr


def test_takes_come_from_it() -> None:
    with running() as worker:
        remote, heard = worker.remote(), list[str]()
        take = remote.make(WISH, lambda _, doing: heard.append(doing))
        briefs = [replace(WISH, seed=1), replace(WISH, seed=2, seconds=31.0), replace(WISH, seed=3)]
        several = remote.make_all(briefs)
        about = remote.about()
    assert take.samples.shape == (2, 48_000 * 30)
    assert (take.licence.name, take.licence.commercial_ok) == ("CC-BY-NC-4.0", False)
    assert take.provenance["made_model"] == "facebook/musicgen-medium"
    assert heard[-1] == "done"
    assert [one.brief for one in several] == briefs
    assert [round(one.seconds) for one in several] == [30, 31, 30]
    assert [one.name for one in about.values() if one] == ["audiocraft"]


def test_a_station_that_earns_money_is_not_served() -> None:
    with running() as worker, pytest.raises(GenerationFailed, match=r"may not be aired.*CC-BY-NC-4\.0"):
        worker.remote(permit=Permit(monetised=True)).make(WISH)


def test_unless_the_weights_are_its_owner_s() -> None:
    with running("", KEY, "--licence", "MIT", "--commercial-ok") as worker:
        assert worker.remote(permit=Permit(monetised=True)).make(WISH).licence.name == "MIT"


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ("nan", Untrue, "no numbers"),
        ("short", Untrue, "15.0 s long; 30 s were asked for"),
        ("dies", BackendAway, "does not answer"),
        ("memory", BackendAway, "out of memory"),
        ("missing", BackendAway, "not a local folder"),
    ],
)
def test_what_goes_wrong_there_is_known_here(fault: str, kind: type[Exception], words: str) -> None:
    with running(fault) as worker, pytest.raises(kind, match=words):
        worker.remote().make(WISH)


def test_called_off_it_stops_and_serves_the_next() -> None:
    with running("hangs") as worker:

        def progress(done: float, _doing: str) -> None:
            if done > 0.3:
                raise CalledOff

        for seed in (1, 2):
            with pytest.raises(CalledOff):
                worker.remote().make(replace(WISH, seed=seed), progress)


@pytest.mark.parametrize(
    "ask",
    [
        lambda worker: worker.remote(key="f" * 32).make(WISH),
        lambda worker: worker.remote(key="").make(WISH),
    ],
)
def test_only_the_key_opens(ask: Callable[[Running], object]) -> None:
    with running() as worker, pytest.raises(BackendAway, match="does not take our key"):
        ask(worker)


def test_without_a_key_it_serves_this_machine_alone() -> None:
    with running(key="") as worker:
        assert worker.remote(key="").make(WISH).seconds == 30.0
    assert "only 127.0.0.1" in refusal("--listen", "0.0.0.0:0")
    assert "only 127.0.0.1" in refusal("--listen", "gpu.example:0")
    assert "HOST:PORT" in refusal("--listen", "8100")


def test_a_key_that_is_too_short() -> None:
    said = refusal(key="hunter2")
    assert "32 characters" in said
    assert "hunter2" not in said
