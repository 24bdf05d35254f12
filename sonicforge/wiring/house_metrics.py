"""What the office tells Prometheus: read from what its parts hold at the moment of the scrape, without asking any server."""

from collections.abc import Iterable
from typing import Final

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from control.audit.log import AuditLog
from control.database.database import Database
from control.kv.kv import Kv

_DATABASE: Final = {
    "sonicforge_db_connections": ("Connections of this front to the primary.", "connections"),
    "sonicforge_db_idle_connections": ("Those of them that nobody uses.", "idle_connections"),
}


class HouseMetrics(Collector):
    """A collector for one front's registry."""

    def __init__(self, database: Database, kv: Kv, audit: AuditLog) -> None:
        self._database = database
        self._kv = kv
        self._audit = audit

    def collect(self) -> Iterable[Metric]:
        """Every figure, as it stands."""
        report = self._database.report()
        yield GaugeMetricFamily("sonicforge_db_up", "Whether the database answers.", value=not report["away"])
        yield CounterMetricFamily("sonicforge_db_losses", "Times the database stopped answering.", value=report["times_away"])
        for name, (words, key) in _DATABASE.items():
            yield GaugeMetricFamily(name, words, value=report[key])
        yield CounterMetricFamily(
            "sonicforge_db_slow_statements", "Statements over database.slow_query_seconds.", value=report["slow_statements"]
        )
        yield GaugeMetricFamily("sonicforge_kv_up", "Whether the shared store of keys answers, if there is one.", value=not self._kv.away)
        reads = CounterMetricFamily("sonicforge_cache_reads", "Reads of what is remembered.", labels=["family", "result"])
        for family, hits in self._kv.statistics.families.items():
            reads.add_metric([family, "hit"], hits.hits)
            reads.add_metric([family, "miss"], hits.misses)
        yield reads
        yield CounterMetricFamily("sonicforge_audit_entries_lost", "Audit entries for which nothing had room.", value=self._audit.lost)
