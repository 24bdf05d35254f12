"""How fast this machine's backends are: each makes one short take, and what that took is written down. Pure but for the clock and the
process's memory; one backend that fails does not hide the others.
"""

import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from generation.backend import Backend, Progress
from generation.brief import Brief
from generation.errors import CalledOff, StudioError

GENRE: Final = "house"
SEED: Final = 1
_STATM: Final = Path("/proc/self/statm")


def measure_backends(
    backends: Sequence[Backend], seconds: float, progress: Progress, clock: Callable[[], float] = time.monotonic
) -> list[dict[str, Any]]:
    """One record a backend, in their order. Raises CalledOff."""
    return [_measured(backend, number, len(backends), seconds, progress, clock) for number, backend in enumerate(backends)]


def resident_bytes() -> int:
    """How much memory this process holds now; where the system does not say, the most it ever held."""
    try:
        return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024


def _measured(backend: Backend, number: int, of: int, seconds: float, progress: Progress, clock: Callable[[], float]) -> dict[str, Any]:
    most_bytes = resident_bytes()

    def tell(done: float, doing: str) -> None:
        nonlocal most_bytes
        most_bytes = max(most_bytes, resident_bytes())
        progress((number + min(max(done, 0.0), 1.0)) / of, f"{backend.name}: {doing}" if doing else backend.name)

    told: dict[str, Any] = {"backend": backend.name, **_licence_of(backend)}
    tell(0.0, "")
    began = clock()
    try:
        take = backend.make(Brief(GENRE, SEED, seconds), tell)
    except CalledOff:
        raise
    except (StudioError, MemoryError, OSError, RuntimeError, ImportError) as error:
        return {**told, "error": str(error)[:400] or type(error).__name__}
    took = max(clock() - began, 1e-9)
    most_bytes = max(most_bytes, resident_bytes())
    made = {
        "audio_seconds": round(take.seconds, 3),
        "took_seconds": round(took, 3),
        "audio_seconds_per_second": round(take.seconds / took, 3),
    }
    return {**told, **made, "resident_bytes": most_bytes, "revision": take.provenance.get("revision", "")}


def _licence_of(backend: Backend) -> dict[str, Any]:
    licence = backend.licence
    return {"licence": licence.name, "commercial_ok": licence.commercial_ok, "weights": licence.weights}
