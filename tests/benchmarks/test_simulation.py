"""What is read of a simulation's output."""

from pathlib import Path

import pytest

from benchmarks.simulation import DAY, ENCODED, Run, figures
from benchmarks.studio_trouble import RUNS
from benchmarks.unmeasured import Unmeasured
from sonicforge.cli.simulate import judged
from sonicforge.judge import Verdict
from sonicforge.simulation import Order, Outcome
from sonicforge.studio_report import StudioReport

VERDICT = Verdict(
    seconds_aired=3600.0,
    joins=20,
    tracks_aired=20,
    first_sound_ms=0.0,
    gaps=0,
    longest_gap_ms=0.0,
    gapped_at=(),
    clicks=0,
    clicked_at=(),
    playlist_violations=0,
    position_errors=0,
    fallbacks=0,
    integrated_lufs=-16.0,
    loudness_error_lu=0.0,
    true_peak_dbtp=-1.2,
    memory_slope_mb_per_hour=0.0,
)


def test_figures_stand_among_words(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text('  composed 1 tracks\n{"gaps": 0, "clicks": 2}\n')
    assert figures(log) == {"gaps": 0, "clicks": 2}


def test_a_simulation_that_broke_is_told(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("Traceback\nMemoryError\n")
    with pytest.raises(Unmeasured, match="MemoryError"):
        figures(log)


@pytest.mark.parametrize("run", [DAY, ENCODED, *RUNS])
def test_simulate_gives_every_figure_that_is_asked_of_it(run: Run) -> None:
    studio = run.full.partition("--studio ")[2] or "none"
    order = Order(4.0, short=False, encoders="all", seed=1, studio=studio)
    report = StudioReport(0.0, "", 0, 0, (), {})
    given = {bar.name for bar in judged(order, Outcome(VERDICT, 0, 10, 60.0, 60.0, report))}
    assert run.bars.keys() <= given


@pytest.mark.parametrize(
    ("encoders", "studio", "holds"), [("none", "none", False), ("none", "oom", False), ("none", "llm-down", True), ("all", "none", True)]
)
def test_a_programme_that_nothing_else_slows_down_owes_its_speed(encoders: str, studio: str, holds: bool) -> None:
    order = Order(4.0, short=False, encoders=encoders, seed=1, studio=studio)
    [speed] = [
        bar
        for bar in judged(order, Outcome(VERDICT, 0, 10, 120.0, 120.0, StudioReport(0.0, "", 0, 0, (), {})))
        if bar.name == "times_real_time"
    ]
    assert (speed.value, speed.holds) == (30.0, holds)
