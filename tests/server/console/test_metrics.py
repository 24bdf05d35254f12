"""What Prometheus is told of the mastering."""

from dataclasses import replace

from prometheus_client import CollectorRegistry, generate_latest

from dsp.presets import RADIO
from server.console.metrics import MasteringMetrics
from server.wire.wire import Meters
from tests.control.stations.obedient import standing_of
from tests.server.fake_station import FakeStation, meters


def test_preset_bands_and_insert_are_told_as_far_as_they_are_known() -> None:
    known, unknown = FakeStation("main"), FakeStation("dawn")
    read = meters()
    known.meters = Meters(0, replace(read.levels, band_reductions_db=(1.5, 2.0, 0.5, 3.0)), read.standing)
    known.mastering = standing_of(RADIO)
    registry = CollectorRegistry()
    registry.register(MasteringMetrics({"main": known, "dawn": unknown}))
    told = generate_latest(registry).decode()
    assert 'sonicforge_band_gain_reduction_db{band="high",station="main"} 3.0' in told
    assert 'sonicforge_mastering_preset{preset="radio",station="main"} 1.0' in told
    assert 'sonicforge_insert_in{station="main"} 1.0' in told
    assert 'sonicforge_insert_starts_total{station="main"} 1.0' in told
    assert "dawn" not in told
