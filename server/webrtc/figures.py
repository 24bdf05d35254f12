"""What WebRTC out tells Prometheus, read at the moment of the scrape."""

from collections.abc import Iterable, Mapping

from prometheus_client.metrics_core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from server.webrtc.fan import Fan
from server.webrtc.voice import SrtpVoice


class WebRtcFigures(Collector):
    """Of the fans of a front, by station."""

    def __init__(self, fans: Mapping[str, Fan[SrtpVoice]]) -> None:
        self._fans = fans

    def collect(self) -> Iterable[Metric]:
        made = CounterMetricFamily("sonicforge_webrtc_packets", "RTP packets made, each for all listeners.", labels=["station"])
        skipped = CounterMetricFamily("sonicforge_webrtc_packets_skipped", "RTP packets too late to be sent.", labels=["station"])
        refused = CounterMetricFamily("sonicforge_webrtc_packets_refused", "RTP packets that a socket did not take.", labels=["station"])
        lost = CounterMetricFamily("sonicforge_webrtc_packets_lost", "RTP packets that listeners said they missed.", labels=["station"])
        for name, fan in self._fans.items():
            made.add_metric([name], fan.packets_total)
            skipped.add_metric([name], fan.skipped_total)
            refused.add_metric([name], fan.refused_total)
            lost.add_metric([name], fan.lost_total)
        return made, skipped, refused, lost
