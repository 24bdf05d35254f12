"""Dialling: which numbers may be called, look-ups that do not end, numbers of a name that do not answer."""

import asyncio
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from server.rtmp.dial import Dialler, LookUp, MayCall, Number
from server.rtmp.target import parse_address

pytestmark = pytest.mark.real
SECONDS = 10.0


def number(digits: str, port: int) -> Number:
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (digits, port))


def dialler(may_call: MayCall, look_up: LookUp | None = None) -> Dialler:
    return Dialler(may_call, ssl.create_default_context(), look_up)


@asynccontextmanager
async def listening() -> AsyncIterator[int]:
    server = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def reached(dial: Dialler, host: str, port: int) -> str:
    """Who answered."""
    met: list[asyncio.Transport] = []

    class Caller(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.Transport)
            met.append(transport)

    async with asyncio.timeout(SECONDS):
        await dial(parse_address(f"rtmp://{host}:{port}/app"), Caller)
    digits = str(met[0].get_extra_info("peername")[0])
    met[0].abort()
    return digits


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1"])
async def test_a_number_that_may_not_be_called_is_not_called_however_it_is_written(host: str) -> None:
    async with listening() as port:
        with pytest.raises(PermissionError, match="not on the public internet"):
            await reached(dialler(lambda _address, digits: not digits.startswith(("127.", "::1"))), host, port)
        assert await reached(dialler(lambda _address, _digits: True), host, port) == "127.0.0.1"


async def test_of_a_names_numbers_only_those_that_may_be_called_are() -> None:
    async with listening() as port:
        asked: list[str] = []

        def may_call(_address: object, digits: str) -> bool:
            asked.append(digits)
            return digits == "127.0.0.1"

        numbers = [number("127.0.0.2", port), number("127.0.0.1", port)]
        assert await reached(dialler(may_call, lambda _host, _port: numbers), "ingest.example.org", port) == "127.0.0.1"
        assert asked == ["127.0.0.2", "127.0.0.1"]


async def test_a_name_is_looked_up_each_time_so_that_it_cannot_change_its_mind() -> None:
    async with listening() as port:
        answers = ["127.0.0.1", "127.0.0.2"]
        dial = dialler(lambda _address, digits: digits == "127.0.0.1", lambda _host, _port: [number(answers.pop(0), port)])
        assert await reached(dial, "ingest.example.org", port) == "127.0.0.1"
        with pytest.raises(PermissionError):
            await reached(dial, "ingest.example.org", port)


async def test_a_number_that_refuses_gives_way_to_the_next_one() -> None:
    async with listening() as port:
        with socket.socket() as closed:
            closed.bind(("127.0.0.3", 0))
            numbers = [number("127.0.0.3", closed.getsockname()[1]), number("127.0.0.1", port)]
            assert (
                await reached(dialler(lambda _address, _digits: True, lambda _host, _port: numbers), "x.example.org", port) == "127.0.0.1"
            )


async def test_a_name_that_nobody_knows() -> None:
    def unknown(_host: str, _port: int) -> list[Number]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(OSError, match="there is no such host"):
        await reached(dialler(lambda _address, _digits: True, unknown), "nowhere.example.org", 1935)


async def test_a_look_up_that_does_not_end_holds_one_thread_and_nobody_else() -> None:
    over = threading.Event()
    asked: list[str] = []

    async with listening() as port:

        def look_up(host: str, _port: int) -> list[Number]:
            asked.append(host)
            if host == "stuck.example.org":
                over.wait(SECONDS)
            return [number("127.0.0.1", port)]

        dial = dialler(lambda _address, _digits: True, look_up)
        try:
            for _ in range(5):
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.02):
                        await reached(dial, "stuck.example.org", port)
            assert await reached(dial, "good.example.org", port) == "127.0.0.1"
            assert asked.count("stuck.example.org") == 1
        finally:
            over.set()
        assert await reached(dial, "stuck.example.org", port) == "127.0.0.1"


async def test_an_attempt_that_is_given_up_leaves_no_open_socket() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        context = ssl.create_default_context()
        dial = Dialler(lambda _address, _digits: True, context)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await dial(parse_address(f"rtmps://127.0.0.1:{port}/app"), asyncio.Protocol)
        line, _ = server.accept()
        with line:
            line.settimeout(SECONDS)
            await asyncio.to_thread(_to_the_end, line.recv)


def _to_the_end(receive: Callable[[int], bytes]) -> None:
    """Reads the greeting, and returns when the other side has closed."""
    try:
        while receive(65_536):
            pass
    except ConnectionResetError:
        pass
