"""The addresses of WHIP (RFC 9725): a DJ's browser offers its sound at `/whip/{station}`, and steers the call at the address it is given.

Here live the rules of HTTP. Who may call is the guard's to say, what he is called is asked of the office. A call's own address is a
secret: whoever knows it was given it, so ending a call takes no token that may have grown old meanwhile. It names the front at which the
call lives; any other front hands on what it is asked there.
"""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Final, TypeAlias

from aiohttp.web import Request, Response, StreamResponse

from server.door.answers import problem_answer
from server.icy.titles import plain
from server.live.entrance import Entrance, EntranceFull
from server.live.login import Dj, LoginRefused
from server.live.session import Mode
from server.live.whip.call import Call, Ending
from server.live.whip.calls import Calls
from server.live.whip.offer import read_djs_offer
from server.live.whip.refusals import WhipRefused
from server.route import PUBLIC, Endpoint, Route
from server.webrtc.neighbours import Neighbours, NoSuchFront
from server.webrtc.offer import LONGEST_OFFER_BYTES, OfferRefused
from server.webrtc.trickle import NoFragment, read_fragment

NameOf: TypeAlias = Callable[[Request], Awaitable[Dj]]
"""Who asks, of a request that the guard has let through. Raises LoginRefused."""

SDP: Final = "application/sdp"
FRAGMENT: Final = "application/trickle-ice-sdpfrag"
FULL_RETRY_SECONDS: Final = 10
_STATION: Final = "/whip/{station}"
_CALL: Final = "/whip/{station}/{session}/{secret}"
_PERMITTED: Final = {
    "Access-Control-Allow-Headers": "Authorization, Content-Type, If-Match, X-Requested-With",
    "Access-Control-Max-Age": "86400",
}


def _answering(endpoint: Endpoint) -> Endpoint:
    """`endpoint`, its refusals turned into problems."""

    async def answer(request: Request) -> StreamResponse:
        try:
            return await endpoint(request)
        except (OfferRefused, NoFragment) as wrong:
            refused = WhipRefused(400, str(wrong))
        except EntranceFull as full:
            headers = {"Retry-After": str(FULL_RETRY_SECONDS)}
            refused = WhipRefused(503, f"{str(full)[:1].upper()}{str(full)[1:]}. Try again when somebody has left.", headers)
        except LoginRefused as refusal:
            refused = WhipRefused(refusal.status, refusal.reason)
        except WhipRefused as refusal:
            refused = refusal
        return problem_answer(refused.status, HTTPStatus(refused.status).phrase, str(refused), headers=refused.headers)

    return answer


class Whip:
    """The endpoints of one front."""

    def __init__(self, entrances: Mapping[str, Entrance], calls: Calls, neighbours: Neighbours, name_of: NameOf) -> None:
        self._entrances = entrances
        self._calls = calls
        self._neighbours = neighbours
        self._name_of = name_of
        self._links = [f'<{server}>; rel="ice-server"' for server in calls.stun_servers]

    def routes(self, permission: str) -> list[Route]:
        """What a front serves. `permission`: what a DJ must hold to call."""
        return [
            Route("OPTIONS", _STATION, PUBLIC, self.permit),
            Route("POST", _STATION, permission, _answering(self.call)),
            Route("OPTIONS", _CALL, PUBLIC, self.permit),
            Route("PATCH", _CALL, PUBLIC, _answering(self.trickle)),
            Route("DELETE", _CALL, PUBLIC, _answering(self.end)),
        ]

    @property
    def routes_for_neighbours(self) -> list[Route]:
        """What other fronts may hand on to this one."""
        return [
            Route("PATCH", _CALL, PUBLIC, _answering(self.trickle_here)),
            Route("DELETE", _CALL, PUBLIC, _answering(self.end_here)),
        ]

    async def permit(self, request: Request) -> StreamResponse:
        """OPTIONS: what is taken here, for programs and for browsers that ask beforehand."""
        is_session = "session" in request.match_info
        methods = "PATCH, DELETE, OPTIONS" if is_session else "POST, OPTIONS"
        takes = {"Accept-Patch": FRAGMENT} if is_session else {"Accept-Post": SDP}
        return self._linked(
            Response(status=204, headers={**takes, "Allow": methods, "Access-Control-Allow-Methods": methods, **_PERMITTED})
        )

    async def call(self, request: Request) -> StreamResponse:
        """POST an offer; `?mode=takeover|talk_over`, `&title=` and `&artist=` say how the DJ begins."""
        station = request.match_info["station"]
        entrance = self._entrances.get(station)
        if entrance is None:
            raise WhipRefused(404, f"There is no station {plain(station)}.")
        mode = _mode(request)
        offer = read_djs_offer(await _text(request, SDP))
        dj = await self._name_of(request)
        title, artist = (plain(request.query.get(name, "")) for name in ("title", "artist"))
        call, answer = await self._calls.begin(entrance, dj, mode, title, artist, offer)
        location = f"/whip/{station}/{call.line.session.id}/{self._neighbours.name}-{call.secret}"
        headers = {"Location": location, "ETag": call.etag, "Accept-Patch": FRAGMENT, "Cache-Control": "no-store"}
        return self._linked(Response(status=201, text=answer, content_type=SDP, headers=headers))

    async def trickle(self, request: Request) -> StreamResponse:
        """PATCH: further addresses of the DJ's, wherever his call lives."""
        return await self._where_it_lives(request, self.trickle_here)

    async def end(self, request: Request) -> StreamResponse:
        """DELETE: the DJ hangs up, wherever his call lives."""
        return await self._where_it_lives(request, self.end_here)

    async def trickle_here(self, request: Request) -> StreamResponse:
        """PATCH of a call of this front. It keeps its ICE session, so a restart is refused."""
        call = self._found(*_known(request))
        matched = request.headers.get("If-Match")
        if matched is None:
            raise WhipRefused(428, "Send If-Match with the ETag that the call was answered with.")
        fragment = read_fragment(await _text(request, FRAGMENT))
        if matched.strip() == "*" or fragment.user not in {"", call.user}:
            raise WhipRefused(422, "A call cannot restart ICE: end it and call again.")
        if matched.strip() != call.etag:
            raise WhipRefused(412, "This ETag belongs to another call.")
        await call.trickle(fragment)
        return Response(status=204, headers={"ETag": call.etag})

    async def end_here(self, request: Request) -> StreamResponse:
        """DELETE of a call of this front. One that is over already is ended; 410 says that it was the station who ended it."""
        known = _known(request)
        match self._calls.ending(*known):
            case None:
                await self._calls.end(self._found(*known))
            case Ending.SENT_AWAY:
                raise WhipRefused(410, "The station has ended this call.")
        return Response(status=200)

    async def _where_it_lives(self, request: Request, here: Endpoint) -> StreamResponse:
        front = self._neighbours.other(request.match_info["secret"])
        if front is None:
            return await here(request)
        try:
            return await self._neighbours.ask(front, request, await _body(request))
        except NoSuchFront:
            raise _no_call() from None

    def _found(self, session_id: str, secret: str) -> Call:
        call = self._calls.find(session_id, secret)
        if call is None:
            raise _no_call()
        return call

    def _linked(self, response: Response) -> Response:
        for link in self._links:
            response.headers.add("Link", link)
        return response


def _known(request: Request) -> tuple[str, str]:
    """Which call is meant, and its secret."""
    return request.match_info["session"], request.match_info["secret"].rpartition("-")[2]


def _no_call() -> WhipRefused:
    return WhipRefused(404, "There is no such call, or it is over.")


def _mode(request: Request) -> Mode:
    """Raises WhipRefused."""
    said = request.query.get("mode", Mode.TAKEOVER.value)
    try:
        return Mode(said)
    except ValueError:
        raise WhipRefused(422, f"The mode is {Mode.TAKEOVER} or {Mode.TALK_OVER}.") from None


async def _text(request: Request, content_type: str) -> str:
    """The body. Raises WhipRefused for another type, for one that is too large, and for one that is no text."""
    if request.content_type != content_type:
        name = "Accept-Post" if content_type == SDP else "Accept-Patch"
        raise WhipRefused(415, f"Send it as Content-Type: {content_type}.", {name: content_type})
    try:
        return (await _body(request)).decode()
    except UnicodeDecodeError:
        raise WhipRefused(400, "The body is no UTF-8 text.") from None


async def _body(request: Request) -> bytes:
    """As long as an offer may be. Raises WhipRefused."""
    body = bytearray()
    async for piece in request.content.iter_any():
        body += piece
        if len(body) > LONGEST_OFFER_BYTES:
            raise WhipRefused(413, f"At most {LONGEST_OFFER_BYTES} bytes are taken.")
    return bytes(body)
