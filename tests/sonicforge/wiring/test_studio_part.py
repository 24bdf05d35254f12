"""The studio among the parts of the house: what is wrong is named with what to do, and a station is never red for it."""

import pytest
from msgspec.structs import replace

from generation.failure import Failure
from server.door.status import Status
from sonicforge.studio_report import BackendReport, ModelsReport, StationReport, StudioReport
from sonicforge.wiring.studio_part import (
    BACKEND_RESTS,
    LOW_BUFFER,
    NO_BACKEND,
    NO_MEMORY,
    NO_MODEL,
    NO_WORKER,
    alarms_of,
    studio_part,
)

WELL = BackendReport("acestep", "MIT", "", 20, 20, 60.0, {}, {}, 0, "", 0.0)
ILL = replace(WELL, failures_in_a_row=3, failures={Failure.AWAY: 3}, last_error="the driver is gone")
FULL = StationReport(1_800.0, 1_800.0, 20, 0, "", {})
REPORT = StudioReport(1_000.0, "acestep makes the takes.", 20, 19, (WELL,), {"main": FULL})


def test_all_is_well() -> None:
    part = studio_part(REPORT, enabled=True)
    assert part.state is Status.OK
    assert "30 minutes wait" in part.reason
    assert "95% of takes" in part.reason
    assert part.figures["alarms"] == []


@pytest.mark.parametrize(
    ("report", "alarms", "words"),
    [
        (None, {NO_WORKER}, "see whether one runs"),
        (replace(REPORT, backends=(ILL,)), {NO_BACKEND}, "the driver is gone"),
        (replace(REPORT, backends=(ILL, replace(WELL, name="procedural"))), {BACKEND_RESTS}, "others make its takes"),
        (replace(REPORT, backends=(replace(ILL, failures={Failure.MEMORY: 1}),)), {NO_BACKEND, NO_MEMORY}, "lower most_at_once"),
        (replace(REPORT, stations={"main": replace(FULL, buffered_seconds=60.0)}), {LOW_BUFFER}, "main has 1 minutes"),
        (
            replace(REPORT, stations={"main": replace(FULL, failures_in_a_row=1, failures={Failure.MEMORY: 1})}),
            {NO_MEMORY},
            "main: no memory was left",
        ),
        (replace(REPORT, models=ModelsReport(2, 0, 0, "no answer")), {NO_MODEL}, "composed by rules"),
    ],
)
def test_what_is_wrong_is_named(report: StudioReport | None, alarms: set[str], words: str) -> None:
    part = studio_part(report, enabled=True)
    assert part.state is Status.DEGRADED
    assert set(alarms_of(report)) == alarms
    assert words in part.reason


def test_a_buffer_that_is_filled_for_the_first_time_is_not_low() -> None:
    filling = replace(FULL, buffered_seconds=200.0, made=2)
    assert alarms_of(replace(REPORT, stations={"main": filling})) == {}


def test_language_models_that_are_not_set_up_are_not_missed() -> None:
    assert alarms_of(replace(REPORT, models=ModelsReport(0, 0, 0))) == {}


def test_a_studio_that_is_switched_off_needs_no_worker() -> None:
    assert studio_part(None, enabled=False).state is Status.OK
