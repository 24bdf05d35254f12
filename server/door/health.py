"""Whether a station is heard: judged by the measured loudness of the last bus and by packets that arrive, not by processes that live.

Silent is red even if everything runs. A reason says in words what is wrong and what to do.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

from aiohttp.web import Request, Response, StreamResponse, json_response

from server.door.parts import Part
from server.door.status import Status
from server.relay.relay import PacketSink
from server.route import PUBLIC, Route
from server.wire.wire import Hello, Meters, Rendition

LONGEST_DEAD_AIR_SECONDS: Final = 2.0
LONGEST_FILLING_SECONDS: Final = 10.0
LONGEST_WITHOUT_PACKETS_SECONDS: Final = 2.0


AskParts: TypeAlias = Callable[[], Awaitable[Mapping[str, Part]]]


class Watched(Protocol):
    """What is asked of a station; server.relay.relay.Relay is one."""

    station: str
    hello: Hello | None
    meters: Meters | None
    connected: bool
    filling: bool
    filled_seconds_total: float
    engine_losses_total: int

    def attach(self, sink: PacketSink) -> None: ...
    def detach(self, sink: PacketSink) -> None: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a station stands."""

    status: Status
    reasons: tuple[str, ...] = ()


class Vigil:
    """Watches one station from when it is made. A packet sink, so that it knows when a packet came last."""

    def __init__(self, station: Watched, monotonic: Callable[[], float]) -> None:
        self.station = station
        self.last_packet_at = monotonic()
        self._monotonic = monotonic
        self._filled_before_seconds = station.filled_seconds_total
        station.attach(self)

    def packets(self, rendition: Rendition, sitting: int, position: int, packets: list[bytes]) -> None:  # noqa: ARG002
        """Notes that sound goes out, and how much of the emergency loop had gone out when the engine last spoke."""
        self.last_packet_at = self._monotonic()
        if not self.station.filling:
            self._filled_before_seconds = self.station.filled_seconds_total

    def close(self) -> None:
        self.station.detach(self)

    @property
    def filling_seconds(self) -> float:
        """How long listeners have heard the emergency loop for want of an engine, now."""
        return self.station.filled_seconds_total - self._filled_before_seconds if self.station.filling else 0.0

    @property
    def without_packets_seconds(self) -> float:
        return self._monotonic() - self.last_packet_at

    def verdict(self) -> Verdict:
        down = [reason for reason in (self._unheard(), self._away(), self._silent()) if reason]
        if down:
            return Verdict(Status.DOWN, tuple(down))
        degraded = [reason for reason in (self._filling(), self._fallen_back()) if reason]
        return Verdict(Status.DEGRADED if degraded else Status.OK, tuple(degraded))

    def _unheard(self) -> str | None:
        if self.station.hello is None:
            return "No engine has spoken since this front started. See whether the engine process of this station runs, and read its log."
        if self.without_packets_seconds > LONGEST_WITHOUT_PACKETS_SECONDS:
            return f"No packet has come for {self.without_packets_seconds:.1f} s: nothing goes out. Restart the engine, then this front."
        return None

    def _away(self) -> str | None:
        if self.filling_seconds <= LONGEST_FILLING_SECONDS:
            return None
        return (
            f"The engine has been away for {self.filling_seconds:.0f} s; listeners hear the emergency loop. "
            "The supervisor restarts it by itself: read in the log why it does not stay."
        )

    def _silent(self) -> str | None:
        meters = self.station.meters
        # While the loop is sent, the meters tell of an engine that nobody hears.
        if meters is None or self.station.filling or meters.standing.dead_air_seconds <= LONGEST_DEAD_AIR_SECONDS:
            return None
        return (
            f"Nothing has been audible on air for {meters.standing.dead_air_seconds:.1f} s (below -60 dBFS). "
            "Skip what airs; if that does not help, restart the engine."
        )

    def _filling(self) -> str | None:
        return (
            "The engine does not speak; listeners hear the emergency loop. It should be back within seconds."
            if self.station.filling
            else None
        )

    def _fallen_back(self) -> str | None:
        level = self.station.meters.standing.fallback_level if self.station.meters else 0
        if level == 1:
            return "The bed airs: Stop was asked for, or no track is ready. If it stays so, look at the media folder and the worker's log."
        if level > 1:
            return "The engine itself airs its emergency loop: neither a track nor the bed can be played. Read its log."
        return None


class _Probes:
    def __init__(
        self, vigils: Mapping[str, Vigil], draining: Callable[[], bool], warming: Callable[[], Iterable[str]], parts: AskParts
    ) -> None:
        self._vigils = vigils
        self._draining = draining
        self._warming = warming
        self._parts = parts

    async def health(self, request: Request) -> StreamResponse:  # noqa: ARG002
        """Red (503) when a station is not heard."""
        return self._told({name: _spoken(vigil.verdict()) for name, vigil in self._vigils.items()})

    async def detailed(self, request: Request) -> StreamResponse:  # noqa: ARG002
        """The same with what the verdict rests on, and the parts of the house. A part that is away degrades the whole, no more."""
        parts = await self._parts()
        stations = {name: {**_spoken(vigil.verdict()), **_measured(vigil)} for name, vigil in self._vigils.items()}
        return self._told(stations, {name: part.told() for name, part in parts.items()})

    async def ready(self, request: Request) -> StreamResponse:  # noqa: ARG002
        """Whether new listeners should be sent here."""
        reasons = [f"{name}: {reason}" for name, vigil in self._vigils.items() for reason in _reasons_down(vigil)]
        reasons += [f"{output} has nothing to serve yet." for output in self._warming()]
        if self._draining():
            reasons.insert(0, "This front is closing.")
        return _answer({"ready": not reasons, "reasons": reasons}, ok=not reasons)

    async def live(self, request: Request) -> StreamResponse:  # noqa: ARG002
        """That the event loop turns; nothing else. A restart of this front mends nothing that is not told here."""
        return _answer({"alive": True}, ok=True)

    def _told(self, stations: dict[str, dict[str, Any]], parts: dict[str, dict[str, Any]] | None = None) -> Response:
        order = list(Status)
        worst = max((vigil.verdict().status for vigil in self._vigils.values()), key=order.index, default=Status.OK)
        if worst is Status.OK and any(part["state"] != Status.OK for part in (parts or {}).values()):
            worst = Status.DEGRADED
        told = {"status": worst, "stations": stations} if parts is None else {"status": worst, "stations": stations, "parts": parts}
        return _answer(told, ok=worst is not Status.DOWN)


def _reasons_down(vigil: Vigil) -> tuple[str, ...]:
    verdict = vigil.verdict()
    return verdict.reasons if verdict.status is Status.DOWN else ()


def _spoken(verdict: Verdict) -> dict[str, Any]:
    return {"status": verdict.status, "reasons": list(verdict.reasons)}


def _measured(vigil: Vigil) -> dict[str, Any]:
    station = vigil.station
    told: dict[str, Any] = {
        "engine_connected": station.connected,
        "engine_losses": station.engine_losses_total,
        "filling_seconds": round(vigil.filling_seconds, 2),
        "filled_seconds_total": round(station.filled_seconds_total, 2),
        "last_packet_seconds_ago": round(vigil.without_packets_seconds, 3),
    }
    if station.meters:
        levels, standing = station.meters.levels, station.meters.standing
        told |= {
            "position": station.meters.position,
            "momentary_lufs": round(levels.momentary_lufs, 1),
            "short_term_lufs": round(levels.short_term_lufs, 1),
            "integrated_lufs": round(levels.integrated_lufs, 1),
            "true_peak_dbtp": round(levels.true_peak_dbtp, 1),
            "gain_reduction_db": round(levels.gain_reduction_db, 1),
            "fallback_level": standing.fallback_level,
            "fallbacks": standing.fallbacks_total,
            "dead_air_seconds": round(standing.dead_air_seconds, 2),
            "dead_air_seconds_total": round(standing.dead_air_seconds_total, 2),
            "buffer_seconds": round(standing.buffer_seconds, 1),
            "late_ticks": standing.late_ticks_total,
            "skipped_frames": standing.skipped_frames_total,
        }
    return told


def _answer(body: dict[str, Any], *, ok: bool) -> Response:
    return json_response(body, status=200 if ok else 503, headers={"Cache-Control": "no-store"})


async def no_parts() -> Mapping[str, Part]:
    """For a house that rests on nothing but its stations."""
    return {}


def health_routes(
    vigils: Mapping[str, Vigil],
    draining: Callable[[], bool],
    warming: Callable[[], Iterable[str]],
    *,
    detail_permission: str,
    parts: AskParts = no_parts,
) -> list[Route]:
    """`/health`, `/health/detailed`, `/ready`, `/live`.

    `draining`: whether the door is closing; `warming`: outputs not ready yet; `parts`: what the house rests on beside its stations.
    """
    probes = _Probes(vigils, draining, warming, parts)
    return [
        Route("GET", "/health", PUBLIC, probes.health),
        Route("GET", "/health/detailed", detail_permission, probes.detailed),
        Route("GET", "/ready", PUBLIC, probes.ready),
        Route("GET", "/live", PUBLIC, probes.live),
    ]
