"""What Prometheus reads."""

import platform
from collections.abc import Callable
from time import perf_counter
from typing import TypeAlias

from prometheus_client.parser import text_string_to_metric_families

from server.door.health import Vigil
from server.door.metrics import Metrics, metrics_routes
from server.nowplaying.listeners import Listeners, Place
from tests.server.fake_station import FakeStation, meters
from tests.server.served import served


async def scraped(metrics: Metrics, more: str = "") -> tuple[str, str]:
    """Head and body."""
    async with served(metrics_routes(metrics, permission="metrics:read:all")) as it:
        return await it.ask("/metrics", more)


Samples: TypeAlias = Callable[..., float | None]


async def samples(metrics: Metrics) -> Samples:
    """(name, label=value...) -> value, None if there is no such sample."""
    _, body = await scraped(metrics)
    found = {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(body)
        for sample in family.samples
    }
    return lambda name, **labels: found.get((f"sonicforge_{name}", frozenset(labels.items())))


def watched(*names: str) -> tuple[Metrics, dict[str, FakeStation], Listeners]:
    metrics, listeners = Metrics("0.1.0"), Listeners()
    stations = {name: FakeStation(name) for name in names}
    metrics.watch({name: Vigil(station, lambda: 10.0) for name, station in stations.items()}, listeners, lambda: 7)
    return metrics, stations, listeners


async def test_tells_how_each_station_sounds_and_stands() -> None:
    metrics, stations, _ = watched("main", "night")
    stations["main"].meters = meters(fallback_level=1, dead_air_seconds_total=4.5, buffer_seconds=33.0, late_ticks_total=2)
    stations["night"].meters = None
    stations["night"].connected = False
    told = await samples(metrics)
    assert told("fallback_level", station="main") == 1
    assert told("dead_air_seconds_total", station="main") == 4.5
    assert told("buffer_seconds", station="main") == 33
    assert told("output_loudness_lufs", station="main") == -16
    assert told("late_ticks_total", station="main") == 2
    assert told("fallbacks_total", station="main", to="next") == 3
    assert told("station_health", station="main", status="degraded") == 1
    assert told("station_health", station="main", status="ok") == 0
    assert told("engine_connected", station="main") == 1
    assert told("engine_connected", station="night") == 0
    assert told("fallback_level", station="night") is None


async def test_tells_of_listeners_by_protocol_and_never_by_listener() -> None:
    metrics, _, listeners = watched("main")
    assert (await samples(metrics))("listeners", station="main", protocol="icy") == 0
    with listeners.listening(Place("main", "icy", "radio.mp3"), "203.0.113.7", "vlc"):
        assert (await samples(metrics))("listeners", station="main", protocol="icy") == 1
        assert "203.0.113.7" not in (await scraped(metrics))[1]


async def test_counts_what_parts_report() -> None:
    metrics, _, _ = watched("main")
    assert (await samples(metrics))("client_kicked_total", reason="slow") == 0
    metrics.kicked("slow")
    for lag in (0.0005, 0.3):
        metrics.lagged(lag)
    told = await samples(metrics)
    assert told("client_kicked_total", reason="slow") == 1
    assert told("event_loop_lag_seconds_count") == 2
    assert told("event_loop_lag_seconds_bucket", le="0.25") == 1
    assert told("connections") == 7
    assert told("build_info", version="0.1.0", python=platform.python_version()) == 1
    assert "\nprocess_resident_memory_bytes " in (await scraped(metrics))[1]


async def test_two_fronts_in_one_process_do_not_share_figures() -> None:
    one, two = Metrics("1"), Metrics("1")
    one.kicked("slow")
    assert (await samples(two))("client_kicked_total", reason="slow") == 0


async def test_speaks_openmetrics_to_who_asks() -> None:
    head, body = await scraped(watched("main")[0], "Accept: application/openmetrics-text; version=1.0.0\r\n")
    assert "Content-Type: application/openmetrics-text" in head
    assert body.endswith("# EOF\n")


async def test_a_scrape_is_fast() -> None:
    metrics, _, _ = watched("main", "night")
    async with served(metrics_routes(metrics, permission="metrics:read:all")) as it:
        await it.ask("/metrics")
        begin = perf_counter()
        for _ in range(5):
            await it.ask("/metrics")
        assert (perf_counter() - begin) / 5 < 0.05
