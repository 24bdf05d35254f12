"""Reading and ending other people's processes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.processes import Process, answering, cpu_seconds, end, family, free_port, last_lines, running, start
from benchmarks.unmeasured import Unmeasured, program

CHILD = "import sys, time; print('up', flush=True); sys.stdin.read()"
PARENT = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {CHILD!r}], stdin=subprocess.PIPE).wait()"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


def test_this_process() -> None:
    here = Process.of(os.getpid())
    assert here
    assert here.alive
    assert 0 < here.resident_bytes() <= here.highest_resident_bytes()
    before = here.cpu_seconds()
    sum(range(3_000_000))
    assert before < here.cpu_seconds() < before + 5
    assert cpu_seconds([here]) >= before


def test_a_process_that_has_ended() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    process = Process.of(child.pid)
    assert process
    child.wait()
    assert not process.alive
    assert Process.of(child.pid) is None
    assert process.resident_bytes() == 0
    assert process.words() == []


def test_a_later_process_of_the_same_number_is_another() -> None:
    here = Process.of(os.getpid())
    assert here
    assert not Process(here.pid, here.started_ticks - 1).alive


async def test_the_whole_family_ends_with_the_block(tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with running([sys.executable, "-c", PARENT, "engine"], log) as process:
        while "up" not in log.read_text():
            pass
        members = family(process.pid)
        assert len(members) == 2
        assert "engine" in members[0].words()
        assert all(member.alive for member in members)
    assert not any(member.alive for member in members)


async def test_who_does_not_listen_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = start([sys.executable, "-c", DEAF], log)
    while "up" not in log.read_text():
        pass
    assert await end(process, patience_seconds=0.1) >= 0.1
    assert process.returncode == -9


async def test_a_port_on_which_nobody_listens() -> None:
    with pytest.raises(Unmeasured, match="nothing listens"):
        await answering(free_port(), 0.1)


def test_the_last_words_of_a_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("one\ntwo\nthree\nfour\n")
    assert last_lines(log, 2) == "three | four"


def test_a_missing_program_says_what_to_install() -> None:
    with pytest.raises(Unmeasured, match="apt-get install no-such-program"):
        program("no-such-program")
