"""What Prometheus is told of the studio, and that the alerts ask for nothing else."""

import re
from pathlib import Path
from typing import Any

import yaml
from prometheus_client import CollectorRegistry, generate_latest

from control.composing.figures import Figure
from generation.failure import Failure
from sonicforge.studio_report import BackendReport, ModelsReport, StationReport, StudioReport
from sonicforge.wiring.studio_metrics import StudioMetrics
from sonicforge.wiring.studio_part import ALARMS

ALERTS = Path(__file__).resolve().parents[3] / "deploy" / "prometheus" / "alerts.yml"
ELSEWHERE = {"sonicforge_station_health", "sonicforge_db_up"}
"""Metrics of the door and of the house."""
REPORT = StudioReport(
    at=1_000.0,
    chosen="procedural makes the takes.",
    heard=10,
    accepted=8,
    backends=(
        BackendReport("acestep", "MIT", "", 5, 7, 60.0, {"greatest_flatness": 2}, {Failure.MEMORY: 3}, 2, "no memory", 12.0),
        BackendReport("procedural", "CC0-1.0", "", 1, 1, 5.0, {}, {}, 0, "", 0.0),
    ),
    stations={"main": StationReport(600.0, 1_800.0, 6, 0, "", {Failure.DISK: 1})},
    commissions_waiting=2,
    models=ModelsReport(2, 1, 30_000),
    composer=(Figure("sonicforge_composer_briefs", "Briefs.", "counter", 3.0, {"station": "main"}),),
)


def told(report: StudioReport | None) -> str:
    registry = CollectorRegistry()
    registry.register(StudioMetrics(lambda: report))
    return generate_latest(registry).decode()


def test_every_figure_is_told() -> None:
    text = told(REPORT)
    for line in (
        "sonicforge_studio_up 1.0",
        'sonicforge_studio_buffer_seconds{station="main"} 600.0',
        'sonicforge_studio_takes_kept_total{backend="acestep"} 5.0',
        'sonicforge_studio_takes_made_total{backend="acestep"} 7.0',
        'sonicforge_studio_takes_refused_total{backend="acestep",limit="greatest_flatness"} 2.0',
        'sonicforge_studio_failures_total{backend="acestep",reason="memory"} 3.0',
        'sonicforge_studio_turns_failed_total{reason="disk",station="main"} 1.0',
        'sonicforge_studio_backend_up{backend="acestep"} 0.0',
        'sonicforge_studio_backend_up{backend="procedural"} 1.0',
        "sonicforge_studio_approval_rate 0.8",
        "sonicforge_studio_commissions_waiting 2.0",
        "sonicforge_composer_models_awake 1.0",
        "sonicforge_composer_cost_dollars 0.03",
        'sonicforge_composer_briefs_total{station="main"} 3.0',
    ):
        assert line in text.replace('{station="main",reason="disk"}', '{reason="disk",station="main"}'), line


def test_without_a_worker_that_is_said_and_nothing_made_up() -> None:
    text = told(None)
    assert "sonicforge_studio_up 0.0" in text
    assert 'sonicforge_studio_alarm{alarm="no_worker"} 1.0' in text
    assert "sonicforge_studio_buffer_seconds{" not in text


def test_every_alarm_is_a_figure() -> None:
    text = told(REPORT)
    assert all(f'sonicforge_studio_alarm{{alarm="{name}"}}' in text for name in ALARMS)


def rules() -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = yaml.safe_load(ALERTS.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_alerts_ask_only_for_what_is_told() -> None:
    known = {line.split("{")[0].split(" ")[0] for line in told(REPORT).splitlines() if not line.startswith("#")} | ELSEWHERE
    asked = {name for rule in rules() for name in re.findall(r"sonicforge_[a-z_]+", rule["expr"])}
    assert asked - known == set()
    assert asked & ELSEWHERE == ELSEWHERE


def test_every_alert_says_what_is_wrong_and_what_to_do() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names))
    assert all(rule["annotations"]["summary"] and rule["annotations"]["description"] for rule in rules())
    assert {rule["labels"]["severity"] for rule in rules()} == {"page", "ticket"}
