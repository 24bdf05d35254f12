"""What a worker tells Prometheus: read from what the workshop holds at the moment of the scrape."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from aiohttp.web import Request, Response, StreamResponse
from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from control.remote_worker.errand import ENDED
from control.remote_worker.workshop import Workshop
from server.route import Route

FIGURES: Final = "worker:figures:read"
"""The permission of the figures: a program on the machine itself may read them."""


class WorkerMetrics(Collector):
    """A collector, and the address at which its registry is read."""

    def __init__(self, workshop: Workshop) -> None:
        self.refusals: Counter[str] = Counter()
        """What the seal and the door refused, by reason."""
        self._workshop = workshop
        self._registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=self._registry)
        GCCollector(registry=self._registry)
        self._registry.register(self)

    def refused(self, kind: str) -> None:
        """A request or a connection was turned away."""
        self.refusals[kind] += 1

    def collect(self) -> Iterable[Metric]:
        """Every figure, as it stands."""
        shop = self._workshop
        yield GaugeMetricFamily("sonicforge_errands_waiting", "Errands that wait for their turn.", value=len(shop.waiting))
        yield GaugeMetricFamily("sonicforge_errands_working", "Whether one is being made.", value=shop.working)
        ended = CounterMetricFamily("sonicforge_errands_ended", "Errands by how they ended.", labels=["ending"])
        for state in sorted(ENDED):
            ended.add_metric([state], shop.endings[state])
        yield ended
        yield CounterMetricFamily("sonicforge_errand_takes", "Takes that were made.", value=shop.takes)
        yield CounterMetricFamily("sonicforge_errand_seconds", "Time spent on errands.", value=shop.making_seconds)
        refused = CounterMetricFamily("sonicforge_worker_refusals", "Requests and connections turned away.", labels=["reason"])
        for kind, times in self.refusals.items():
            refused.add_metric([kind], times)
        yield refused

    def routes(self) -> list[Route]:
        """/metrics."""
        return [Route("GET", "/metrics", FIGURES, self._serve)]

    async def _serve(self, request: Request) -> StreamResponse:
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return Response(body=encode(self._registry), headers={"Content-Type": content_type})
