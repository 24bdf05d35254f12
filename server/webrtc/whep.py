"""The addresses of WHEP (draft-ietf-wish-whep): an offer is posted, the answer names a session, the session is steered and ended.

Here live the rules of HTTP alone. What is refused is told as problem+json, in words that help whoever wrote the player.
"""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from aiohttp.web import Request, Response, StreamResponse

from server.door.answers import problem_answer
from server.nowplaying.caller import ClientOf, peer, player_of
from server.route import PUBLIC, Endpoint, Route
from server.webrtc.listener import WebRtcListener
from server.webrtc.listeners import AddressFull, HouseFull, WebRtcListeners
from server.webrtc.neighbours import Neighbours, NoSuchFront
from server.webrtc.offer import LONGEST_OFFER_BYTES, OfferRefused, read_offer
from server.webrtc.trickle import NoFragment, read_fragment

SDP: Final = "application/sdp"
FRAGMENT: Final = "application/trickle-ice-sdpfrag"
FULL_RETRY_SECONDS: Final = 30
SILENT_RETRY_SECONDS: Final = 2
_ANYWHERE: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Patch, Accept-Post, ETag, Link, Location, Retry-After",
}
_PREFLIGHT: Final = {
    "Access-Control-Allow-Methods": "POST, PATCH, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, If-Match",
    "Access-Control-Max-Age": "86400",
}


class _Refusal(Exception):
    """A request that cannot be met."""

    def __init__(self, status: int, reason: str, headers: Mapping[str, str] = MappingProxyType({})) -> None:
        super().__init__(reason)
        self.status = status
        self.headers = headers


def _answering(endpoint: Endpoint) -> Endpoint:
    """`endpoint`, its refusals turned into problems that pages of other sites may read."""

    async def answer(request: Request) -> StreamResponse:
        try:
            return await endpoint(request)
        except _Refusal as refusal:
            headers = {**_ANYWHERE, "Cache-Control": "no-store", **refusal.headers}
            return problem_answer(refusal.status, HTTPStatus(refusal.status).phrase, str(refusal), headers=headers)

    return answer


class Whep:
    """The endpoints of one front."""

    def __init__(self, listeners: WebRtcListeners, neighbours: Neighbours, client_of: ClientOf = peer) -> None:
        self._listeners = listeners
        self._neighbours = neighbours
        self._client_of = client_of
        self._links = [f'<{server}>; rel="ice-server"' for server in listeners.limits.stun_servers]

    @property
    def routes(self) -> list[Route]:
        """What a front serves to everybody."""
        station, session = "/whep/{station}", "/whep/{station}/{session}"
        return [
            Route("OPTIONS", station, PUBLIC, self.permit),
            Route("POST", station, PUBLIC, _answering(self.listen)),
            Route("OPTIONS", session, PUBLIC, self.permit),
            Route("PATCH", session, PUBLIC, _answering(self.trickle)),
            Route("DELETE", session, PUBLIC, _answering(self.end)),
        ]

    @property
    def routes_for_neighbours(self) -> list[Route]:
        """What other fronts may hand on to this one."""
        session = "/whep/{station}/{session}"
        return [
            Route("PATCH", session, PUBLIC, _answering(self.trickle_here)),
            Route("DELETE", session, PUBLIC, _answering(self.end_here)),
        ]

    async def permit(self, request: Request) -> StreamResponse:  # noqa: ARG002 -- the answer is the same for all
        """What a browser, or a player that looks for ICE servers, asks before it offers."""
        return self._with_links(Response(status=204, headers={**_ANYWHERE, **_PREFLIGHT, "Accept-Post": SDP, "Accept-Patch": FRAGMENT}))

    async def listen(self, request: Request) -> StreamResponse:
        """POST: an offer, answered by a session."""
        station = request.match_info["station"]
        fan = self._listeners.fans.get(station)
        if fan is None:
            raise _Refusal(404, f"There is no station {station!r}.")
        _must_be(request, SDP)
        if not fan.sounding:
            raise _Refusal(503, "The station has not come on air yet.", {"Retry-After": str(SILENT_RETRY_SECONDS)})
        try:
            offer = read_offer(await _text(request))
            listener, answer = await self._listeners.welcome(station, offer, self._client_of(request), player_of(request))
        except OfferRefused as refused:
            raise _Refusal(400, str(refused)) from None
        except HouseFull:
            raise _full(503, "All places for WebRTC are taken: listen by HLS, or come again later.") from None
        except AddressFull:
            raise _full(429, "Your address has as many WebRTC connections as it may have: close one, or listen by HLS.") from None
        headers = {
            **_ANYWHERE,
            "Accept-Patch": FRAGMENT,
            "Cache-Control": "no-store",
            "ETag": listener.etag,
            "Location": f"/whep/{station}/{listener.session}",
        }
        return self._with_links(Response(status=201, text=answer, content_type=SDP, headers=headers))

    async def trickle(self, request: Request) -> StreamResponse:
        """PATCH: further addresses of the listener's, wherever his session lives."""
        return await self._where_it_lives(request, self.trickle_here)

    async def end(self, request: Request) -> StreamResponse:
        """DELETE: he leaves, wherever his session lives."""
        return await self._where_it_lives(request, self.end_here)

    async def trickle_here(self, request: Request) -> StreamResponse:
        """PATCH of a session of this front."""
        listener = self._listener(request)
        _must_be(request, FRAGMENT)
        match = request.headers.get("If-Match")
        if match is None:
            raise _Refusal(428, "Say in If-Match which ETag the session had.")
        if match != listener.etag:
            raise _Refusal(412, "If-Match names another ICE session; the ETag of the 201 is the one that holds.", {"ETag": listener.etag})
        try:
            fragment = read_fragment(await _text(request))
        except NoFragment as error:
            raise _Refusal(400, str(error)) from None
        if fragment.user not in {"", listener.user}:
            raise _Refusal(422, "ICE cannot be restarted here: DELETE the session and POST a new offer.")
        await listener.trickle(fragment.candidates)
        return Response(status=204, headers={**_ANYWHERE, "ETag": listener.etag})

    async def end_here(self, request: Request) -> StreamResponse:
        """DELETE of a session of this front."""
        await self._listeners.end(self._listener(request))
        return Response(status=200, headers=_ANYWHERE)

    async def _where_it_lives(self, request: Request, here: Endpoint) -> StreamResponse:
        front = self._neighbours.other(request.match_info["session"])
        if front is None:
            return await here(request)
        try:
            answer = await self._neighbours.ask(front, request, (await _text(request)).encode())
        except NoSuchFront:
            raise _no_session() from None
        answer.headers.update(_ANYWHERE)
        return answer

    def _listener(self, request: Request) -> WebRtcListener:
        listener = self._listeners.find(request.match_info["station"], request.match_info["session"])
        if listener is None:
            raise _no_session()
        return listener

    def _with_links(self, response: Response) -> Response:
        for link in self._links:
            response.headers.add("Link", link)
        return response


def _no_session() -> _Refusal:
    return _Refusal(404, "There is no such session; it may have ended. POST a new offer.")


def _full(status: int, reason: str) -> _Refusal:
    return _Refusal(status, reason, {"Retry-After": str(FULL_RETRY_SECONDS)})


def _must_be(request: Request, content_type: str) -> None:
    if request.content_type != content_type:
        raise _Refusal(415, f"Send {content_type}; this says it is {request.content_type}.")


async def _text(request: Request) -> str:
    """The body, as long as an offer may be."""
    too_long = _Refusal(413, f"At most {LONGEST_OFFER_BYTES // 1024} KB are read here.")
    if (request.content_length or 0) > LONGEST_OFFER_BYTES:
        raise too_long
    body = bytearray()
    async for piece in request.content.iter_any():
        body += piece
        if len(body) > LONGEST_OFFER_BYTES:
            raise too_long
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise _Refusal(400, "The body is no UTF-8 text.") from None
