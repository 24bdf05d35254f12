"""What Prometheus reads."""

from time import perf_counter

from aiohttp.test_utils import make_mocked_request
from aiohttp.web import Response
from prometheus_client.parser import text_string_to_metric_families

from server.health import Vigil
from server.metrics import Metrics, metrics_routes
from server.nowplaying.listeners import Listeners, Place
from tests.server.fake_station import FakeStation, meters


async def scraped(metrics: Metrics, accept: str = "") -> Response:
    (route,) = metrics_routes(metrics, permission="metrics:read:all")
    answer = await route.endpoint(make_mocked_request("GET", "/metrics", {"Accept": accept}))
    assert isinstance(answer, Response)
    return answer


async def samples(metrics: Metrics) -> dict[tuple[str, tuple[str, ...]], float]:
    """(name, label values) -> value."""
    body = (await scraped(metrics)).body
    assert isinstance(body, bytes)
    families = text_string_to_metric_families(body.decode())
    return {(sample.name, tuple(sample.labels.values())): sample.value for family in families for sample in family.samples}


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
    assert told["sonicforge_fallback_level", ("main",)] == 1
    assert told["sonicforge_dead_air_seconds_total", ("main",)] == 4.5
    assert told["sonicforge_buffer_seconds", ("main",)] == 33
    assert told["sonicforge_output_loudness_lufs", ("main",)] == -16
    assert told["sonicforge_late_ticks_total", ("main",)] == 2
    assert told["sonicforge_fallbacks_total", ("main", "next")] == 3
    assert told["sonicforge_station_health", ("main", "degraded")] == 1
    assert told["sonicforge_station_health", ("main", "ok")] == 0
    assert told["sonicforge_engine_connected", ("main",)] == 1
    assert told["sonicforge_engine_connected", ("night",)] == 0
    assert ("sonicforge_fallback_level", ("night",)) not in told


async def test_tells_of_listeners_by_protocol_and_never_by_listener() -> None:
    metrics, _, listeners = watched("main")
    assert (await samples(metrics))["sonicforge_listeners", ("main", "icy")] == 0
    with listeners.listening(Place("main", "icy", "radio.mp3"), "203.0.113.7", "vlc"):
        told = await samples(metrics)
        assert told["sonicforge_listeners", ("main", "icy")] == 1
        assert "203.0.113.7" not in str(told)


async def test_counts_what_parts_report() -> None:
    metrics, _, _ = watched("main")
    assert (await samples(metrics))["sonicforge_client_kicked_total", ("slow",)] == 0
    metrics.kicked("slow")
    for lag in (0.0005, 0.3):
        metrics.lagged(lag)
    told = await samples(metrics)
    assert told["sonicforge_client_kicked_total", ("slow",)] == 1
    assert told["sonicforge_event_loop_lag_seconds_count", ()] == 2
    assert told["sonicforge_event_loop_lag_seconds_bucket", ("0.25",)] == 1
    assert told["sonicforge_connections", ()] == 7
    assert ("process_resident_memory_bytes", ()) in told
    assert told["sonicforge_build_info", ("0.1.0", __import__("platform").python_version())] == 1


async def test_two_fronts_in_one_process_do_not_share_figures() -> None:
    one, two = Metrics("1"), Metrics("1")
    one.kicked("slow")
    assert (await samples(two))["sonicforge_client_kicked_total", ("slow",)] == 0


async def test_speaks_openmetrics_to_who_asks() -> None:
    answer = await scraped(watched("main")[0], "application/openmetrics-text; version=1.0.0")
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
    assert isinstance(answer.body, bytes)
    assert answer.body.endswith(b"# EOF\n")


async def test_a_scrape_is_fast() -> None:
    metrics, _, _ = watched("main", "night")
    await scraped(metrics)
    begin = perf_counter()
    for _ in range(5):
        await scraped(metrics)
    assert (perf_counter() - begin) / 5 < 0.05
