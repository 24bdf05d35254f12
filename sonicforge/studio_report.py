"""How the studio stands: what the worker writes for the fronts every few seconds, for the probes, the figures and the alarms."""

from pathlib import Path
from typing import Final

from msgspec import DecodeError, Struct, ValidationError
from msgspec.json import Decoder, Encoder

from control.composing.figures import Figure
from server.atomic_file import write_atomically

TOLD_SECONDS: Final = 2.0
"""So often it is written."""
STALE_SECONDS: Final = 60.0
"""An older report is a dead worker's. A worker at the lowest priority may be late on a busy machine."""


class BackendReport(Struct, frozen=True):
    """One backend, since the worker began."""

    name: str
    licence: str
    attribution: str
    kept: int
    """Takes that were approved and chosen."""
    made: int
    """Takes in all."""
    making_seconds: float
    refused: dict[str, int]
    """Limit of the critic's -> takes that broke it."""
    failures: dict[str, int]
    """Reason (generation/failure.py) -> times."""
    failures_in_a_row: int
    last_error: str
    resting_seconds: float
    """How long it will still rest after a failure; 0: it is asked."""


class StationReport(Struct, frozen=True):
    """The buffer of one station."""

    buffered_seconds: float
    wanted_seconds: float
    made: int
    """Takes kept since the worker began."""
    failures_in_a_row: int
    last_failure: str
    failures: dict[str, int]
    """Turns in which nothing was made or kept: reason -> times."""
    last_title: str = ""
    last_made_at: float = 0.0
    """UNIX seconds."""


class ModelsReport(Struct, frozen=True):
    """The language models that compose."""

    configured: int
    awake: int
    """Those whose last call was answered, or that were not asked yet."""
    cost_microdollars: int
    """Today."""
    last_error: str = ""


class StudioReport(Struct, frozen=True):
    """Everything."""

    at: float
    """UNIX seconds."""
    chosen: str
    """Which backend is asked first, and why."""
    heard: int
    """By the critic."""
    accepted: int
    backends: tuple[BackendReport, ...]
    stations: dict[str, StationReport]
    commissions_waiting: int = 0
    models: ModelsReport | None = None
    """None: the composer goes by rules alone."""
    composer: tuple[Figure, ...] = ()
    """What the composer tells Prometheus."""

    @property
    def approval_rate(self) -> float:
        """0 to 1; 1 before the first."""
        return self.accepted / self.heard if self.heard else 1.0

    @property
    def backends_at_work(self) -> int:
        """Those whose last asking did not fail."""
        return sum(backend.failures_in_a_row == 0 for backend in self.backends)


_encoder: Final = Encoder()
_decoder: Final = Decoder(StudioReport)


def write_report(path: Path, report: StudioReport) -> None:
    """Puts it where fronts look. Raises OSError."""
    write_atomically(path, _encoder.encode(report), durable=False)


def read_report(path: Path, now: float) -> StudioReport | None:
    """What the living worker last wrote; None if there is none, or none that lives. `now`: UNIX seconds."""
    try:
        report = _decoder.decode(path.read_bytes())
    except (OSError, DecodeError, ValidationError):
        return None
    return report if now - report.at <= STALE_SECONDS else None
