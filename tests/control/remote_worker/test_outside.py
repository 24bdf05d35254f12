"""The way out to workers, against servers that misbehave in ways an HTTP library forbids."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator

import pytest

from control.remote_worker.outside import Outside, own_network
from generation.remote.errors import NoReply
from generation.remote.signing import SIGNATURE

pytestmark = pytest.mark.real


class Rogue:
    """Answers every request with the same bytes, then keeps still, or hangs up."""

    def __init__(self, answer: bytes, hangs_up: bool) -> None:
        self.answer, self.hangs_up, self.asked = answer, hangs_up, list[bytes]()
        self.ended = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(self.answer)
        await writer.drain()
        if not self.hangs_up:
            await self.ended.wait()
        writer.close()


@pytest.fixture
async def rogues() -> AsyncIterator["list[tuple[Rogue, asyncio.Server]]"]:
    opened: list[tuple[Rogue, asyncio.Server]] = []
    yield opened
    for rogue, server in opened:
        rogue.ended.set()
        server.close()


async def ask(rogues: "list[tuple[Rogue, asyncio.Server]]", answer: bytes, hangs_up: bool = True, largest: int = 1_000) -> object:
    """The reply, or why there is none."""
    rogue = Rogue(answer, hangs_up)
    server = await asyncio.start_server(rogue.serve, "127.0.0.1", 0)
    rogues.append((rogue, server))
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    outside = Outside(own_network(url))
    try:
        return await asyncio.to_thread(outside.call, "GET", f"{url}/v1/about", {}, b"", 0.5 if not hangs_up else 5.0, largest)
    except NoReply as error:
        return str(error)
    finally:
        await asyncio.to_thread(outside.close)


async def test_an_answer(rogues: "list[tuple[Rogue, asyncio.Server]]") -> None:
    head = f"HTTP/1.1 503 Later\r\nContent-Length: 2\r\n{SIGNATURE}: abc\r\nRetry-After: 7\r\n\r\n"
    reply = await ask(rogues, head.encode() + b"{}")
    assert (reply.status, reply.body, reply.signature, reply.retry_after_seconds) == (503, b"{}", "abc", 7.0)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("answer", "hangs_up", "words"),
    [
        (b"", True, "no answer that can be understood"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", True, "no answer that can be understood"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", False, "no whole answer within"),
        (b"", False, "no whole answer within"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5_000, True, "larger than 1000 bytes"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"800\r\n" + b"x" * 2_048 + b"\r\n", False, "larger than 1000 bytes"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b", True, "packed"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", True, "no answer that can be understood"),
    ],
)
async def test_no_answer(rogues: "list[tuple[Rogue, asyncio.Server]]", answer: bytes, hangs_up: bool, words: str) -> None:
    assert words in str(await ask(rogues, answer, hangs_up))


async def test_it_is_led_nowhere_else(rogues: "list[tuple[Rogue, asyncio.Server]]") -> None:
    reply = await ask(rogues, b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
    assert reply.status == 302  # type: ignore[attr-defined]
    assert len(rogues[0][0].asked) == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "https://127.0.0.1/", "https://169.254.169.254/latest", "http://gpu.example/"])
def test_what_the_operator_did_not_name_is_not_called(url: str) -> None:
    outside = Outside(own_network("http://127.0.0.1:8100"))
    with pytest.raises(NoReply):
        outside.call("GET", url, {}, b"", 5.0, 1_000)
    outside.close()


def test_closed_it_leaves_no_thread_and_can_be_called_again() -> None:
    before = set(threading.enumerate())
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        outside = Outside(own_network(url))
        for _ in range(2):
            with pytest.raises(NoReply, match="no connection"):
                outside.call("GET", url, {}, b"", 5.0, 1_000)
            outside.close()
            assert set(threading.enumerate()) <= before
    outside.close()


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("http://gpu.lan:8100/studio", "gpu.lan:8100"),
        ("https://gpu.lan", "gpu.lan:443"),
        ("http://gpu.lan", "gpu.lan:80"),
        ("http://127.0.0.1:8100", "127.0.0.1:8100"),
        ("http://[fd00::7]:8100", "fd00::7:8100"),
    ],
)
def test_how_a_worker_of_the_own_network_is_named(address: str, place: str) -> None:
    assert own_network(address) == (place,)
