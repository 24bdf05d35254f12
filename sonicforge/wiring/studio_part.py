"""What the operator is told of the studio: a part of `/health/detailed`, with what is wrong and what to do about it."""

from typing import Final

from generation.failure import Failure
from generation.worker import LOW_SHARE
from server.door.parts import Part
from server.door.status import Status
from sonicforge.studio_report import BackendReport, StationReport, StudioReport

LOW_BUFFER: Final = "buffer_low"
NO_BACKEND: Final = "no_backend"
BACKEND_RESTS: Final = "backend_rests"
NO_MODEL: Final = "no_language_model"
NO_MEMORY: Final = "no_memory"
NO_WORKER: Final = "no_worker"
ALARMS: Final = (NO_WORKER, NO_BACKEND, BACKEND_RESTS, NO_MEMORY, LOW_BUFFER, NO_MODEL)
"""Every alarm there is; deploy/prometheus/alerts.yml knows them."""
_A_TAKE_SECONDS: Final = 120.0
"""No shorter than this, on the whole."""


def alarms_of(report: StudioReport | None) -> dict[str, str]:
    """Every alarm that is raised now: its name -> what is wrong and what to do. Empty where all is well."""
    if report is None:
        return {
            NO_WORKER: "No worker tells of the studio: see whether one runs. What it made before goes on air, then the library repeats."
        }
    return {name: words for name, words in _alarms(report) if words}


def studio_part(report: StudioReport | None, *, enabled: bool) -> Part:
    """The studio as a part of the house. It never makes a station red: the programme repeats the library meanwhile."""
    if not enabled:
        return Part(Status.OK, "It is switched off (studio.enabled): nothing but the library airs.")
    alarms = alarms_of(report)
    figures = {**(_figures(report) if report else {}), "alarms": sorted(alarms)}
    if alarms:
        return Part(Status.DEGRADED, " ".join(alarms.values()), figures)
    assert report is not None
    least = min((station.buffered_seconds for station in report.stations.values()), default=0.0)
    return Part(
        Status.OK, f"{report.chosen} {least / 60:.0f} minutes wait unaired, {report.approval_rate:.0%} of takes are approved.", figures
    )


def _alarms(report: StudioReport) -> list[tuple[str, str]]:
    failing = [backend for backend in report.backends if backend.failures_in_a_row]
    return [
        (NO_BACKEND, _all_down(report.backends) if not report.backends_at_work else ""),
        (BACKEND_RESTS, _some_down(failing) if report.backends_at_work else ""),
        (NO_MEMORY, _memory(report, failing)),
        (LOW_BUFFER, _low(report)),
        (NO_MODEL, _mute(report)),
    ]


def _all_down(backends: tuple[BackendReport, ...]) -> str:
    last = next((backend.last_error for backend in reversed(backends) if backend.last_error), "")
    return f"No backend works, each rests after failures; the library repeats when the buffer is used up. Last: {last or 'nothing said'}."


def _some_down(failing: list[BackendReport]) -> str:
    return " ".join(f"{one.name} rests after failures, others make its takes: {one.last_error or 'nothing said'}." for one in failing)


def _memory(report: StudioReport, failing: list[BackendReport]) -> str:
    """While those who had no room rest, or a station's last turn failed for it."""
    without = [one.name for one in failing if one.failures.get(Failure.MEMORY)]
    without += [name for name, one in report.stations.items() if one.failures_in_a_row and one.failures.get(Failure.MEMORY)]
    named = ", ".join(dict.fromkeys(without))
    return f"{named}: no memory was left; lower most_at_once, choose a smaller model, or end other programs." if without else ""


def _low(report: StudioReport) -> str:
    low = {name: station.buffered_seconds for name, station in report.stations.items() if _is_low(station)}
    told = ", ".join(f"{name} has {seconds / 60:.0f} minutes" for name, seconds in low.items())
    return f"Less than half of the buffer waits: {told}." if low else ""


def _is_low(station: StationReport) -> bool:
    """One that began empty and is filled for the first time is not."""
    settled = station.failures_in_a_row > 0 or station.made * _A_TAKE_SECONDS > station.wanted_seconds
    return settled and station.buffered_seconds < LOW_SHARE * station.wanted_seconds


def _mute(report: StudioReport) -> str:
    models = report.models
    if models is None or not models.configured or models.awake:
        return ""
    return f"No language model answers; briefs are composed by rules. Last: {models.last_error or 'nothing said'}."


def _figures(report: StudioReport) -> dict[str, object]:
    return {
        "approval_rate": round(report.approval_rate, 4),
        "heard": report.heard,
        "backends": {
            one.name: {
                "kept": one.kept,
                "made": one.made,
                "refused": one.refused,
                "failures": one.failures,
                "resting_seconds": round(one.resting_seconds, 1),
                "licence": one.licence,
            }
            for one in report.backends
        },
        "buffered_seconds": {name: round(station.buffered_seconds, 1) for name, station in report.stations.items()},
    }
