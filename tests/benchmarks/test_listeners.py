"""Listeners, against servers that misbehave."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from benchmarks.listeners import Arrival, Listener, cadence, first_sound, longest_gap

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n"


@asynccontextmanager
async def server(serve: Serve) -> AsyncIterator[int]:
    """A mount that behaves as `serve` does; its port."""

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await serve(reader, writer)
        writer.close()

    listening = await asyncio.start_server(one, "127.0.0.1", 0)
    async with listening:
        yield listening.sockets[0].getsockname()[1]


def arrivals(*times: float) -> list[Arrival]:
    return [Arrival(at, 100) for at in times]


def test_the_longest_gap_counts_the_edges() -> None:
    heard = arrivals(0.0, 1.0, 1.2, 2.0, 9.0)
    assert longest_gap(heard, 0.5, 2.1) == pytest.approx(0.8)
    assert longest_gap(heard, 1.1, 5.0) == pytest.approx(3.0)
    assert longest_gap([], 1.0, 5.0) == pytest.approx(4.0)


def test_cadence_is_the_usual_step() -> None:
    assert cadence(arrivals(0, 0.1, 0.2, 0.3, 5.0), 0, 6) == pytest.approx(0.1)
    assert cadence(arrivals(3.0), 0, 6) == 0.0


async def test_a_server_that_ends_it_is_noticed() -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"x" * 2_400)
        await writer.drain()

    async with server(serve) as port:
        listener = Listener(port, "/radio.mp3", 24_000)
        async with listener.listening():
            await listener.heard(5)
            async with asyncio.timeout(5):
                await listener.over.wait()
    assert listener.ended == "the server ended it"
    assert sum(arrival.size for arrival in listener.arrivals) == 2_400


async def test_a_refusal_is_no_sound() -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")

    async with server(serve) as port:
        listener = Listener(port, "/radio.mp3", 24_000)
        async with listener.listening():
            with pytest.raises(TimeoutError):
                await listener.heard(0.2)
    assert listener.ended == "HTTP/1.1 503 Service Unavailable"
    assert not listener.arrivals


async def test_a_gap_is_heard_and_timed() -> None:
    """A tenth of a second of sound, then nothing for three tenths."""
    resumed = asyncio.Event()

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"x" * 2_400)
        await resumed.wait()
        writer.write(b"x" * 24_000)
        await writer.drain()

    async with server(serve) as port:
        listener = Listener(port, "/radio.mp3", 24_000)
        async with listener.listening():
            began = await listener.heard(5)
            asyncio.get_running_loop().call_later(0.3, resumed.set)
            async with asyncio.timeout(5):
                await listener.over.wait()
    assert listener.player.gaps == 1
    assert longest_gap(listener.arrivals, began, listener.arrivals[-1].at) >= 0.29


async def test_first_sound_tries_until_a_station_that_starts_late_sounds() -> None:
    asked = 0

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        if asked > 3:
            writer.write(OK + b"x" * 2_400)
            await writer.drain()

    async with server(serve) as port:
        before = time.monotonic()
        assert before < await first_sound(port, "/radio.mp3", 5) < time.monotonic()
    assert asked == 4


async def test_first_sound_gives_up() -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await writer.drain()

    async with server(serve) as port:
        with pytest.raises(TimeoutError):
            await first_sound(port, "/radio.mp3", 0.3)
