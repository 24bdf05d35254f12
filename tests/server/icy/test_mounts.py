"""A station's mounts on a real relay: the emergency loop is just more packets."""

import asyncio
import socket

from server.clock import SystemClock
from server.door.health import Vigil
from server.door.status import Status
from server.icy.mount import MountLimits
from server.icy.mounts import StationMounts
from server.relay.relay import Relay
from server.wire.wire import Hello, Loop, NowPlaying, Packets
from tests.server.encoded import encoded
from tests.server.fake_station import MP3, FakeStation, airing
from tests.server.icy.front import front
from tests.server.raw_client import RawClient


class Sink(asyncio.Protocol):
    """A connection that hands its transport over."""

    def __init__(self, made: "asyncio.Future[asyncio.Transport]") -> None:
        self._made = made

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._made.set_result(transport)


async def test_a_listener_goes_on_hearing_when_the_engine_is_lost() -> None:
    loop = asyncio.get_running_loop()
    clock = SystemClock()
    rendition, packets = encoded("mp3")
    relay = Relay("main", clock, loop)
    mounts = StationMounts(relay, MountLimits(), lambda _: None)
    vigil = Vigil(relay, clock.monotonic)
    assert vigil.verdict().status is Status.DOWN
    relay.found(Hello(1, "main", "Radio", "", "", clock.wall() - 5.0, 1, clock.wall(), [rendition]), lambda _: None)
    relay.receive(NowPlaying(0, airing("First", 0), [], []))
    relay.receive(Loop(rendition.name, [b"loop%03d" % number + bytes(500) for number in range(640)]))
    relay.receive(Packets(rendition.name, 1, 0, list(packets[: 5 * 48_000 // 1_152])))
    assert vigil.verdict().status is Status.OK

    listening = socket.create_server(("127.0.0.1", 0))
    made: asyncio.Future[asyncio.Transport] = loop.create_future()
    server = await loop.create_server(lambda: Sink(made), sock=listening)
    async with server, RawClient(listening.getsockname()[1]) as client:
        listener = mounts.mount("radio.mp3").join(await made, wants_titles=False)
        burst = await client.receive_bytes(90_000)
        assert b"loop" not in burst
        relay.lost()
        assert b"loop208" in await client.receive_until(b"loop220")
        assert vigil.verdict().status is Status.DEGRADED
        mounts.mount("radio.mp3").leave(listener)
        await client.receive_all()
    mounts.close()
    vigil.close()
    relay.close()


async def test_a_burst_longer_than_the_queue_may_be_is_sent_all_the_same() -> None:
    async with front(MountLimits(burst_seconds=5.0, queue_bytes=65_536)) as it, RawClient(it.port) as client:
        it.play("mp3", 0, 300)
        await client.send(b"GET /listen/main/radio.mp3 HTTP/1.0\r\n\r\n")
        assert len(await client.receive_bytes(110_000)) >= 110_000
        assert it.kicked == []


async def test_batches_that_do_not_divide_a_part_are_sent_as_they_come() -> None:
    """Thirteen MP3 packets end just short of a part: held back for the next batch they would make a listener wait twice as long."""
    station, heard = FakeStation(), []
    mounts = StationMounts(station, MountLimits(), lambda _: None)
    mount = mounts.mount("radio.mp3")
    position = 0
    for count in (13, 13, 14) * 6:
        before = mount.newest_position
        station.give(MP3, position, [b"x" * 576] * count)
        position += count * MP3.packet_frames
        heard.append(mount.newest_position > before)
    assert all(heard)
