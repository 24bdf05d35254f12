"""The two ways to be told of changes: server-sent events and a WebSocket."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

import msgspec
from aiohttp import WSMsgType
from aiohttp.web import HTTPBadRequest, HTTPNotFound, Request, StreamResponse, WebSocketResponse

from server.icy.titles import plain
from server.nowplaying.names import StationNames
from server.nowplaying.origin import Origin
from server.nowplaying.pushes import PING_SECONDS, SEND_SECONDS, Client, Pushes
from server.route import PUBLIC, Route

LONGEST_ASKING: Final = 4_096
ASKING_SECONDS: Final = 10.0


class _Asked(msgspec.Struct):
    """What a client says first: the channels it wants."""

    subs: dict[str, Any] = msgspec.field(default_factory=dict)


class _PushAddresses:
    def __init__(self, pushes: Pushes, names: StationNames, origin: Origin, kicked: Callable[[str], None]) -> None:
        self._pushes = pushes
        self._names = names
        self._origin = origin
        self._kicked = kicked

    async def events(self, request: Request) -> StreamResponse:
        """`?cf_connect={"subs":{"station:main":{}}}` as AzuraCast has it, or `?station=main`, or all stations."""
        answer = StreamResponse(
            headers={
                "Content-Type": "text/event-stream",
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",
                "Access-Control-Allow-Origin": "*",
            }
        )
        client = self._client(request, self._wanted(request))
        if request.method == "HEAD":
            await answer.prepare(request)
            return answer
        await answer.prepare(request)
        await self._tell(client, lambda message: answer.write(f"data: {message}\n\n".encode()))
        return answer

    async def websocket(self, request: Request) -> StreamResponse:
        """The first message says the channels: `{"subs":{"station:main":{"recover":true}}}`."""
        answer = WebSocketResponse(heartbeat=PING_SECONDS, max_msg_size=LONGEST_ASKING, writer_limit=1_024)
        await answer.prepare(request)
        asked = await _first_words(answer)
        if asked is None:
            await answer.close(code=1008, message=b'say {"subs":{"station:NAME":{}}} first')
            return answer
        client = self._client(request, self._named(asked))
        telling = asyncio.create_task(self._tell(client, answer.send_str))
        try:
            async for _ in answer:  # nothing more is expected of it but its end
                pass
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
        return answer

    async def _tell(self, client: Client, send: Callable[[str], Awaitable[None]]) -> None:
        """Sends until the client leaves, or does not take a message in time."""
        with self._pushes.telling(client):
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await send(self._pushes.greeting(client))
                async for message in client.messages():
                    async with asyncio.timeout(SEND_SECONDS):
                        await send(message)
            except TimeoutError:
                client.cut()
                self._kicked("slow")
            except ConnectionError:
                return

    def _client(self, request: Request, stations: Iterable[str]) -> Client:
        transport = request.transport
        if transport is None:
            raise ConnectionResetError
        return Client(transport, frozenset(stations), self._origin.of(request))

    def _wanted(self, request: Request) -> list[str]:
        if connect := request.query.get("cf_connect"):
            try:
                return self._named(msgspec.json.decode(connect[:LONGEST_ASKING], type=_Asked))
            except (msgspec.DecodeError, RecursionError) as error:
                raise HTTPBadRequest(text=f"cf_connect is not what it should be: {plain(str(error))}") from error
        if (station := request.query.get("station")) is None:
            return list(self._names)
        if (name := self._names.resolve(station)) is None:
            raise HTTPNotFound(text=f"There is no station {plain(station)}.")
        return [name]

    def _named(self, asked: _Asked) -> list[str]:
        """The stations among the channels; others (`global:time`) are passed over as unknown."""
        channels = [each.removeprefix("station:") for each in asked.subs if each.startswith("station:")]
        return [name for each in channels if (name := self._names.resolve(each)) is not None]


async def _first_words(answer: WebSocketResponse) -> _Asked | None:
    """What the client asks for; None if it is silent or speaks of something else."""
    try:
        async with asyncio.timeout(ASKING_SECONDS):
            message = await answer.receive()
        if message.type is not WSMsgType.TEXT:
            return None
        return msgspec.json.decode(message.data, type=_Asked)
    except (TimeoutError, msgspec.DecodeError, RecursionError):
        return None


def push_routes(pushes: Pushes, names: StationNames, origin: Origin, kicked: Callable[[str], None]) -> list[Route]:
    """`/api/live/nowplaying/sse` and `/api/live/nowplaying/websocket`."""
    addresses = _PushAddresses(pushes, names, origin, kicked)
    return [
        Route("GET", "/api/live/nowplaying/sse", PUBLIC, addresses.events),
        Route("GET", "/api/live/nowplaying/websocket", PUBLIC, addresses.websocket),
    ]
