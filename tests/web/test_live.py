"""The live socket, by clients that read, clients that do not, and pages of other people."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError
from aiohttp.web import Application, AppRunner, TCPSite

from server.route import add_routes
from server.wire.wire import NowPlaying, Spectrum
from tests.hearings import a_hearing
from tests.web.fake_station import FakeRelay
from web.live import Live

DEADLINE_SECONDS = 10.0


@dataclass
class Front:
    relay: FakeRelay
    live: Live
    session: ClientSession
    host: str

    async def connect(self, **headers: str) -> ClientWebSocketResponse:
        return await self.session.ws_connect(f"http://{self.host}/ws/live/main", headers=headers)


@asynccontextmanager
async def front(send_seconds: float = 10.0) -> AsyncIterator[Front]:
    relay = FakeRelay()
    live = Live({"main": relay}, send_seconds)
    application = Application()
    add_routes(application, live.routes(), lambda _, endpoint: endpoint)
    runner = AppRunner(application, shutdown_timeout=1)
    await runner.setup()
    try:
        await TCPSite(runner, "127.0.0.1", 0).start()
        async with ClientSession() as session:
            yield Front(relay, live, session, f"127.0.0.1:{runner.addresses[0][1]}")
            await live.close()
    finally:
        await runner.cleanup()


async def event(client: ClientWebSocketResponse, name: str) -> dict[str, Any]:
    """The next event of that name."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while True:
            message = await client.receive()
            if message.type is WSMsgType.TEXT:
                told: dict[str, Any] = json.loads(message.data)
                if told["event"] == name:
                    return told
            assert message.type in (WSMsgType.TEXT, WSMsgType.BINARY), f"closed while waiting for {name}"


async def frame(client: ClientWebSocketResponse) -> bytes:
    """The next spectrum frame."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while True:
            message = await client.receive()
            if message.type is WSMsgType.BINARY:
                return bytes(message.data)
            assert message.type is WSMsgType.TEXT, "closed while waiting for a frame"


async def test_a_client_is_greeted_and_told_what_airs() -> None:
    async with front() as door:
        client = await door.connect()
        hello = await event(client, "hello")
        assert hello["station"] == "main"
        assert hello["epoch"] == door.relay.epoch.seconds
        assert hello["sample_rate"] == 48_000
        assert abs(hello["position"] - door.relay.position_now()) < 48_000
        told = await event(client, "nowplaying")
        assert door.relay.on_air is not None
        airing = door.relay.on_air.airing
        assert told["airing"]["song"]["title"] == airing.entry.track.title
        assert told["airing"]["started_position"] == airing.started_position
        assert told["airing"]["ends_position"] == airing.ends_position
        assert len(told["history"]) == 8
        assert told["upcoming"][0]["track_id"] == door.relay.on_air.upcoming[0].track.id


async def test_nothing_of_the_house_is_told() -> None:
    async with front() as door:
        client = await door.connect()
        told = json.dumps(await event(client, "nowplaying"))
        for secret in ("/secret", "path", "provenance", "loudness"):
            assert secret not in told


async def test_the_beat_of_what_airs_is_told_once_a_turn() -> None:
    async with front() as one:
        assert one.relay.on_air is not None
        airing = one.relay.on_air.airing
        heard = replace(airing, entry=replace(airing.entry, track=replace(airing.entry.track, hearing=a_hearing())))
        beating = msgspec.structs.replace(one.relay.on_air, airing=heard)
        client = await one.connect()
        await event(client, "nowplaying")
        one.relay.change(beating)
        told = await event(client, "beat")
        assert told["entry_id"] == airing.entry.id
        assert (told["bpm"], told["beats_a_bar"], told["glide"]) == (124.0, 4, None)
        assert told["one_position"] == pytest.approx(airing.started_position + 480.0, abs=0.1)
        one.relay.change(msgspec.structs.replace(beating, upcoming=[]))
        one.relay.change(one.relay.on_air)
        names = [json.loads(await text(client))["event"] for _ in range(2)]
        assert names == ["nowplaying", "nowplaying"], "nothing of the beat has changed"
        late = await one.connect()
        assert await event(late, "beat") == told
        one.relay.change(msgspec.structs.replace(beating, airing=airing))
        assert [json.loads(await text(client))["event"]] == ["nowplaying"], "what has no beat has none to tell"


async def test_frames_arrive_as_they_were_made_at_every_client() -> None:
    async with front() as door:
        clients = [await door.connect() for _ in range(3)]
        for client in clients:
            await event(client, "nowplaying")
        made = struct.pack("<Q", 123_456_789_012) + bytes(range(128))
        door.relay.draw(Spectrum(123_456_789_012, made))
        assert [await frame(client) for client in clients] == [made] * 3


async def test_levels_come_twice_a_second_of_the_stations_clock() -> None:
    async with front() as door:
        client = await door.connect()
        await event(client, "nowplaying")
        meters = door.relay.meters
        assert meters is not None
        for tick in range(31):  # one second, 30 frames
            position = 48_000_000 + tick * 1600
            door.relay.meters = msgspec.structs.replace(meters, position=position)
            door.relay.draw(Spectrum(position, bytes(136)))
        door.relay.change(door.relay.on_air)  # type: ignore[arg-type]
        positions = []
        while (told := json.loads(await text(client)))["event"] == "levels":
            positions.append(told["position"])
        assert positions == [48_000_000, 48_024_000, 48_048_000]
        assert told["event"] == "nowplaying"


async def text(client: ClientWebSocketResponse) -> str:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while (message := await client.receive()).type is not WSMsgType.TEXT:
            assert message.type is WSMsgType.BINARY
        return str(message.data)


async def test_a_new_sitting_greets_again() -> None:
    async with front() as door:
        client = await door.connect()
        await event(client, "nowplaying")
        assert door.relay.hello is not None
        assert door.relay.on_air is not None
        door.relay.hello = msgspec.structs.replace(door.relay.hello, sitting=2)
        door.relay.change(door.relay.on_air)
        assert (await event(client, "hello"))["sitting"] == 2


async def test_who_connects_before_the_engine_is_greeted_when_it_comes() -> None:
    async with front() as door:
        hello, on_air = door.relay.hello, door.relay.on_air
        assert on_air is not None
        door.relay.hello = door.relay.on_air = None
        client = await door.connect()
        await asyncio.wait_for(door.relay.somebody.wait(), DEADLINE_SECONDS)
        door.relay.hello = hello
        door.relay.change(on_air)
        assert (await event(client, "hello"))["station"] == "main"
        await event(client, "nowplaying")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:1"])
async def test_pages_of_other_hosts_are_refused(origin: str) -> None:
    async with front() as door:
        with pytest.raises(WSServerHandshakeError) as refusal:
            await door.connect(Origin=origin)
        assert refusal.value.status == 403
        assert not door.relay.watched


async def test_our_own_pages_are_let_in_under_either_scheme() -> None:
    async with front() as door:
        for scheme in ("http", "https"):
            client = await door.connect(Origin=f"{scheme}://{door.host}")
            await event(client, "hello")


async def test_an_unknown_station_is_not_found() -> None:
    async with front() as door:
        with pytest.raises(WSServerHandshakeError) as refusal:
            await door.session.ws_connect(f"http://{door.host}/ws/live/nowhere")
        assert refusal.value.status == 404


async def test_who_asks_for_no_spectrum_gets_none_and_may_ask_again() -> None:
    async with front() as door:
        client = await door.connect()
        await event(client, "nowplaying")

        async def drawn() -> bool:
            """Whether a frame arrives before an event that was told after it."""
            door.relay.draw(Spectrum(1, bytes(136)))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            door.relay.change(door.relay.on_air)  # type: ignore[arg-type]
            message = await client.receive()
            frames = 0
            while message.type is not WSMsgType.TEXT or json.loads(message.data)["event"] != "nowplaying":
                frames += message.type is WSMsgType.BINARY
                message = await client.receive()
            return frames > 0

        async with asyncio.timeout(DEADLINE_SECONDS):
            assert await drawn()
            await client.send_str('{"spectrum":false}')
            while await drawn():
                pass
            await client.send_str('{"spectrum":true}')
            while not await drawn():
                pass


@pytest.mark.parametrize("wish", ["hello", '{"spectrum":"yes"}', '{"spectrum":true,"more":1}', "[]", '{"spectrum":true}' + " " * 300])
async def test_who_says_anything_else_is_shown_out(wish: str) -> None:
    async with front() as door:
        client = await door.connect()
        await client.send_str(wish)
        async with asyncio.timeout(DEADLINE_SECONDS):
            async for _ in client:
                pass
        assert client.close_code in (1008, 1009)


async def test_the_relay_is_watched_only_while_somebody_sits() -> None:
    async with front() as door:
        assert not door.relay.watched
        first, second = await door.connect(), await door.connect()
        await event(first, "hello")
        await event(second, "hello")
        assert door.relay.watched
        await first.close()
        assert door.relay.watched
        await second.close()
        await asyncio.wait_for(door.relay.nobody.wait(), DEADLINE_SECONDS)
        assert not door.relay.watched


async def test_a_client_that_does_not_read_is_dropped_and_delays_nobody() -> None:
    async with front(send_seconds=0.5) as door:
        healthy = await door.connect()
        await event(healthy, "nowplaying")
        stuck = await _stuck_client(door.host)
        longest = 0.0
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                assert door.live.clients() == {"main": 2}
                long = _long_programme(door.relay)
                while door.live.clients() == {"main": 2}:
                    told_at = loop.time()
                    door.relay.change(long)
                    await event(healthy, "nowplaying")
                    longest = max(longest, loop.time() - told_at)
        finally:
            stuck.close()
        assert longest < 0.25
        door.relay.draw(Spectrum(7, bytes(136)))
        await frame(healthy)


async def _stuck_client(host: str) -> socket.socket:
    """Shakes hands and never reads again."""
    name, port = host.split(":")
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.setblocking(False)
    await asyncio.get_running_loop().sock_connect(line, (name, int(port)))
    request = f"GET /ws/live/main HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    request += "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    await asyncio.get_running_loop().sock_sendall(line, request.encode())
    assert (await asyncio.get_running_loop().sock_recv(line, 12)).endswith(b"101")
    return line


def _long_programme(relay: FakeRelay) -> NowPlaying:
    """What airs, with a title of 20 kB: fills a socket's buffers soon."""
    on_air = relay.on_air
    assert on_air is not None
    entry = on_air.airing.entry
    long = replace(entry, track=replace(entry.track, title="long " * 4000))
    return msgspec.structs.replace(on_air, airing=replace(on_air.airing, entry=long))


async def test_a_front_that_closes_says_goodbye() -> None:
    async with front() as door:
        clients = [await door.connect() for _ in range(3)]
        for client in clients:
            await event(client, "nowplaying")
        closing = asyncio.ensure_future(door.live.close())
        async with asyncio.timeout(DEADLINE_SECONDS):
            for client in clients:
                async for _ in client:
                    pass
            await closing
        assert [client.close_code for client in clients] == [1001] * 3
        assert not door.relay.watched
