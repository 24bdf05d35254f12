"""The addresses of a worker (docs/remote.md): errands in, how they stand, their sounds in pieces; who the worker is; probes and figures."""

from typing import Final

import msgspec
from aiohttp.web import Request, Response, StreamResponse

from control.remote_worker.errand import Errand
from control.remote_worker.seal import SIGNED
from control.remote_worker.workshop import QueueFull, Workshop
from generation.errors import InvalidBrief
from generation.remote.shapes import AboutWorker, ErrandAsked, Format, errand_id, read_brief
from server.route import PUBLIC, Route

LONGEST_POLL_SECONDS: Final = 20.0
LARGEST_PIECE_BYTES: Final = 4_194_304
RETRY_SECONDS: Final = 5
JSON: Final = "application/json"


class WorkerRoutes:
    """Of one workshop."""

    def __init__(self, workshop: Workshop, about: AboutWorker) -> None:
        self._workshop = workshop
        self._about = about

    def routes(self) -> list[Route]:
        """All but the figures."""
        return [
            Route("GET", "/v1/about", SIGNED, self.about),
            Route("POST", "/v1/errands", SIGNED, self.take_on),
            Route("GET", "/v1/errands/{id}", SIGNED, self.stand),
            Route("DELETE", "/v1/errands/{id}", SIGNED, self.call_off),
            Route("GET", "/v1/errands/{id}/takes/{number}", SIGNED, self.sound),
            Route("GET", "/health", PUBLIC, self.health),
        ]

    async def about(self, request: Request) -> StreamResponse:  # noqa: ARG002
        """Who it is."""
        return _json(self._about)

    async def take_on(self, request: Request) -> StreamResponse:
        """202 with how the errand stands; 400 for one that cannot be made; 503 when every place is taken."""
        try:
            asked = msgspec.json.decode(await request.read(), type=ErrandAsked)
            briefs = [read_brief(brief) for brief in asked.briefs]
        except (msgspec.DecodeError, InvalidBrief, RecursionError) as error:
            return _refused(400, str(error))
        if [brief.id for brief in briefs] != [written.id for written in asked.briefs] or asked.id != errand_id(briefs):
            return _refused(400, "an id is not that of its brief: are both sides of the same version?")
        form = next((Format(name) for name in asked.formats if name in set(Format)), None)
        if form is None:
            return _refused(400, f"this worker packs sounds as {', '.join(Format)}")
        try:
            errand = self._workshop.take_on(asked.id, briefs, form)
        except QueueFull:
            return _refused(503, "every place in the queue is taken", {"Retry-After": str(RETRY_SECONDS)})
        return self._told(errand, 202)

    async def stand(self, request: Request) -> StreamResponse:
        """How it stands; with ?wait=SECONDS not before it moves, or that time is over."""
        errand = self._workshop.find(request.match_info["id"])
        if errand is None:
            return _refused(404, "this errand is not known here")
        seconds = _number(request, "wait", 0, LONGEST_POLL_SECONDS)
        if seconds and not errand.ended:
            await errand.news(seconds)
        return self._told(errand)

    async def call_off(self, request: Request) -> StreamResponse:
        """Nobody wants it any more."""
        if not self._workshop.call_off(request.match_info["id"]):
            return _refused(404, "this errand is not known here")
        return Response(status=204)

    async def sound(self, request: Request) -> StreamResponse:
        """`bytes` of a packed sound `from` one byte on, four megabytes at most."""
        errand = self._workshop.find(request.match_info["id"])
        number = request.match_info["number"]
        if errand is None or not number.isdecimal() or int(number) >= len(errand.sounds):
            return _refused(404, "there is no such sound here")
        start = int(_number(request, "from", 0, 2**40))
        size = int(_number(request, "bytes", LARGEST_PIECE_BYTES, LARGEST_PIECE_BYTES))
        return Response(body=errand.piece(int(number), start, size), content_type="application/octet-stream")

    async def health(self, request: Request) -> StreamResponse:  # noqa: ARG002
        """For whoever keeps the machine: it answers, so it works."""
        return _json({"status": "ok", "working": self._workshop.working, "waiting": len(self._workshop.waiting)})

    def _told(self, errand: Errand, status: int = 200) -> Response:
        return _json(errand.told(self._workshop.place(errand)), status)


def _number(request: Request, name: str, default: float, most: float) -> float:
    given = request.query.get(name, "")
    return min(most, float(given)) if given.isascii() and given.isdecimal() and len(given) < 16 else default


def _json(value: object, status: int = 200) -> Response:
    return Response(status=status, body=msgspec.json.encode(value), content_type=JSON)


def _refused(status: int, reason: str, headers: dict[str, str] | None = None) -> Response:
    return Response(status=status, body=msgspec.json.encode({"error": reason[:400]}), content_type=JSON, headers=headers)
