"""AzuraCast's documents, field by field, and covers."""

import json
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import msgspec
import pytest

from server.nowplaying.listeners import Place
from server.segue_plan import SegueKind, SeguePlan
from server.track import Entry, Reason
from tests.server.fake_station import EPOCH, FakeStation, airing, track
from tests.server.nowplaying.front import front

RATE = 48_000


def on_air(station: FakeStation) -> None:
    """ "Old" ended at 100 s, "Now" airs till 280 s, "Next" is cued; it is 130.9 s."""
    station.air(replace(airing("Old", 0), ends_position=100 * RATE))
    station.air(airing("Now", 100 * RATE), Entry("n", track("Next", seconds=200.0, track_id="abc0"), Reason.QUEUE))
    station.now = int(130.9 * RATE)


async def test_the_document_has_every_field_of_azuracast() -> None:
    async with front() as it:
        on_air(it.main)
        told = await it.json("/api/nowplaying/main")
        station = told["station"]
        assert set(station) >= {
            "id", "name", "shortcode", "description", "frontend", "backend", "timezone", "listen_url", "url", "public_player_url",
            "playlist_pls_url", "playlist_m3u_url", "is_public", "requests_enabled", "mounts", "remotes", "hls_enabled", "hls_is_default",
            "hls_url", "hls_listeners",
        }  # fmt: skip
        assert (station["id"], station["name"], station["shortcode"]) == (1, "Radio Näh", "main")
        assert station["listen_url"] == "http://radio.example/listen/main/radio.mp3"
        assert station["hls_url"] == "http://radio.example/hls/main/live.m3u8"
        assert [mount["path"] for mount in station["mounts"]] == ["/radio.mp3", "/radio.aac", "/radio.opus"]
        assert set(station["mounts"][0]) == {"id", "name", "url", "bitrate", "format", "listeners", "path", "is_default"}
        assert station["mounts"][0]["bitrate"] == 192
        assert told["listeners"] == {"total": 0, "unique": 0, "current": 0}
        assert told["live"] == {"is_live": False, "streamer_name": "", "broadcast_start": None, "art": None}
        assert told["is_online"] is True
        now = told["now_playing"]
        assert set(now) >= {"sh_id", "played_at", "duration", "playlist", "streamer", "is_request", "song", "elapsed", "remaining"}
        assert (now["played_at"], now["duration"], now["elapsed"], now["remaining"]) == (int(EPOCH) + 100, 180, 30, 150)
        assert now["song"] == {
            "id": "00000000deadbeef",
            "art": "http://radio.example/api/station/main/art/00000000deadbeef",
            "text": "Artist - Now",
            "artist": "Artist",
            "title": "Now",
            "album": "",
            "genre": "",
            "licence": "",
            "attribution": "",
            "isrc": "",
            "lyrics": "",
            "custom_fields": [],
        }
        following = told["playing_next"]
        assert set(following) >= {"cued_at", "played_at", "duration", "playlist", "is_request", "song"}
        assert (following["played_at"], following["duration"], following["playlist"]) == (int(EPOCH) + 280, 200.0, "queue")
        assert [played["song"]["title"] for played in told["song_history"]] == ["Old"]
        assert told["song_history"][0]["duration"] == 100
        assert now["sh_id"] != told["song_history"][0]["sh_id"]


async def test_our_own_fields_say_when_each_output_lets_it_be_heard() -> None:
    async with front() as it:
        on_air(it.main)
        told = await it.json("/api/nowplaying/main")
        assert told["now_playing"]["audible_at"] == {"icy": EPOCH + 104.32, "hls": EPOCH + 112.0, "ll_hls": EPOCH + 100.96}
        assert told["playing_next"]["audible_at"]["ll_hls"] == EPOCH + 280.96
        assert told["now_playing"]["started_position"] == 100 * RATE
        assert (told["position"], told["epoch"], told["sample_rate"]) == (int(130.9 * RATE), EPOCH, RATE)


async def test_a_track_that_went_on_after_a_restart_is_told_at_its_true_place() -> None:
    async with front() as it:
        it.main.air(replace(airing("Now", 100 * RATE, seconds=60), offset_frames=40 * RATE))
        it.main.now = 110 * RATE
        now = (await it.json("/api/nowplaying/main"))["now_playing"]
        assert (now["played_at"], now["duration"], now["elapsed"], now["remaining"]) == (int(EPOCH) + 60, 100, 50, 50)


async def test_before_anything_is_known_it_is_offline_and_not_an_error() -> None:
    async with front() as it:
        it.main.hello = None
        told = await it.json("/api/nowplaying/main")
        assert told["is_online"] is False
        assert told["now_playing"] is told["playing_next"] is None
        assert told["song_history"] == told["station"]["mounts"] == []
        assert (await it.ask("/api/nowplaying_static/main.txt"))[1] == ""
        assert (await it.ask("/api/nowplaying/main/art"))[0].startswith("HTTP/1.1 404 ")


async def test_all_stations_or_one_by_name_or_number() -> None:
    async with front("main", "night") as it:
        assert [told["station"]["shortcode"] for told in await it.json("/api/nowplaying")] == ["main", "night"]
        assert (await it.json("/api/nowplaying/2"))["station"]["shortcode"] == "night"
        for stranger in ("3", "0", "nobody", "99999999999999999999"):
            head, body = await it.ask(f"/api/nowplaying/{stranger}")
            assert head.startswith("HTTP/1.1 404 ")
            assert json.loads(body)["detail"] == f"There is no station {stranger}."


async def test_static_copies() -> None:
    async with front() as it:
        on_air(it.main)
        assert (await it.json("/api/nowplaying_static/main.json"))["now_playing"]["song"]["title"] == "Now"
        head, body = await it.ask("/api/nowplaying_static/main.txt")
        assert body == "Artist - Now"
        assert "Content-Type: text/plain" in head


async def test_listeners_are_counted_by_mount() -> None:
    async with front() as it:
        mp3, aac = (Place("main", "icy", file) for file in ("radio.mp3", "radio.aac"))
        with (
            it.listeners.listening(mp3, "a", "x"),
            it.listeners.listening(mp3, "a", "x"),
            it.listeners.listening(aac, "b", "x"),
            it.listeners.listening(Place("main", "hls", "live.m3u8"), "c", "x"),
        ):
            told = await it.json("/api/nowplaying/main")
            assert told["listeners"] == {"total": 4, "unique": 3, "current": 4}
            assert told["station"]["mounts"][0]["listeners"] == {"total": 2, "unique": 1, "current": 2}
            assert told["station"]["hls_listeners"] == 1
        assert (await it.json("/api/nowplaying/main"))["listeners"]["total"] == 0


async def test_hostile_tags_stay_text() -> None:
    async with front() as it:
        it.main.air(airing("<script>\x00\u202e'\r\n", 0, artist='"\ud800'))
        assert (await it.json("/api/nowplaying/main"))["now_playing"]["song"]["text"] == "\" - <script>'"


async def test_art_leads_to_the_cover_of_what_airs() -> None:
    async with front() as it:
        on_air(it.main)
        head, _ = await it.ask("/api/nowplaying/main/art")
        assert head.startswith("HTTP/1.1 302 ")
        assert "Location: http://radio.example/api/station/main/art/00000000deadbeef" in head
        head, body = await it.ask("/api/station/main/art/00000000deadbeef")
        assert "Content-Type: image/svg+xml" in head
        assert "immutable" in head
        assert "Content-Security-Policy: default-src 'none'" in head
        assert "nosniff" in head
        assert body == (await it.ask("/api/station/main/art/00000000deadbeef.svg"))[1]
        assert ET.fromstring(body).tag == "{http://www.w3.org/2000/svg}svg"
        head, body = await it.ask("/api/station/main/art/00000000deadbeef", 'If-None-Match: "00000000deadbeef"\r\n')
        assert head.startswith("HTTP/1.1 304 ")
        assert body == ""


@pytest.mark.parametrize("track_id", ["a" * 65, "a%3Cb", "%E9", "..%2Fx", ".svg"])
async def test_what_is_no_track_id_has_no_cover(track_id: str) -> None:
    async with front() as it:
        assert (await it.ask(f"/api/station/main/art/{track_id}"))[0].startswith("HTTP/1.1 404 ")


async def test_the_time() -> None:
    async with front() as it:
        told = await it.json("/api/time")
        assert told == {
            "timestamp": int(EPOCH) + 1_000,
            "utc_datetime": "2027-01-15 8:16:40 AM",
            "utc_date": "January 15, 2027",
            "utc_time": "8:16am",
            "utc_json": "2027-01-15T08:16:40.250+00:00",
            "unix_seconds": EPOCH + 1_000.25,
        }


async def test_head_is_answered_without_a_body() -> None:
    async with front() as it:
        for path in ("/api/nowplaying", "/api/nowplaying/main", "/api/time", "/api/live/nowplaying/sse"):
            head, body = await it.ask(path, method="HEAD")
            assert re.match(r"HTTP/1\.1 200 ", head)
            assert body == ""


async def test_the_planned_segue_says_why_and_when_the_next_one_begins() -> None:
    async with front() as it:
        on_air(it.main)
        assert it.main.on_air is not None
        assert (await it.json("/api/nowplaying/main"))["playing_next"]["segue"] == ""
        plan = SeguePlan(SegueKind.BEATMATCHED, "128.0 and 129.0 BPM.", it.main.on_air.airing.entry.id, "n", 150 * RATE, 25 * RATE)
        it.main.on_air = msgspec.structs.replace(it.main.on_air, segue=plan)
        following = (await it.json("/api/nowplaying/main"))["playing_next"]
        assert following["segue"] == "128.0 and 129.0 BPM."
        assert following["played_at"] == int(EPOCH) + 100 + 150
        assert following["audible_at"]["hls"] > following["played_at"]
