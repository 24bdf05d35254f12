"""Pushes over real sockets: AzuraCast's envelope, and clients that do not read."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

from server.nowplaying.pushes import QUEUED
from tests.server.fake_station import airing
from tests.server.nowplaying.front import Front, front
from tests.server.raw_client import RawClient
from tests.server.until import until

SSE = "/api/live/nowplaying/sse"
WEBSOCKET = "/api/live/nowplaying/websocket"
ASKING = '{"subs":{"station:main":{"recover":true}}}'
UPGRADE = (
    f"GET {WEBSOCKET} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
).encode()


async def event(client: RawClient) -> Any:
    """The next server-sent event."""
    return json.loads((await client.receive_until(b"\n\n")).decode().split("data: ")[-1])


@asynccontextmanager
async def sse(it: Front, query: str = "") -> AsyncIterator[tuple[RawClient, Any]]:
    """A client that has been greeted, and the greeting."""
    async with RawClient(it.port) as client:
        await client.send(f"GET {SSE}{query} HTTP/1.1\r\nHost: radio.example\r\n\r\n".encode())
        got = await client.receive_until(b"\n\n")
        head, _, body = got.decode().partition("\r\n\r\n")
        assert head.startswith("HTTP/1.1 200 "), got
        assert "Content-Type: text/event-stream" in head
        if "data: " not in body:
            body = (await client.receive_until(b"\n\n")).decode()
        yield client, json.loads(body.split("data: ")[1].split("\n\n")[0])


@asynccontextmanager
async def websocket(it: Front) -> AsyncIterator[ClientWebSocketResponse]:
    async with ClientSession() as session, session.ws_connect(f"http://127.0.0.1:{it.port}{WEBSOCKET}") as client:
        yield client


def read_as_azuracast_does(message: Any) -> str | None:
    """The title in a message, found as AzuraCast's own example finds it."""
    if "connect" in message:
        for subscription in message["connect"]["subs"].values():
            for row in subscription.get("publications", []):
                return str(row["data"]["np"]["now_playing"]["song"]["title"])
    elif "pub" in message:
        return str(message["pub"]["data"]["np"]["now_playing"]["song"]["title"])
    return None


async def test_events_begin_with_what_airs_and_go_on_with_each_change() -> None:
    async with front() as it:
        it.main.air(airing("First", 0))
        async with sse(it, f"?cf_connect={quote(ASKING)}") as (client, greeting):
            assert read_as_azuracast_does(greeting) == "First"
            assert greeting["connect"]["time"] == 1_800_001_000_000
            assert greeting["connect"]["ping"] == 25
            it.main.air(airing("Second", 960))
            change = await event(client)
            assert read_as_azuracast_does(change) == "Second"
            assert change["channel"] == "station:main"
            assert change["pub"]["data"]["current_time"] == 1_800_001_000
            assert change["pub"]["data"]["np"]["now_playing"]["song"]["art"].startswith("http://")


async def test_the_simple_form_and_no_form_at_all() -> None:
    async with front("main", "night") as it:
        for station in it.stations.values():
            station.air(airing(station.station, 0))
        async with sse(it, "?station=night") as (client, greeting):
            assert list(greeting["connect"]["subs"]) == ["station:night"]
            it.main.air(airing("Not for him", 960))
            it.stations["night"].air(airing("For him", 960))
            assert read_as_azuracast_does(await event(client)) == "For him"
        async with sse(it) as (_, greeting):
            assert list(greeting["connect"]["subs"]) == ["station:main", "station:night"]


async def test_channels_that_are_not_ours_are_passed_over() -> None:
    async with front() as it:
        it.main.air(airing("First", 0))
        asking = '{"subs":{"global:time":{},"station:1":{},"station:nobody":{}}}'
        async with sse(it, f"?cf_connect={quote(asking)}") as (_, greeting):
            assert list(greeting["connect"]["subs"]) == ["station:main"]


@pytest.mark.parametrize("query", ["?cf_connect={", "?cf_connect=[]", '?cf_connect={"subs":3}', "?cf_connect=" + "[" * 3_000])
async def test_nonsense_is_a_bad_request(query: str) -> None:
    async with front() as it:
        head, _ = await it.ask(SSE + query)
        assert head.startswith("HTTP/1.1 400 ")
        assert (await it.ask(f"{SSE}?station=nobody"))[0].startswith("HTTP/1.1 404 ")


async def test_a_websocket_says_what_it_wants_and_gets_it() -> None:
    async with front() as it:
        it.main.air(airing("First", 0))
        async with websocket(it) as client:
            await client.send_str(ASKING)
            assert read_as_azuracast_does(await client.receive_json(timeout=5)) == "First"
            it.main.air(airing("Second", 960))
            assert read_as_azuracast_does(await client.receive_json(timeout=5)) == "Second"


@pytest.mark.parametrize("words", ["hello", "[1]", '{"subs":[]}', "{" * 1_000, "x" * 5_000])
async def test_a_websocket_that_speaks_of_something_else_is_closed(words: str) -> None:
    async with front() as it, websocket(it) as client:
        await client.send_str(words)
        assert (await client.receive(timeout=5)).type in {WSMsgType.CLOSE, WSMsgType.CLOSED}


async def test_those_who_leave_are_forgotten() -> None:
    async with front() as it:
        it.main.air(airing("First", 0))
        async with websocket(it) as client, sse(it):
            await client.send_str(ASKING)
            await client.receive(timeout=5)
            assert len(it.pushes) == 2
        async with asyncio.timeout(5):
            position = 960
            while len(it.pushes):
                it.main.air(airing("Next", position))
                position += 960
                await asyncio.sleep(0.01)
        assert it.kicked == []


@pytest.mark.parametrize("way", ["sse", "websocket"])
async def test_one_who_does_not_read_is_cut_off_and_others_do_not_wait_for_him(way: str) -> None:
    async with front() as it, RawClient(it.port, 4_096) as deaf, websocket(it) as healthy:
        it.main.air(airing("0", 0))
        await healthy.send_str(ASKING)
        await healthy.receive(timeout=5)
        if way == "sse":
            await deaf.send(f"GET {SSE} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        else:
            mask = b"\0\0\0\0"
            await deaf.send(UPGRADE + bytes([0x81, 0x80 | len(ASKING)]) + mask + ASKING.encode())
        await until(lambda: len(it.pushes) == 2)
        waits = []
        for change in range(1, 4 * QUEUED):
            it.main.air(airing(str(change), change * 960))
            said_at = perf_counter()
            assert read_as_azuracast_does(await healthy.receive_json(timeout=5)) == str(change)
            waits.append(perf_counter() - said_at)
            if it.kicked:
                break
        assert it.kicked == ["slow"]
        assert len(it.pushes) == 1
        assert sorted(waits)[len(waits) * 99 // 100] < 0.25


async def test_closing_ends_them_all() -> None:
    async with front() as it, websocket(it) as client:
        it.main.air(airing("First", 0))
        await client.send_str(ASKING)
        await client.receive(timeout=5)
        it.pushes.close()
        assert (await client.receive(timeout=5)).type in {WSMsgType.CLOSED, WSMsgType.CLOSE, WSMsgType.ERROR}
        assert it.main.watchers == []
