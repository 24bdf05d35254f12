"""What this front tells Prometheus: read from what the parts hold at the moment of the scrape, without a lock or a wait.

Names have the prefix `sonicforge_` and base units; labels have few values, so no listener has one of his own.
"""

import platform
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from aiohttp.web import Request, Response, StreamResponse
from prometheus_client import CollectorRegistry, Counter, GCCollector, Histogram, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from server.door.health import Vigil
from server.door.status import Status
from server.nowplaying.listeners import Listeners
from server.route import Route
from server.wire.wire import Meters

LAG_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
KICKS: Final = (
    *("slow", "header", "body", "answer", "connections", "connections_per_address"),
    *("webrtc_full", "webrtc_address", "webrtc_vanished", "webrtc_lost"),
    *("source_full", "source_login", "source_connections", "source_header"),
)
"""Reasons to cut a client off, known beforehand so that their counters begin at 0."""

_GAUGES: Final[Mapping[str, tuple[str, Callable[[Meters], float]]]] = {
    "sonicforge_output_loudness_lufs": ("Short-term loudness of the mastered bus.", lambda m: m.levels.short_term_lufs),
    "sonicforge_output_integrated_loudness_lufs": ("Integrated loudness of the mastered bus.", lambda m: m.levels.integrated_lufs),
    "sonicforge_output_true_peak_dbtp": ("Highest true peak of the last second.", lambda m: m.levels.true_peak_dbtp),
    "sonicforge_limiter_gain_reduction_db": ("Gain reduction of the limiter.", lambda m: m.levels.gain_reduction_db),
    "sonicforge_loudness_range_lu": ("Loudness range of the mastered bus since the engine's start.", lambda m: m.levels.range_lu),
    "sonicforge_loudness_servo_gain_db": ("What the loudness servo adds.", lambda m: m.levels.servo_gain_db),
    "sonicforge_fallback_level": ("0 programme, 1 bed, 2 emergency loop.", lambda m: m.standing.fallback_level),
    "sonicforge_dead_air_seconds": ("How long the bus has been below -60 dBFS, now.", lambda m: m.standing.dead_air_seconds),
    "sonicforge_buffer_seconds": ("Sound cued behind what airs.", lambda m: m.standing.buffer_seconds),
}
_COUNTERS: Final[Mapping[str, tuple[str, Callable[[Meters], float]]]] = {
    "sonicforge_dead_air_seconds_total": ("Seconds of dead air.", lambda m: m.standing.dead_air_seconds_total),
    "sonicforge_late_ticks_total": ("Ticks that came late.", lambda m: m.standing.late_ticks_total),
    "sonicforge_skipped_frames_total": ("Frames never aired.", lambda m: m.standing.skipped_frames_total),
}


class Metrics:
    """The registry of one front, and the figures that parts count up themselves."""

    def __init__(self, version: str) -> None:
        self.registry = CollectorRegistry(auto_describe=False)
        self._kicked = Counter("sonicforge_client_kicked", "Clients cut off or turned away.", ["reason"], registry=self.registry)
        for reason in KICKS:
            self._kicked.labels(reason)
        self._lag = Histogram(
            "sonicforge_event_loop_lag_seconds", "How late the event loop turns.", buckets=LAG_BUCKETS, registry=self.registry
        )
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self.registry.register(_Build(version))

    def kicked(self, reason: str) -> None:
        """One client was cut off or turned away."""
        self._kicked.labels(reason).inc()

    def lagged(self, seconds: float) -> None:
        """The event loop turned that much too late."""
        self._lag.observe(seconds)

    def watch(self, vigils: Mapping[str, Vigil], listeners: Listeners, connections: Callable[[], int]) -> None:
        """Tells of these stations, listeners and connections from now on."""
        self.registry.register(_Front(vigils, listeners, connections))


class _Build(Collector):
    def __init__(self, version: str) -> None:
        self._labels = [version, platform.python_version()]

    def collect(self) -> Iterable[Metric]:
        built = GaugeMetricFamily("sonicforge_build_info", "What runs here.", labels=["version", "python"])
        built.add_metric(self._labels, 1)
        yield built


class _Front(Collector):
    def __init__(self, vigils: Mapping[str, Vigil], listeners: Listeners, connections: Callable[[], int]) -> None:
        self._vigils = vigils
        self._listeners = listeners
        self._connections = connections

    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily("sonicforge_connections", "Open connections.", value=self._connections())
        yield self._listening()
        yield from self._stations()
        for name, (meaning, read) in _GAUGES.items():
            yield self._of_meters(GaugeMetricFamily(name, meaning, labels=["station"]), read)
        for name, (meaning, read) in _COUNTERS.items():
            yield self._of_meters(CounterMetricFamily(name, meaning, labels=["station"]), read)
        yield self._fallbacks()

    def _listening(self) -> Metric:
        told = GaugeMetricFamily("sonicforge_listeners", "Who listens now.", labels=["station", "protocol"])
        present = dict.fromkeys(((name, "icy") for name in self._vigils), 0) | self._listeners.by_output()
        for labels, count in present.items():
            told.add_metric(labels, count)
        return told

    def _stations(self) -> Iterable[Metric]:
        up = GaugeMetricFamily("sonicforge_engine_connected", "1 while the engine speaks to this front.", labels=["station"])
        healthy = GaugeMetricFamily("sonicforge_station_health", "1 for the status that holds.", labels=["station", "status"])
        losses = CounterMetricFamily("sonicforge_engine_losses", "Times the engine was lost.", labels=["station"])
        filled = CounterMetricFamily("sonicforge_emergency_loop_seconds", "Emergency loop sent for want of an engine.", labels=["station"])
        quiet = GaugeMetricFamily("sonicforge_output_last_packet_age_seconds", "Since the last packet came.", labels=["station"])
        for name, vigil in self._vigils.items():
            up.add_metric([name], vigil.station.connected)
            holds = vigil.verdict().status
            for status in Status:
                healthy.add_metric([name, status], status is holds)
            losses.add_metric([name], vigil.station.engine_losses_total)
            filled.add_metric([name], vigil.station.filled_seconds_total)
            quiet.add_metric([name], vigil.without_packets_seconds)
        return up, healthy, losses, filled, quiet

    def _of_meters(self, family: GaugeMetricFamily | CounterMetricFamily, read: Callable[[Meters], float]) -> Metric:
        for name, vigil in self._vigils.items():
            if vigil.station.meters:
                family.add_metric([name], read(vigil.station.meters))
        return family

    def _fallbacks(self) -> Metric:
        told = CounterMetricFamily("sonicforge_fallbacks", "Steps down the chain of fallbacks.", labels=["station", "to"])
        for name, vigil in self._vigils.items():
            if vigil.station.meters:
                for step, count in vigil.station.meters.standing.fallbacks_total.items():
                    told.add_metric([name, step], count)
        return told


def metrics_routes(metrics: Metrics, *, permission: str) -> list[Route]:
    """`/metrics`."""

    async def scrape(request: Request) -> StreamResponse:
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return Response(body=encode(metrics.registry), headers={"Content-Type": content_type, "Cache-Control": "no-store"})

    return [Route("GET", "/metrics", permission, scrape)]
