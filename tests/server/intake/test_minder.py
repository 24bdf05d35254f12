"""The minder, with children that misbehave."""

import os
import sys
import threading
from collections.abc import Iterator
from io import FileIO
from pathlib import Path

import pytest

from server.intake.minder import Minder, Policy
from server.intake.refusal import IntakeError, Refused

PATIENT = Policy(wall_seconds=20.0)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[FileIO]:
    (tmp_path / "file").write_bytes(b"content")
    with FileIO(tmp_path / "file") as opened:
        yield opened


def minder(script: str, policy: Policy = PATIENT) -> Minder:
    return Minder(policy, [sys.executable, "-S", "-c", f"import os, signal, sys, time\n{script}"])


def test_hands_on_the_open_file_and_hands_back_the_answer(file: FileIO) -> None:
    assert minder("os.write(1, os.read(0, 100).upper())").look(file) == b"CONTENT"


def test_passes_numbers_and_descriptors_and_nothing_of_its_environment(file: FileIO, tmp_path: Path) -> None:
    os.environ["SONICFORGE_TEST_SECRET"] = "secret"
    try:
        with FileIO(tmp_path / "left", "w") as left, FileIO(tmp_path / "right", "w") as right:
            said = minder("print(sys.argv[1:], dict(os.environ)); os.write(int(sys.argv[2]), b'L'); os.write(int(sys.argv[3]), b'R')").look(
                file, left.fileno(), right.fileno()
            )
    finally:
        del os.environ["SONICFORGE_TEST_SECRET"]
    assert str(os.getpid()).encode() in said
    assert b"secret" not in said
    assert (tmp_path / "left").read_bytes() + (tmp_path / "right").read_bytes() == b"LR"


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", "crashed its decoder"),
        ("os.kill(os.getpid(), signal.SIGXCPU)", "30 s of processor time"),
        ("os.kill(os.getpid(), signal.SIGSYS)", "crashed its decoder"),
        ("while True: os.write(1, bytes(1000))", "talked without end"),
    ],
)
def test_an_end_that_is_the_files_fault_refuses_it(file: FileIO, script: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        minder(script).look(file)


def test_one_that_works_without_end_is_ended(file: FileIO) -> None:
    with pytest.raises(Refused, match="took longer than"):
        minder("while True: pass", Policy(wall_seconds=3.0)).look(file)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how long another process has worked")
@pytest.mark.parametrize("script", ["time.sleep(60)", "os.close(1); os.close(2); time.sleep(60)"])
def test_one_that_waits_without_end_is_ended_and_not_the_files_fault(file: FileIO, script: str) -> None:
    with pytest.raises(IntakeError, match="too busy"):
        minder(script, Policy(wall_seconds=0.3)).look(file)


@pytest.mark.parametrize("number", ["SIGTERM", "SIGKILL", "SIGINT", "SIGHUP"])
def test_an_end_that_came_from_outside_is_not_the_files_fault(file: FileIO, number: str) -> None:
    script = f"signal.signal(signal.{number}, signal.SIG_DFL) if '{number}' != 'SIGKILL' else 0; os.kill(os.getpid(), signal.{number})"
    with pytest.raises(IntakeError, match=number):
        minder(script).look(file)


def test_a_broken_installation_is_not_the_files_fault(file: FileIO) -> None:
    with pytest.raises(IntakeError, match="No module named"):
        minder("import there_is_no_such_module").look(file)
    with pytest.raises(IntakeError, match="can be started"):
        Minder(PATIENT, ["/nonexistent/python"]).look(file)


def test_it_can_be_called_off_from_another_thread(file: FileIO, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "started")
    child = minder(f"open({str(tmp_path / 'started')!r}, 'w').close(); time.sleep(60)")

    def call_off() -> None:
        (tmp_path / "started").read_bytes()
        child.kill()

    caller = threading.Thread(target=call_off)
    caller.start()
    with pytest.raises(IntakeError, match="called off"):
        child.look(file)
    caller.join()


def test_it_can_be_called_off_before_it_begins(file: FileIO) -> None:
    child = minder("print('too late')")
    child.kill()
    with pytest.raises(IntakeError, match="called off"):
        child.look(file)


def test_a_key_press_in_the_terminal_does_not_reach_the_child(file: FileIO) -> None:
    assert minder("print(os.getpgid(0) == os.getpid() != os.getsid(0))").look(file) == b"True\n"
