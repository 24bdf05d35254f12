"""Minds one intake child from outside: starts it with nothing but open files, and sees to it that it ends in time.

Owns the child's process, its deadline and the bound on what it may say; judges how it ended, and never reads what it said.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Final

from server.intake.refusal import IntakeError, Refused
from server.intake.tags import clean

_HOUSE: Final = Path(__file__).resolve().parents[2]
_LONGEST_ANSWER: Final = 64 << 10
_SENT_BY_OTHERS: Final = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL}
"""Ends that a child cannot bring upon itself: the machine is short of memory, or is shutting down."""
_BUSY_SHARE: Final = 0.25
"""A child that had less of the processor than this until its deadline was not busy with its file, but waited for its turn."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What is let in, and what looking at it may cost."""

    largest_bytes: int = 200_000_000
    shortest_seconds: int = 1
    longest_seconds: int = 3600
    memory_bytes: int = 256 << 20
    cpu_seconds: int = 30
    wall_seconds: float = 35.0


USUAL: Final = Policy()


CHILD: Final = (sys.executable, "-P", "-s", "-m", "server.intake.intake_child")


class Minder:
    """One child process at most, and its end. `kill` may come from another thread at any time, before the start too."""

    def __init__(self, policy: Policy = USUAL, command: Sequence[str] = CHILD) -> None:
        self._policy = policy
        self._command = command
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._killed = False
        self._late = False
        self._idle = False

    def look(self, file: FileIO, left: int = -1, right: int = -1) -> bytes:
        """What a child says of the open file. Raises Refused if it ends badly, IntakeError if it was ended."""
        process = self._start(file, left, right)
        deadline = threading.Timer(self._policy.wall_seconds, self._end_late)
        deadline.start()
        try:
            assert process.stdout is not None
            with process.stdout as pipe:
                answer = pipe.read(_LONGEST_ANSWER + 1)
            if len(answer) > _LONGEST_ANSWER:
                process.kill()
            self._judge(process.wait(), answer)
        finally:
            deadline.cancel()
            process.kill()
            process.wait()
        return answer

    def kill(self) -> None:
        """Ends the child now."""
        with self._lock:
            self._killed = True
            if self._process is not None and self._process.returncode is None:
                self._process.kill()

    def _end_late(self) -> None:
        assert self._process is not None
        self._idle = _cpu_seconds(self._process.pid) < self._policy.wall_seconds * _BUSY_SHARE
        self._late = True
        self.kill()

    def _start(self, file: FileIO, left: int, right: int) -> subprocess.Popen[bytes]:
        policy = self._policy
        numbers = (os.getpid(), left, right, policy.shortest_seconds, policy.longest_seconds, policy.memory_bytes, policy.cpu_seconds)
        with self._lock:
            if self._killed:
                raise IntakeError("Intake was called off.")
            try:
                self._process = subprocess.Popen(
                    [*self._command, *map(str, numbers)],
                    stdin=file,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    pass_fds=[descriptor for descriptor in (left, right) if descriptor >= 0],
                    cwd="/",
                    # Nothing of this process's environment: it may hold secrets. One thread, so that the sandbox shuts in all.
                    env={"PYTHONPATH": str(_HOUSE), "OPENBLAS_NUM_THREADS": "1"},
                    # Ctrl-C in a terminal is meant for the station, which ends its children in its own order.
                    process_group=0,
                )
            except OSError as error:
                raise IntakeError(f"No intake child can be started: {error}.") from error
            return self._process

    def _judge(self, status: int, answer: bytes) -> None:
        if self._late and self._idle:
            raise IntakeError(f"The machine was too busy or its disk too slow to decode it within {self._policy.wall_seconds:.0f} s.")
        if self._late:
            raise Refused(f"Decoding it took longer than {self._policy.wall_seconds:.0f} s.")
        if len(answer) > _LONGEST_ANSWER:
            raise Refused("Its decoder talked without end.")
        if self._killed and status == -signal.SIGKILL:
            raise IntakeError("Intake was called off.")
        if status == -signal.SIGXCPU:
            raise Refused(f"Decoding it took more than {self._policy.cpu_seconds} s of processor time.")
        if -status in _SENT_BY_OTHERS:
            raise IntakeError(f"The intake child was ended by {signal.Signals(-status).name}.")
        if status < 0:
            raise Refused(f"It crashed its decoder ({signal.Signals(-status).name}).")
        if status > 0:
            # Whatever a file does to its decoder, the child reports; so this is an installation that does not work.
            raise IntakeError(f"The intake child failed: {clean(answer[-200:].decode(errors='replace'))}")


def _cpu_seconds(pid: int) -> float:
    """Processor time of a process so far; infinite where the system does not say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return float("inf")
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
