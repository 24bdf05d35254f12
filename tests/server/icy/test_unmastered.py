"""The unmastered mount over a real socket: asked of the engine while somebody listens, and no longer; and begun where one says."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from server.clock import PART_FRAMES
from server.icy import unmastered
from server.icy.unmastered import FILE, UnmasteredMount, unmastered_routes
from server.wire.wire import Preview, Up, WantPreview
from tests.server.encoded import encoded
from tests.server.icy.front import front
from tests.server.icy.test_routes import tune
from tests.server.raw_client import RawClient
from tests.server.served import Served, served
from tests.server.until import until

_, PACKETS = encoded("mp3")
FRAMES = 1_152


class Timers:
    """Fires when the test says so."""

    def __init__(self) -> None:
        self.armed: list[Callable[[], None]] = []

    def call_later(self, delay: float, callback: Callable[[], None], /) -> "Armed":
        assert delay == unmastered.LINGER_SECONDS
        self.armed.append(callback)
        return Armed(self, callback)

    def fire(self) -> None:
        while self.armed:
            self.armed.pop()()


@dataclass
class Armed:
    timers: Timers
    callback: Callable[[], None]

    def cancel(self) -> None:
        self.timers.armed.remove(self.callback)


@dataclass
class Station:
    """An engine that sends the preview when it is told to."""

    said: list[Up] = field(default_factory=list)
    previews: list[Callable[[Preview], None]] = field(default_factory=list)
    greetings: list[Callable[[], None]] = field(default_factory=list)

    def say(self, message: Up) -> None:
        self.said.append(message)

    def on_preview(self, watcher: Callable[[Preview], None]) -> Callable[[], None]:
        self.previews.append(watcher)
        return lambda: self.previews.remove(watcher)

    def on_greeted(self, watcher: Callable[[], None]) -> Callable[[], None]:
        self.greetings.append(watcher)
        return lambda: self.greetings.remove(watcher)

    def send(self, first: int, count: int) -> None:
        for at in range(first, first + count, 4):
            numbers = range(at, min(at + 4, first + count))
            for hear in list(self.previews):
                hear(Preview(1, at * FRAMES, [PACKETS[number % len(PACKETS)] for number in numbers]))

    def packets(self, first: int, count: int) -> bytes:
        return b"".join(PACKETS[number % len(PACKETS)] for number in range(first, first + count))


@dataclass
class House:
    station: Station
    timers: Timers
    served: Served

    def seen_to_leave(self) -> bool:
        """A listener who has gone is found gone by the sound that he does not take."""
        self.station.send(60, 30)
        return bool(self.timers.armed)


@asynccontextmanager
async def house() -> AsyncIterator[House]:
    station, timers = Station(), Timers()
    mount = UnmasteredMount(station, 4.0, 512 * 1024, lambda _: None, timers)
    async with served(unmastered_routes({"main": mount}, permission="station:mastering:write")) as it:
        yield House(station, timers, it)
    mount.close()
    assert station.previews == station.greetings == []


async def test_the_engine_is_asked_when_the_first_comes_and_let_go_after_the_last_has_left() -> None:
    async with house() as one:
        async with RawClient(one.served.port) as client:
            await client.send(f"GET /listen/main/{FILE} HTTP/1.1\r\nHost: radio.example\r\n\r\n".encode())
            await until(lambda: one.station.said == [WantPreview(True)])
            one.station.send(0, 60)
            head, _, sound = (await client.receive_until(one.station.packets(50, 2))).partition(b"\r\n\r\n")
            assert b"200 OK" in head
            assert b"audio/mpeg" in head
            assert sound.startswith(PACKETS[0])
            one.station.greetings[0]()
            assert one.station.said == [WantPreview(True)] * 2, "an engine that comes back is asked again"
            assert one.timers.armed == []
        await until(one.seen_to_leave)
        assert one.station.said[-1] == WantPreview(True)
        one.timers.fire()
        assert one.station.said[-1] == WantPreview(False)
        one.station.send(120, 60)
        async with RawClient(one.served.port) as client:
            await client.send(f"GET /listen/main/{FILE} HTTP/1.1\r\nHost: radio.example\r\n\r\n".encode())
            await until(lambda: one.station.said[-1] == WantPreview(True))
            one.station.send(300, 60)
            sound = (await client.receive_until(one.station.packets(350, 2))).partition(b"\r\n\r\n")[2]
            assert sound.startswith(one.station.packets(300, 2)), "what was heard before is not heard again"


async def test_who_comes_back_soon_keeps_the_engine_at_work() -> None:
    async with house() as one:
        for _ in range(2):
            async with RawClient(one.served.port) as client:
                await client.send(f"GET /listen/main/{FILE} HTTP/1.1\r\nHost: radio.example\r\n\r\n".encode())
                await until(lambda: bool(one.station.said) and not one.timers.armed)
                one.station.send(0, 60)
                await client.receive_until(one.station.packets(50, 2))
            await until(one.seen_to_leave)
        assert one.station.said == [WantPreview(True)]


async def test_an_unknown_station_is_not_found_and_a_head_asks_no_engine() -> None:
    async with house() as one:
        assert "404" in (await one.served.ask(f"/listen/nowhere/{FILE}"))[0]
        assert "200" in (await one.served.ask(f"/listen/main/{FILE}", method="HEAD"))[0]
        assert one.station.said == []


@pytest.mark.timeout(30)
async def test_an_engine_that_sends_nothing_is_a_503_that_says_when_to_come_again() -> None:
    async with house() as one:
        head, body = await one.served.ask(f"/listen/main/{FILE}")
        assert "503" in head
        assert "Retry-After: 2" in head
        assert "unmastered" in body


async def test_two_mounts_asked_for_one_position_begin_with_the_same_packet() -> None:
    """One is behind already, the other is still to come."""
    begin = 100 * FRAMES
    async with house() as one, front() as it, RawClient(one.served.port) as here, RawClient(it.port) as there:
        await here.send(f"GET /listen/main/{FILE}?from={begin} HTTP/1.1\r\nHost: radio.example\r\n\r\n".encode())
        await until(lambda: bool(one.station.said))
        one.station.send(28, 12)
        one.station.send(40, 240)
        it.play("mp3", 0, 280)
        _, sound = await tune(there, f"radio.mp3?from={begin}")
        sound += await there.receive_until(one.station.packets(130, 2)) if one.station.packets(130, 2) not in sound else b""
        assert sound.startswith(one.station.packets(100, 20))
        beside = (await here.receive_until(one.station.packets(130, 2))).partition(b"\r\n\r\n")[2]
        assert beside.startswith(one.station.packets(100, 20))


@pytest.mark.parametrize("batch", [3, 4, 13])
async def test_a_position_is_kept_for_a_front_that_was_held_up(batch: int) -> None:
    """However the packets came: short batches once left room for less than the burst, and the listener began some packets late."""
    begin = 200
    async with front() as it, RawClient(it.port) as client:
        it.play("mp3", 0, begin, batch)
        waiting = asyncio.create_task(tune(client, f"radio.mp3?from={begin * FRAMES}"))
        mount = it.mounts.mount("radio.mp3")
        it.play("mp3", begin, (mount.burst_frames + PART_FRAMES) // FRAMES + 13, batch)
        _, sound = await waiting
        wanted = b"".join(PACKETS[number % len(PACKETS)] for number in range(begin, begin + 20))
        sound += await client.receive_bytes(max(0, len(wanted) - len(sound)))
        assert sound.startswith(wanted)
