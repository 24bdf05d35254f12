"""What the ways out and in tell Prometheus: read from what the parts hold, and from what the pushers wrote last."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from control.listening.book import ListeningBook
from control.targets.mirror import Mirror
from server.live.session import State
from server.relay.relay import Relay
from server.rtmp.status import PushReport, PushState

_TARGET_COUNTERS: Final = {
    "sent_bytes": "Bytes sent to a platform since the pusher began.",
    "dropped_gops": "Groups of pictures that its line was too slow for.",
    "dropped_sounds": "Packets of sound that its line was too slow for.",
    "reconnects": "Sessions that had to be begun again.",
    "rollovers": "Sessions begun again on purpose, before the platform's limit.",
}


class OutsMetrics(Collector):
    """A collector for one front's registry."""

    def __init__(
        self, book: ListeningBook, mirror: Mirror, relays: Mapping[str, Relay], report_of: Callable[[str], PushReport | None]
    ) -> None:
        """`report_of(station)`: what its pusher last said, if there is one."""
        self._book = book
        self._mirror = mirror
        self._relays = relays
        self._report_of = report_of

    def collect(self) -> Iterable[Metric]:
        """Every figure, as it stands."""
        live = GaugeMetricFamily("sonicforge_live_sessions", "DJs who are in, at whichever front.", labels=["station", "state"])
        for name, relay in self._relays.items():
            seats = relay.live.seats if relay.live else []
            for state in State:
                live.add_metric([name, state.value], sum(seat.state is state for seat in seats))
        yield live
        yield GaugeMetricFamily("sonicforge_listening_waiting", "Ended listenings that wait for the database.", value=len(self._book))
        yield CounterMetricFamily("sonicforge_listening_lost", "Ended listenings for which no room was left.", value=self._book.lost)
        yield CounterMetricFamily(
            "sonicforge_targets_handover_failures", "Times the targets could not be written for the pusher.", value=self._mirror.failures
        )
        yield from self._pushing()

    def _pushing(self) -> Iterable[Metric]:
        """How the targets stand. A target is known here by its number in the office, never by its address."""
        state = GaugeMetricFamily("sonicforge_target_state", "1 for the state that holds.", labels=["station", "target", "state"])
        counters = {
            name: CounterMetricFamily(f"sonicforge_target_{name}", words, labels=["station", "target"])
            for name, words in _TARGET_COUNTERS.items()
        }
        lag = GaugeMetricFamily(
            "sonicforge_pusher_lag_seconds", "How late its event loop came, at worst of ten seconds.", labels=["station"]
        )
        repeated = CounterMetricFamily(
            "sonicforge_pusher_pictures_repeated", "Pictures sent twice for want of time to draw.", labels=["station"]
        )
        for station in self._relays:
            report = self._report_of(station)
            if report is None:
                continue
            lag.add_metric([station], report.lag_seconds)
            repeated.add_metric([station], report.pictures_repeated)
            for target in report.targets:
                for holds in PushState:
                    state.add_metric([station, target.id, holds.value], target.state is holds)
                for name, counter in counters.items():
                    counter.add_metric([station, target.id], getattr(target, name))
        return [state, *counters.values(), lag, repeated]
