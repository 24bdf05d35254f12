"""What the house rests on beside its stations: each part with its state and the reason, for `/health/detailed`.

A part that is away never makes a station red: the air goes on without any of them. It makes the whole degraded, so that somebody looks.
"""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil

from server.door.status import Status

BUSY_SHARE: Final = 0.9
SCARCE_MEMORY_SHARE: Final = 0.05
SCARCE_DISK_SHARE: Final = 0.10
LEAST_DISK_BYTES: Final = 500_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """How one part stands. `reason` is never empty: it says what is so, and what to do where something is wrong."""

    state: Status
    reason: str
    figures: Mapping[str, Any] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return {"state": self.state, "reason": self.reason, **self.figures}


def processor() -> Part:
    """How busy the machine's cores are: the load of the last minute beside their number."""
    cores = os.cpu_count() or 1
    load = os.getloadavg()[0]
    figures = {"cores": cores, "load": round(load, 2)}
    if load > BUSY_SHARE * cores:
        return Part(
            Status.DEGRADED, f"{load:.1f} tasks want {cores} cores. The air has its own thread, but renders and pages wait.", figures
        )
    return Part(Status.OK, f"{load:.1f} tasks on {cores} cores.", figures)


def memory() -> Part:
    """How much of the machine's memory could still be had."""
    seen = psutil.virtual_memory()
    free = seen.available / seen.total
    figures = {"total_bytes": seen.total, "available_bytes": seen.available}
    if free < SCARCE_MEMORY_SHARE:
        return Part(
            Status.DEGRADED, f"Only {free:.0%} of memory could be had. Lower state.prepared_megabytes or end other programs.", figures
        )
    return Part(Status.OK, f"{free:.0%} of memory could be had.", figures)


def disk(folder: Path) -> Part:
    """How much room there is where the state lies."""
    try:
        seen = shutil.disk_usage(folder)
    except OSError as error:
        return Part(Status.DOWN, f"The state folder cannot be read: {error.strerror}.")
    free = seen.free / seen.total
    figures = {"total_bytes": seen.total, "free_bytes": seen.free}
    if free < SCARCE_DISK_SHARE and seen.free < 10 * LEAST_DISK_BYTES:
        worst = Status.DOWN if seen.free < LEAST_DISK_BYTES // 10 else Status.DEGRADED
        return Part(worst, f"{seen.free / 1e6:.0f} MB are free in the state folder. Delete takes or lower studio.keep.", figures)
    return Part(Status.OK, f"{free:.0%} of the disk are free.", figures)
