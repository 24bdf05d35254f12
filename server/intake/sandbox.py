"""Shuts the calling process in, for the rest of its life: it may compute, and read and write what it already has open.

Owns the limits. It knows nothing of media: the caller imports and opens all it needs first. The limit on memory is set on the
address space, so that a hostile file gets a clean MemoryError, and counts from what is in use now: resident memory cannot pass it.
"""

import ctypes
import os
import resource
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from server.intake import seccomp

_PR_SET_PDEATHSIG: Final = 1


class Hold(StrEnum):
    """What holds the process."""

    FILTER = "filter"
    """Limits, and the kernel's filter of system calls."""
    LIMITS = "limits"
    """Limits alone: there is no filter for this system."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of the machine the process may use."""

    memory_bytes: int
    """Resident memory, all told."""
    cpu_seconds: int
    written_bytes: int
    """Of each file."""
    open_files: int = 16
    niceness: int = 5


class PeakMemory:
    """The most memory this process has had resident. Made before `confine`: what it reads must be open by then."""

    def __init__(self) -> None:
        # Not ru_maxrss, which would count the parent too: a child shares its memory until it executes.
        self._status = os.open("/proc/self/status", os.O_RDONLY) if sys.platform == "linux" else None

    def bytes(self) -> int:
        """So far."""
        if self._status is None:
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return int(os.pread(self._status, 4096, 0).partition(b"VmHWM:")[2].split()[0]) << 10


def confine(limits: Limits, parent: int) -> Hold:
    """Confines this process; `parent` is the process whose death must be its own. Raises OSError where the kernel refuses the filter."""
    os.nice(limits.niceness)
    _die_with(parent)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _lower(resource.RLIMIT_CPU, limits.cpu_seconds, grace=1)
    _lower(resource.RLIMIT_FSIZE, limits.written_bytes)
    _lower(resource.RLIMIT_NOFILE, limits.open_files)
    if sys.platform == "linux":
        _lower(resource.RLIMIT_AS, _address_space_for(limits.memory_bytes))
    machine = seccomp.machine()
    if machine is None:
        return Hold.LIMITS
    seccomp.install(machine)
    return Hold.FILTER


def _address_space_for(memory_bytes: int) -> int:
    """The address space with which resident memory stays within `memory_bytes`: what is mapped but not resident now comes on top."""
    pages, resident_pages = map(int, Path("/proc/self/statm").read_text().split()[:2])
    return memory_bytes + (pages - resident_pages) * resource.getpagesize()


def _lower(kind: int, limit: int, grace: int = 0) -> None:
    """Sets a limit that this process cannot raise again; one that is lower already stays."""
    soft, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (_lowest(limit, soft), _lowest(limit + grace, hard)))


def _lowest(limit: int, other: int) -> int:
    return limit if other == resource.RLIM_INFINITY else min(limit, other)


def _die_with(parent: int) -> None:
    """Ends this process when its parent ends, on Linux; at once if that has happened already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        raise ProcessLookupError("the parent is gone")
