"""What a front tells Prometheus of the mastering: the preset, the compressors, the insert. Read at the moment of the scrape."""

from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from server.insert.plug_in import InsertState
from server.wire.wire import MasteringStanding, Meters

BANDS: Final = ("low", "low_mid", "high_mid", "high")


class Station(Protocol):
    """What is asked of a station; server.relay.relay.Relay is one."""

    meters: Meters | None
    mastering: MasteringStanding | None


class MasteringMetrics(Collector):
    """A collector for one front's registry."""

    def __init__(self, stations: Mapping[str, Station]) -> None:
        self._stations = stations

    def collect(self) -> Iterable[Metric]:
        """Every figure, as the engines last told it."""
        reductions = GaugeMetricFamily("sonicforge_band_gain_reduction_db", "What the compressors take.", labels=["station", "band"])
        preset = GaugeMetricFamily("sonicforge_mastering_preset", "1 for the preset that is set.", labels=["station", "preset"])
        heard = GaugeMetricFamily("sonicforge_insert_in", "1 while the operator's plug-ins are heard.", labels=["station"])
        starts = CounterMetricFamily("sonicforge_insert_starts", "Times the operator's plug-ins were started.", labels=["station"])
        late = CounterMetricFamily("sonicforge_insert_late_blocks", "Blocks that went past them, being late.", labels=["station"])
        for name, station in self._stations.items():
            if station.meters:
                for band, reduction_db in zip(BANDS, station.meters.levels.band_reductions_db, strict=False):
                    reductions.add_metric([name, band], reduction_db)
            if station.mastering:
                preset.add_metric([name, station.mastering.preset], 1)
                insert = station.mastering.insert
                heard.add_metric([name], insert.state is InsertState.IN)
                starts.add_metric([name], insert.starts_total)
                late.add_metric([name], insert.late_blocks_total)
        return reductions, preset, heard, starts, late
