"""Playlists and Icecast's status, as others' programs read them."""

import json
from typing import Any

from server.wire.wire import Rendition
from tests.server.fake_station import airing
from tests.server.icy.front import Front, front
from tests.server.raw_client import RawClient


async def ask(it: Front, path: str, host: str = "radio.example") -> tuple[str, str]:
    """Head and body."""
    return await it.served.ask(path, host=host)


async def status(it: Front, query: str = "") -> dict[str, Any]:
    head, body = await ask(it, f"/status-json.xsl{query}")
    assert "Content-Type: application/json" in head
    assert "Access-Control-Allow-Origin: *" in head
    told: dict[str, Any] = json.loads(body)["icestats"]
    return told


async def test_m3u_and_pls_name_every_mount_at_the_host_that_was_asked() -> None:
    async with front() as it:
        head, body = await ask(it, "/listen/main.m3u")
        assert "Content-Type: audio/x-mpegurl" in head
        assert body.splitlines()[:3] == ["#EXTM3U", "#EXTINF:-1,Radio Näh", "http://radio.example/listen/main/radio.mp3"]
        head, body = await ask(it, "/listen/main.pls", "[2001:db8::1]:8000")
        assert "Content-Type: audio/x-scpls" in head
        assert "NumberOfEntries=3" in body
        assert "File3=http://[2001:db8::1]:8000/listen/main/radio.opus" in body
        assert (await ask(it, "/listen/nobody.pls"))[0].startswith("HTTP/1.1 404")


async def test_a_host_that_is_none_is_not_repeated() -> None:
    async with front() as it:
        _, body = await ask(it, "/listen/main.m3u", 'evil"><script>')
        assert f"http://127.0.0.1:{it.port}/listen/main/radio.mp3" in body


async def test_no_source_one_source_as_an_object_several_as_a_list() -> None:
    async with front() as it:
        assert "source" not in await status(it)
        it.play("mp3", 0, 300)
        assert (await status(it))["source"]["listenurl"] == "http://radio.example/listen/main/radio.mp3"
        it.play("opus", 0, 320, 16)
        assert [source["server_type"] for source in (await status(it))["source"]] == ["audio/mpeg", "application/ogg"]
        assert (await status(it, "?mount=/listen/main/radio.opus"))["source"]["bitrate"] == 128


async def test_a_source_tells_what_icecast_tells() -> None:
    async with front() as it:
        it.play("mp3", 0, 300)
        it.play("opus", 0, 320, 16)
        it.station.air(airing("Second", 100 * 1_152))
        told = await status(it)
        assert told["server_id"] == "SonicForge 0.1"
        assert told["server_start_iso8601"] == "2027-01-15T08:00:00+0000"
        assert told["server_start"] == "Fri, 15 Jan 2027 08:00:00 +0000"
        mp3, opus = told["source"]
        assert mp3 == {
            "audio_info": "ice-samplerate=48000;ice-bitrate=192;ice-channels=2",
            "bitrate": 192,
            "channels": 2,
            "genre": "House",
            "listener_peak": 0,
            "listeners": 0,
            "listenurl": "http://radio.example/listen/main/radio.mp3",
            "samplerate": 48_000,
            "server_description": "Music made here.",
            "server_name": "Radio Näh",
            "server_type": "audio/mpeg",
            "server_url": "http://radio.example/",
            "stream_start": "Fri, 15 Jan 2027 08:00:05 +0000",
            "stream_start_iso8601": "2027-01-15T08:00:05+0000",
            "title": "Artist - Second",
            "dummy": None,
        }
        assert (opus["artist"], opus["title"]) == ("Artist", "Second")


async def test_listeners_and_their_peak() -> None:
    async with front() as it:
        it.play("mp3", 0, 300)
        async with RawClient(it.port) as client:
            await client.send(b"GET /listen/main/radio.mp3 HTTP/1.0\r\n\r\n")
            await client.receive_bytes(10_000)
            source = (await status(it))["source"]
            assert (source["listeners"], source["listener_peak"]) == (1, 1)


async def test_two_stations_are_told_apart() -> None:
    async with front(stations=("main", "night")) as it:
        it.play("mp3", 0, 300)
        it.station.give(Rendition("aac_64", "aac", 64_000, 1_024, b"\x11\x90"), 0, [b"x"] * 100)
        assert (await status(it))["source"]["listenurl"].endswith("/listen/main/radio.mp3")
        assert "http://radio.example/listen/night/radio.aac" in (await ask(it, "/listen/night.m3u"))[1]
