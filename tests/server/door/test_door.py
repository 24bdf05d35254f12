"""The door against clients that behave well and badly, over real sockets."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp.web import Application, HTTPServiceUnavailable, Request, Response, StreamResponse

from server.door.answers import clear_answers
from server.door.door import Door, DoorLimits, network, open_door
from server.door.line import LineLimits
from server.route import PUBLIC, Route, add_routes
from tests.server.raw_client import RawClient
from tests.server.until import until

QUICK = LineLimits(header_seconds=0.3, keepalive_seconds=0.6, grace_seconds=0.3)
LARGE_BYTES = 12_000_000
HELLO = b"GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"


class House:
    """An open door with a few rooms behind it."""

    def __init__(self, door: Door, port: int, kicked: list[str], started: asyncio.Event, finish: asyncio.Event) -> None:
        self.door = door
        self.port = port
        self.kicked = kicked
        self.started = started
        self.finish = finish

    async def ask(self, request: bytes) -> bytes:
        async with RawClient(self.port) as client:
            await client.send(request)
            return await client.receive_all()


@asynccontextmanager
async def house(limits: DoorLimits | None = None) -> AsyncIterator[House]:
    started, finish = asyncio.Event(), asyncio.Event()

    async def hello(request: Request) -> StreamResponse:  # noqa: ARG001
        return Response(text="hello")

    async def upload(request: Request) -> StreamResponse:
        return Response(text=str(len(await request.read())))

    async def large(request: Request) -> StreamResponse:  # noqa: ARG001
        return Response(body=bytes(LARGE_BYTES))

    async def slow(request: Request) -> StreamResponse:  # noqa: ARG001
        started.set()
        await finish.wait()
        return Response(text="done")

    async def broken(request: Request) -> StreamResponse:  # noqa: ARG001
        raise RuntimeError("a fault")

    async def halfway(request: Request) -> StreamResponse:
        answer = StreamResponse()
        answer.content_length = 100
        await answer.prepare(request)
        await answer.write(b"half")
        raise RuntimeError("a fault")

    async def busy(request: Request) -> StreamResponse:  # noqa: ARG001
        raise HTTPServiceUnavailable(text="The engine is away.", headers={"Retry-After": "2"})

    application = Application(middlewares=[clear_answers], client_max_size=4_000_000)
    endpoints = {"hello": hello, "large": large, "slow": slow, "broken": broken, "halfway": halfway, "busy": busy}
    routes = [Route("GET", f"/{name}", PUBLIC, endpoint) for name, endpoint in endpoints.items()]
    routes += [Route("GET", f"/api/{name}", PUBLIC, endpoint) for name, endpoint in endpoints.items()]
    add_routes(application, [*routes, Route("POST", "/upload", PUBLIC, upload)], lambda _, endpoint: endpoint)
    listening = socket.create_server(("127.0.0.1", 0))
    kicked: list[str] = []
    door = await open_door(application, [listening], limits or DoorLimits(line=QUICK), kicked.append)
    try:
        yield House(door, listening.getsockname()[1], kicked, started, finish)
    finally:
        finish.set()
        await door.close(0)


async def test_serves_many_requests_on_one_line() -> None:
    async with house() as it, RawClient(it.port) as client:
        for _ in range(3):
            await client.send(HELLO)
            assert b"200 OK" in await client.receive_until(b"hello")
        assert len(it.door) == 1


async def test_every_answer_has_the_security_headers() -> None:
    async with house() as it:
        for request in (
            HELLO,
            b"GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n",
            b"GET /broken HTTP/1.1\r\nHost: a\r\n\r\n",
            b"\x16\x03\x01 garbage \r\n\r\n",
        ):
            async with RawClient(it.port) as client:
                await client.send(request)
                answer = await client.receive_until(b"\r\n\r\n")
            assert b"X-Content-Type-Options: nosniff" in answer, request
            assert b"Referrer-Policy: " in answer, request
            assert b"aiohttp" not in answer, request


@pytest.mark.parametrize("said", [b"", b"GET /hello HT", b"GET /hello HTTP/1.1\r\nX: "])
async def test_a_line_that_does_not_finish_its_headers_is_cut(said: bytes) -> None:
    async with house() as it, RawClient(it.port) as client:
        await client.send(said)
        assert await client.receive_all(within_seconds=2) == b""
        await until(lambda: not len(it.door))
        assert it.kicked == ["header"]


async def test_a_slowloris_that_sends_a_header_now_and_then_is_cut_all_the_same() -> None:
    async with house() as it, RawClient(it.port) as client:
        await client.send(b"GET /hello HTTP/1.1\r\n")
        drip = asyncio.create_task(_drip(client, b"X-A: b\r\n"))
        assert await client.receive_all(within_seconds=2) == b""
        await drip
        assert it.kicked == ["header"]


async def test_the_second_request_has_the_same_deadline_from_its_first_byte() -> None:
    limits = DoorLimits(line=LineLimits(header_seconds=0.3, keepalive_seconds=30))
    async with house(limits) as it, RawClient(it.port) as client:
        await client.send(HELLO)
        await client.receive_until(b"hello")
        await client.send(b"GET /hel")
        assert await client.receive_all(within_seconds=2) == b""
        assert it.kicked == ["header"]


async def test_an_idle_line_is_closed_after_the_keepalive_and_that_is_no_offence() -> None:
    async with house() as it, RawClient(it.port) as client:
        await client.send(HELLO)
        await client.receive_until(b"hello")
        assert await client.receive_all(within_seconds=3) == b""
        assert it.kicked == []


async def test_a_body_that_trickles_is_cut() -> None:
    async with house() as it, RawClient(it.port) as client:
        await client.send(b"POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
        drip = asyncio.create_task(_drip(client, b"x"))
        assert await client.receive_all(within_seconds=2) == b""
        await drip
        assert it.kicked == ["body"]


async def test_a_body_that_comes_fast_enough_is_taken() -> None:
    async with house() as it, RawClient(it.port) as client:
        await client.send(b"POST /upload HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2000000\r\n\r\n")
        await client.send(bytes(2_000_000))
        assert (await client.receive_all()).endswith(b"2000000")
        assert it.kicked == []


async def test_an_answer_that_nobody_reads_is_cut_and_one_that_is_read_slowly_is_not() -> None:
    async with house() as it, RawClient(it.port, 4_096) as deaf, RawClient(it.port, 65_536) as slow:
        for client in (deaf, slow):
            await client.send(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        got = 0
        async with asyncio.timeout(20):
            while got < LARGE_BYTES:
                got += len(await slow.receive(100_000))
                await asyncio.sleep(0.005)
        assert it.kicked == ["answer"]
        await until(lambda: len(it.door) == 1)


async def test_a_peer_that_is_gone_with_an_answer_unsent_does_not_stay_after_its_keepalive() -> None:
    """aiohttp closes such a line by flushing it, which never ends."""
    limits = DoorLimits(line=LineLimits(header_seconds=0.3, keepalive_seconds=0.1, grace_seconds=0.5))
    async with house(limits) as it, RawClient(it.port, 4_096) as deaf:
        await deaf.send(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        await until(lambda: bool(it.kicked))
        await until(lambda: not len(it.door))


async def test_turns_away_past_the_cap_of_all_and_of_one_address() -> None:
    for limits, reason in (
        (DoorLimits(connections=2, line=QUICK), "connections"),
        (DoorLimits(connections_per_address=2, line=QUICK), "connections_per_address"),
    ):
        async with house(limits) as it, RawClient(it.port) as one, RawClient(it.port) as two:
            for client in (one, two):
                await client.send(HELLO)
                await client.receive_until(b"hello")
            answer = await it.ask(b"")
            assert answer.startswith(b"HTTP/1.1 503 ")
            assert b"Retry-After: " in answer
            assert it.kicked == [reason]
            await one.send(HELLO)
            assert b"200" in await one.receive_until(b"hello")


async def test_a_place_is_free_again_when_its_holder_leaves() -> None:
    async with house(DoorLimits(connections=1, line=QUICK)) as it:
        for _ in range(3):
            async with RawClient(it.port) as client:
                await client.send(HELLO)
                assert b"200" in await client.receive_until(b"hello")
            await until(lambda: not len(it.door))


async def test_a_compressed_body_is_refused_unread() -> None:
    async with house() as it:
        answer = await it.ask(
            b"POST /upload HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nConnection: close\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00"
        )
        assert answer.startswith(b"HTTP/1.1 415 ")


async def test_refusals_are_problems_under_api_and_text_elsewhere() -> None:
    async with house() as it:
        for path, status in (("nothing", 404), ("broken", 500), ("busy", 503)):
            text = await it.ask(f"GET /{path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
            assert text.startswith(f"HTTP/1.1 {status} ".encode())
            assert b"text/plain" in text
            assert b"Traceback" not in text
            head, body = (await it.ask(f"GET /api/{path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())).split(b"\r\n\r\n")
            assert b"application/problem+json" in head
            assert json.loads(body)["status"] == status
        assert b"Retry-After: 2" in head
        assert json.loads(body)["detail"] == "The engine is away."


async def test_a_wrong_method_is_told_the_right_ones() -> None:
    async with house() as it:
        answer = await it.ask(b"DELETE /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 405 ")
        assert b"Allow: GET,HEAD" in answer


async def test_a_fault_in_the_middle_of_an_answer_ends_the_line() -> None:
    async with house() as it:
        assert (await it.ask(b"GET /halfway HTTP/1.1\r\nHost: a\r\n\r\n")).endswith(b"half")


async def test_garbage_gets_a_short_answer_and_the_house_stands() -> None:
    async with house() as it:
        for garbage in (
            bytes(range(256)) * 40,
            b"\r\n" * 50_000,
            b"GET " + b"a" * 100_000,
            b"SSH-2.0-OpenSSH\r\n",
            b"GET / HTTP/9.9\r\n\r\n",
        ):
            assert (await it.ask(garbage))[:16] in {b"HTTP/1.1 400 Bad", b"HTTP/1.0 400 Bad", b""}
        assert b"200 OK" in await it.ask(b"GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")


async def test_closing_lets_an_answer_finish_and_ends_what_idles_at_once() -> None:
    async with house(DoorLimits(line=LineLimits())) as it, RawClient(it.port) as idle, RawClient(it.port) as working:
        await idle.send(HELLO)
        await idle.receive_until(b"hello")
        await working.send(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
        await asyncio.wait_for(it.started.wait(), 5)
        closing = asyncio.create_task(it.door.close(10))
        assert await idle.receive_all() == b""
        assert it.door.draining
        it.finish.set()
        answer = await working.receive_all()
        assert b"Connection: close" in answer
        assert answer.endswith(b"done")
        async with asyncio.timeout(3):
            await closing


async def test_closing_cuts_at_the_deadline_what_does_not_end() -> None:
    async with house(DoorLimits(line=LineLimits())) as it, RawClient(it.port) as working:
        await working.send(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
        await asyncio.wait_for(it.started.wait(), 5)
        async with asyncio.timeout(4):
            await it.door.close(0.1)
        assert await working.receive_all() == b""


async def test_answers_during_the_notice_of_a_closing() -> None:
    async with house(DoorLimits(line=LineLimits())) as it, RawClient(it.port) as client:
        await client.send(HELLO)
        await client.receive_until(b"hello")
        closing = asyncio.create_task(it.door.close(0, notice_seconds=30))
        assert b"200 OK" in await it.ask(HELLO)
        await client.send(HELLO)
        assert b"Connection: close" in await client.receive_all()
        async with asyncio.timeout(3):
            await closing


def test_a_network_is_an_ipv4_address_or_an_ipv6_64() -> None:
    assert network("203.0.113.7") == "203.0.113.7"
    assert network("2001:db8:1:2::1") == network("2001:db8:1:2:ffff::9") != network("2001:db8:1:3::1")
    assert network("::ffff:203.0.113.7") == "203.0.113.7"
    assert network("fe80::1%eth0") == network("fe80::2")
    assert network("") == ""


async def _drip(client: RawClient, drop: bytes) -> None:
    """Sends a little now and then until the line is cut."""
    try:
        async with asyncio.timeout(3):
            while True:
                await client.send(drop)
                await asyncio.sleep(0.05)
    except ConnectionError:
        return
