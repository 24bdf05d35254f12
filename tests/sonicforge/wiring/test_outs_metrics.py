"""What Prometheus is told of the ways out."""

from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry

from control.listening.book import ListeningBook
from control.targets.mirror import Mirror
from server.live.session import Mode, Seat, Session, State
from server.rtmp.status import PushReport, PushState, TargetStatus
from server.wire.wire import LiveStanding
from sonicforge.wiring.outs_metrics import OutsMetrics

REPORT = PushReport(1_000.0, (TargetStatus("7", PushState.LIVE, "", 999.0, None, 5_000, 1, 2, 3, 4),), 6, 0.25)


@dataclass
class Heard:
    """As much of a relay as is looked at."""

    live: LiveStanding | None = None


class Nothing:
    """A database that nobody asks."""


def told(relay: Heard, report: PushReport | None) -> CollectorRegistry:
    registry = CollectorRegistry()
    mirror = Mirror(Nothing(), {"main": Path("/nowhere")}, (b"x" * 32,))
    registry.register(OutsMetrics(ListeningBook(), mirror, {"main": relay}, {"main": report}.__getitem__))
    return registry


def test_a_target_is_told_by_its_number() -> None:
    read = told(Heard(), REPORT).get_sample_value
    labels = {"station": "main", "target": "7"}
    assert read("sonicforge_target_state", {**labels, "state": "live"}) == 1
    assert read("sonicforge_target_state", {**labels, "state": "refused"}) == 0
    counters = ("sent_bytes", "dropped_gops", "dropped_sounds", "reconnects", "rollovers")
    assert [read(f"sonicforge_target_{name}_total", labels) for name in counters] == [5_000, 1, 2, 3, 4]
    assert read("sonicforge_pusher_lag_seconds", {"station": "main"}) == 0.25
    assert read("sonicforge_pusher_pictures_repeated_total", {"station": "main"}) == 6


def test_a_dead_pusher_is_told_nothing_of() -> None:
    assert told(Heard(), None).get_sample_value("sonicforge_pusher_lag_seconds", {"station": "main"}) is None


def test_djs_are_counted_by_state() -> None:
    seat = Seat(Session("s", "Ada", "icecast", Mode.TAKEOVER, 50, 0.0), State.ON_AIR, 0, -6.0)
    read = told(Heard(LiveStanding(0, [seat])), None).get_sample_value
    assert read("sonicforge_live_sessions", {"station": "main", "state": State.ON_AIR.value}) == 1
