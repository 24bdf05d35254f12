"""The sandbox, asked by processes that shut themselves in and then try to get out."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from server.intake import seccomp

HOUSE = Path(__file__).resolve().parents[3]
FILTERED = pytest.mark.skipif(seccomp.machine() is None, reason="there is no filter of system calls for this system")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits this")

HEAD = """
import os, socket, signal, sys, mmap, ctypes, threading
from server.intake.sandbox import Limits, PeakMemory, confine
def tried(name, what):
    try:
        what()
        print(name, "done")
    except BaseException as error:
        print(name, type(error).__name__, getattr(error, "errno", ""))
memory = PeakMemory()
file = open(sys.argv[1], "wb", buffering=0)
limits = os.open("/proc/self/limits", os.O_RDONLY) if sys.platform == "linux" else None
confine(Limits(memory_bytes=64 << 20, cpu_seconds=1, written_bytes=1 << 20), os.getppid())
"""


def confined(script: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """What a process says that runs `script` after it was confined."""
    environment = {"PYTHONPATH": str(HOUSE)}
    command = [sys.executable, "-P", "-c", HEAD + script, str(tmp_path / "file")]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=30, check=False)


@FILTERED
def test_nothing_leads_out(tmp_path: Path) -> None:
    script = """
tried("open", lambda: os.open("/etc/passwd", os.O_RDONLY))
tried("create", lambda: os.open("/tmp/x", os.O_CREAT | os.O_WRONLY))
tried("list", lambda: os.listdir("/"))
tried("unlink", lambda: os.unlink("/tmp/x"))
tried("socket", lambda: socket.socket())
tried("unix", lambda: socket.socketpair())
tried("fork", os.fork)
tried("exec", lambda: os.execv("/bin/true", ["true"]))
tried("kill", lambda: os.kill(os.getppid(), signal.SIGTERM))
tried("pipe", os.pipe)
tried("executable memory", lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC))
try:
    threading.Thread(target=print).start()
    print("thread done")
except RuntimeError:
    print("thread refused")
"""
    said = confined(script, tmp_path).stdout.splitlines()
    assert said[-1] == "thread refused"
    assert len(said) == 12
    assert [line for line in said[:-1] if not line.endswith("PermissionError 1")] == []


@FILTERED
def test_what_is_open_can_be_used(tmp_path: Path) -> None:
    script = 'file.write(b"sound"); os.pwrite(file.fileno(), b"S", 0); print(memory.bytes() > 1 << 20)'
    assert confined(script, tmp_path).stdout == "True\n"
    assert (tmp_path / "file").read_bytes() == b"Sound"


@LINUX
def test_too_much_memory_is_a_memory_error_and_never_resident(tmp_path: Path) -> None:
    script = """
hoard = []
def fill():
    while True:
        hoard.append(b"x" * (1 << 20))
tried("hoard", fill)
size = len(hoard)
hoard.clear()
print(size, memory.bytes() >> 20)
"""
    answer, figures = confined(script, tmp_path).stdout.splitlines()
    assert answer.startswith("hoard MemoryError")
    hoarded, peak = map(int, figures.split())
    assert hoarded > 10
    assert peak <= 64


def test_too_much_processor_time_ends_it(tmp_path: Path) -> None:
    assert confined("while True: pass", tmp_path).returncode == -signal.SIGXCPU


def test_too_large_a_file_is_an_error(tmp_path: Path) -> None:
    script = 'tried("write", lambda: [file.write(bytes(1 << 19)) for _ in range(4)])'
    assert confined(script, tmp_path).stdout.startswith("write OSError")
    assert (tmp_path / "file").stat().st_size == 1 << 20


@LINUX
def test_limits_are_set_and_cannot_be_raised(tmp_path: Path) -> None:
    script = """
import resource
tried("raise", lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (1000, 1000)))
print(os.pread(limits, 4096, 0).decode())
"""
    answer, *table = confined(script, tmp_path).stdout.splitlines()
    assert answer.startswith("raise ValueError")
    limits = {line[:26].strip(): line[26:].split()[:2] for line in table}
    assert limits["Max core file size"] == ["0", "0"]
    assert limits["Max open files"] == ["16", "16"]
    assert limits["Max cpu time"] == ["1", "2"]


@LINUX
def test_it_does_not_outlive_its_parent(tmp_path: Path) -> None:
    """The child holds a pipe and waits for what never comes; when its parent is killed, the pipe ends."""
    ours, theirs = os.pipe()
    waiting = HEAD + 'os.write(1, b"confined"); os.read(0, 1)'
    starts_it = "import subprocess, sys; subprocess.run([sys.executable, '-P', '-c', *sys.argv[1:]], stdin=subprocess.PIPE)"
    command = [sys.executable, "-P", "-c", starts_it, waiting, str(tmp_path / "file")]
    parent = subprocess.Popen(command, stdout=theirs, env={"PYTHONPATH": str(HOUSE)})
    os.close(theirs)
    with open(ours, "rb", buffering=0) as pipe:  # noqa: PTH123 (a descriptor)
        assert pipe.read(8) == b"confined"
        parent.kill()
        parent.wait()
        assert pipe.read() == b""


def test_a_parent_that_is_gone_already_is_noticed(tmp_path: Path) -> None:
    script = "tried('again', lambda: confine(Limits(1 << 30, 1, 1), 1 << 30))"
    head = HEAD[: HEAD.index("confine(Limits(")]
    command = [sys.executable, "-P", "-c", head + script, str(tmp_path / "file")]
    done = subprocess.run(command, capture_output=True, text=True, env={"PYTHONPATH": str(HOUSE)}, check=False)
    assert done.stdout.startswith("again ProcessLookupError")
