"""What the studio tells Prometheus: read at each scrape from what the worker wrote last. Several fronts tell the same: take the maximum."""

from collections.abc import Callable, Iterable
from typing import Final

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from control.composing.figures import Figure
from sonicforge.studio_report import ModelsReport, StudioReport
from sonicforge.wiring.studio_part import ALARMS, alarms_of

_MICRO: Final = 1e-6


class StudioMetrics(Collector):
    """A collector for one front's registry."""

    def __init__(self, report: Callable[[], StudioReport | None]) -> None:
        """`report`: what the living worker last said, if one lives."""
        self._report = report

    def collect(self) -> Iterable[Metric]:
        """Every figure, as it stands."""
        report = self._report()
        raised = alarms_of(report)
        alarms = GaugeMetricFamily("sonicforge_studio_alarm", "1 for an alarm that is raised.", labels=["alarm"])
        for name in ALARMS:
            alarms.add_metric([name], name in raised)
        yield alarms
        yield GaugeMetricFamily("sonicforge_studio_up", "Whether a worker tells of the studio.", value=report is not None)
        if report is not None:
            yield from _stations(report)
            yield from _backends(report)
            yield from _models(report.models)
            yield from _composer(report.composer)


def _stations(report: StudioReport) -> Iterable[Metric]:
    buffered = GaugeMetricFamily("sonicforge_studio_buffer_seconds", "Approved music that waits unaired.", labels=["station"])
    wanted = GaugeMetricFamily("sonicforge_studio_buffer_wanted_seconds", "How much of it is to wait.", labels=["station"])
    failed = CounterMetricFamily("sonicforge_studio_turns_failed", "Turns in which nothing was kept.", labels=["station", "reason"])
    for name, station in report.stations.items():
        buffered.add_metric([name], station.buffered_seconds)
        wanted.add_metric([name], station.wanted_seconds)
        for reason, times in station.failures.items():
            failed.add_metric([name, reason], times)
    yield from (buffered, wanted, failed)
    yield GaugeMetricFamily("sonicforge_studio_commissions_waiting", "Commissions that wait for a turn.", value=report.commissions_waiting)
    yield CounterMetricFamily("sonicforge_studio_takes_heard", "Takes that the critic has heard.", value=report.heard)
    yield CounterMetricFamily("sonicforge_studio_takes_approved", "Those that he accepted.", value=report.accepted)
    yield GaugeMetricFamily("sonicforge_studio_approval_rate", "Of all that the critic has heard, 0 to 1.", value=report.approval_rate)


def _backends(report: StudioReport) -> Iterable[Metric]:
    awake = GaugeMetricFamily("sonicforge_studio_backend_up", "0 as long as its last asking failed.", labels=["backend"])
    kept = CounterMetricFamily("sonicforge_studio_takes_kept", "Takes that were chosen.", labels=["backend"])
    made = CounterMetricFamily("sonicforge_studio_takes_made", "Takes in all.", labels=["backend"])
    seconds = CounterMetricFamily("sonicforge_studio_making_seconds", "Time spent on them.", labels=["backend"])
    refused = CounterMetricFamily("sonicforge_studio_takes_refused", "Takes that broke a limit.", labels=["backend", "limit"])
    failures = CounterMetricFamily("sonicforge_studio_failures", "Times it failed.", labels=["backend", "reason"])
    for one in report.backends:
        awake.add_metric([one.name], one.failures_in_a_row == 0)
        kept.add_metric([one.name], one.kept)
        made.add_metric([one.name], one.made)
        seconds.add_metric([one.name], one.making_seconds)
        for limit, times in one.refused.items():
            refused.add_metric([one.name, limit], times)
        for reason, times in one.failures.items():
            failures.add_metric([one.name, reason], times)
    yield from (awake, kept, made, seconds, refused, failures)


def _models(models: ModelsReport | None) -> Iterable[Metric]:
    if models is None:
        return
    yield GaugeMetricFamily("sonicforge_composer_models", "Language models that are set up.", value=models.configured)
    yield GaugeMetricFamily("sonicforge_composer_models_awake", "Those that may be asked now.", value=models.awake)
    yield GaugeMetricFamily("sonicforge_composer_cost_dollars", "What they have cost today.", value=models.cost_microdollars * _MICRO)


def _composer(figures: Iterable[Figure]) -> Iterable[Metric]:
    families: dict[str, CounterMetricFamily | GaugeMetricFamily] = {}
    for one in figures:
        family = families.get(one.name)
        if family is None:
            kind = CounterMetricFamily if one.kind == "counter" else GaugeMetricFamily
            family = families[one.name] = kind(one.name, one.words, labels=list(one.labels))
        family.add_metric(list(one.labels.values()), one.value)
    return families.values()
