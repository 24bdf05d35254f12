"""Verdicts, and the probes that tell them."""

from typing import Any

import pytest

from server.door.health import Vigil, health_routes
from server.door.parts import Part
from server.door.status import Status
from server.route import PUBLIC
from tests.server.fake_station import MP3, FakeStation, meters
from tests.server.served import served


class Scene:
    """A station under watch; time passes only when a test says so, and packets come meanwhile unless it says not."""

    def __init__(self) -> None:
        self.now = 100.0
        self.station = FakeStation()
        self.vigil = Vigil(self.station, lambda: self.now)
        self.draining = False
        self.warming: list[str] = []
        self.parts: dict[str, Part] = {}
        self.routes = health_routes(
            {"main": self.vigil},
            lambda: self.draining,
            lambda: self.warming,
            detail_permission="health:detail:read",
            parts=self._ask_parts,
        )
        self.pass_seconds(0.3)

    def pass_seconds(self, seconds: float, packets: bool = True) -> None:
        self.now += seconds
        if self.station.filling and packets:
            self.station.filled_seconds_total += seconds
        if packets:
            self.station.give(MP3, 0, [b"x"])

    async def _ask_parts(self) -> dict[str, Part]:
        return self.parts

    def status(self) -> Status:
        return self.vigil.verdict().status

    async def ask(self, path: str) -> tuple[int, Any]:
        async with served(self.routes) as it:
            return await it.json(path)


def test_a_station_that_is_heard_is_well() -> None:
    assert Scene().vigil.verdict().status is Status.OK


async def test_a_front_is_not_ready_before_every_output_has_something_to_serve() -> None:
    scene = Scene()
    scene.warming = ["HLS of main"]
    status, body = await scene.ask("/ready")
    assert (status, body["reasons"]) == (503, ["HLS of main has nothing to serve yet."])
    scene.warming = []
    assert (await scene.ask("/ready"))[0] == 200


def test_silence_on_the_bus_is_red_though_everything_runs() -> None:
    scene = Scene()
    scene.station.meters = meters(dead_air_seconds=2.0)
    assert scene.status() is Status.OK
    scene.station.meters = meters(dead_air_seconds=2.1)
    assert scene.status() is Status.DOWN
    assert "2.1 s" in scene.vigil.verdict().reasons[0]


def test_an_engine_that_is_away_is_degraded_at_first_and_red_after_ten_seconds() -> None:
    scene = Scene()
    scene.station.filled_seconds_total = 500.0  # of earlier losses
    scene.pass_seconds(1)
    scene.station.connected, scene.station.filling = False, True
    for _ in range(10):
        scene.pass_seconds(1)
        assert scene.status() is Status.DEGRADED
    scene.pass_seconds(0.5)
    assert scene.status() is Status.DOWN
    assert scene.vigil.filling_seconds == pytest.approx(10.5)
    scene.station.connected, scene.station.filling = True, False
    scene.pass_seconds(0.1)
    assert scene.status() is Status.OK
    assert scene.vigil.filling_seconds == 0.0


def test_the_silence_of_an_engine_that_nobody_hears_is_no_silence() -> None:
    scene = Scene()
    scene.station.meters = meters(dead_air_seconds=60.0)
    scene.station.filling = True
    scene.pass_seconds(1)
    assert scene.status() is Status.DEGRADED


def test_without_packets_nothing_is_heard_whatever_the_meters_say() -> None:
    scene = Scene()
    scene.pass_seconds(2.0, packets=False)
    assert scene.status() is Status.OK
    scene.pass_seconds(0.1, packets=False)
    assert scene.status() is Status.DOWN


def test_an_engine_that_never_spoke_is_red_and_the_reason_says_what_to_do() -> None:
    scene = Scene()
    scene.station.hello = scene.station.meters = None
    verdict = scene.vigil.verdict()
    assert verdict.status is Status.DOWN
    assert "engine process" in verdict.reasons[0]


@pytest.mark.parametrize(("level", "word"), [(1, "bed"), (2, "emergency loop")])
def test_a_fallback_is_degraded(level: int, word: str) -> None:
    scene = Scene()
    scene.station.meters = meters(fallback_level=level)
    verdict = scene.vigil.verdict()
    assert verdict.status is Status.DEGRADED
    assert word in verdict.reasons[0]


async def test_the_probes_of_a_station_that_is_well() -> None:
    scene = Scene()
    assert await scene.ask("/health") == (200, {"status": "ok", "stations": {"main": {"status": "ok", "reasons": []}}})
    assert await scene.ask("/ready") == (200, {"ready": True, "reasons": []})
    assert await scene.ask("/live") == (200, {"alive": True})


async def test_degraded_stays_in_service_and_red_leaves_it_but_lives() -> None:
    scene = Scene()
    scene.station.filling = True
    scene.pass_seconds(3)
    assert [(await scene.ask(path))[0] for path in ("/health", "/health/detailed", "/ready", "/live")] == [200, 200, 200, 200]
    assert (await scene.ask("/health"))[1]["status"] == "degraded"
    scene.pass_seconds(8)
    assert [(await scene.ask(path))[0] for path in ("/health", "/health/detailed", "/ready", "/live")] == [503, 503, 503, 200]
    assert (await scene.ask("/ready"))[1]["reasons"][0].startswith("main: The engine has been away for 11 s")


async def test_details_are_the_figures_the_verdict_rests_on() -> None:
    scene = Scene()
    scene.station.meters = meters(48_000, dead_air_seconds=1.25, buffer_seconds=90.5)
    _, told = await scene.ask("/health/detailed")
    detail = told["stations"]["main"]
    assert (detail["short_term_lufs"], detail["fallback_level"], detail["dead_air_seconds"]) == (-16.0, 0, 1.25)
    assert (detail["buffer_seconds"], detail["engine_connected"], detail["position"]) == (90.5, True, 48_000)
    assert detail["fallbacks"] == {"next": 3, "bed": 1}


async def test_a_front_that_closes_is_not_ready_but_healthy() -> None:
    scene = Scene()
    scene.draining = True
    assert await scene.ask("/ready") == (503, {"ready": False, "reasons": ["This front is closing."]})
    assert (await scene.ask("/health"))[0] == 200


def test_only_the_details_are_for_operators() -> None:
    scene = Scene()
    assert {route.path: route.permission for route in scene.routes} == {
        "/health": PUBLIC,
        "/health/detailed": "health:detail:read",
        "/ready": PUBLIC,
        "/live": PUBLIC,
    }


def test_a_closed_vigil_takes_nothing_more() -> None:
    scene = Scene()
    scene.vigil.close()
    assert scene.station.sinks == []


async def test_a_part_that_is_away_degrades_the_whole_and_says_why() -> None:
    scene = Scene()
    scene.parts = {"database": Part(Status.DOWN, "It does not answer.", {"connections": 0}), "disk": Part(Status.OK, "Enough.")}
    status, body = await scene.ask("/health/detailed")
    assert (status, body["status"]) == (200, "degraded")
    assert body["parts"]["database"] == {"state": "down", "reason": "It does not answer.", "connections": 0}
    assert (await scene.ask("/ready"))[0] == 200
