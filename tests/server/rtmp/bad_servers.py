"""Ingests as nobody wants them, on real sockets."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from tests.server.rtmp.ingest import Ingest

READ_BYTES = 4_096
Behaviour = Callable[[socket.socket], Awaitable[None]]


@asynccontextmanager
async def bad_server(behaviour: Behaviour) -> AsyncIterator[str]:
    """Its address. Each connection is treated as `behaviour` says."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, READ_BYTES)
    listening.setblocking(False)
    loop, treated = asyncio.get_running_loop(), set[asyncio.Task[None]]()

    async def accept() -> None:
        while True:
            line, _ = await loop.sock_accept(listening)
            treated.add(asyncio.create_task(_treat(line, behaviour)))

    accepting = asyncio.create_task(accept())
    try:
        yield f"rtmp://127.0.0.1:{listening.getsockname()[1]}/app"
    finally:
        accepting.cancel()
        for task in treated:
            task.cancel()
        await asyncio.gather(accepting, *treated, return_exceptions=True)
        listening.close()


async def _treat(line: socket.socket, behaviour: Behaviour) -> None:
    line.setblocking(False)
    with line:
        await behaviour(line)


async def silent(line: socket.socket) -> None:
    """Takes the connection and says nothing, ever."""
    del line
    await asyncio.get_running_loop().create_future()


async def speaks_http(line: socket.socket) -> None:
    """Answers, but not as it was asked."""
    loop = asyncio.get_running_loop()
    await loop.sock_recv(line, READ_BYTES)
    await loop.sock_sendall(line, b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await loop.create_future()


async def _answer(line: socket.socket, ingest: Ingest, enough: Callable[[], bool], pause_seconds: float = 0.0) -> None:
    """As an ingest does, until it is enough."""
    loop = asyncio.get_running_loop()
    while not enough():
        data = await loop.sock_recv(line, READ_BYTES)
        if not data:
            return
        if answer := ingest.receive(data):
            await loop.sock_sendall(line, answer)
        if ingest.tags:
            await asyncio.sleep(pause_seconds)


async def stops_reading(line: socket.socket) -> None:
    """Takes the first tags and then no more."""
    ingest = Ingest()
    await _answer(line, ingest, lambda: len(ingest.tags) > 5)
    await asyncio.get_running_loop().create_future()


async def resets(line: socket.socket) -> None:
    """Cuts the connection in the middle of the stream."""
    ingest = Ingest()
    await _answer(line, ingest, lambda: len(ingest.tags) > 20)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def slow(line: socket.socket) -> None:
    """Reads ten kilobits a second."""
    await _answer(line, Ingest(), lambda: False, pause_seconds=READ_BYTES / 1_250)
