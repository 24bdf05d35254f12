import asyncio
import gzip
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request

from server.hls.routes import routes
from server.hls.window import Window
from server.nowplaying.listeners import Listeners
from server.route import PUBLIC, add_routes
from tests.server.hls.lint import read, read_master
from tests.server.hls.station import MadeUpStation
from tests.server.until import until

Client = TestClient[Request, Application]
LATEST = "/hls/main/aac_128.m3u8"


@pytest.fixture
async def station() -> MadeUpStation:
    """Twenty segments and three parts old."""
    station = MadeUpStation()
    station.sign_on()
    station.speak(20 * 12 + 3)
    return station


@pytest.fixture
def listeners() -> Listeners:
    return Listeners()


@pytest.fixture
async def client(station: MadeUpStation, listeners: Listeners) -> AsyncIterator[Client]:
    application = Application()
    not_yet = MadeUpStation()
    impatient = Window(station.relay, wait_seconds=0.02)
    windows = {"main": station.window, "soon": not_yet.window, "impatient": impatient}
    client_of = lambda request: request.headers.get("X-Test-Client", "192.0.2.1")  # noqa: E731
    add_routes(application, routes(windows, listeners, client_of), lambda _, endpoint: endpoint)
    async with TestClient(TestServer(application)) as client:
        yield client


def last(station: MadeUpStation) -> tuple[int, int]:
    """The last listed part, as segment and part."""
    return divmod(station.next_part - 1, 12)


async def test_a_player_finds_its_way_from_the_ladder_to_the_sound(client: Client) -> None:
    answer = await client.get("/hls/main/live.m3u8")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/vnd.apple.mpegurl"
    for variant in read_master(await answer.text()):
        playlist = read(await (await client.get(f"/hls/main/{variant['URI']}")).text())
        names = [playlist.segments[0].init, *(segment.uri for segment in playlist.whole)]
        names += [part.uri for segment in playlist.segments for part in segment.parts]
        for name in names:
            answer = await client.get(f"/hls/main/{name}")
            assert answer.status == 200
            assert answer.headers["Content-Type"] == "audio/mp4"
            assert "immutable" in answer.headers["Cache-Control"]
            assert len(await answer.read()) > 500


async def test_any_page_may_play(client: Client) -> None:
    for path, status in [(LATEST, 200), ("/hls/main/live.m3u8", 200), ("/hls/nobody/live.m3u8", 404), ("/hls/soon/live.m3u8", 503)]:
        answer = await client.get(path)
        assert answer.status == status
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    answer = await client.options(LATEST, headers={"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"})
    assert answer.status == 204
    assert "GET" in answer.headers["Access-Control-Allow-Methods"]


async def test_an_address_with_a_line_break_in_it_is_answered_as_any_other(client: Client) -> None:
    odd = "/hls/main/one%0Atwo"
    assert (await client.get(odd)).headers["Cache-Control"]
    assert (await client.options(odd, headers={"Origin": "https://elsewhere.example"})).status == 204


async def test_playlists_are_sent_small_to_who_can_read_them(client: Client, station: MadeUpStation) -> None:
    async with ClientSession(auto_decompress=False) as session:
        url = client.make_url(LATEST)
        plain = await (await session.get(url, headers={"Accept-Encoding": "identity"})).read()
        answer = await session.get(url, headers={"Accept-Encoding": "br, gzip"})
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert gzip.decompress(await answer.read()) == plain == station.text().encode()


async def test_each_master_playlist_begins_a_session_that_the_rungs_carry_on(client: Client, listeners: Listeners) -> None:
    tuned = [[variant["URI"] for variant in read_master(await (await client.get("/hls/main/live.m3u8")).text())] for _ in range(2)]
    assert len({uri.partition("?s=")[2] for uris in tuned for uri in uris}) == 2, "each ladder has one session, and each its own"
    assert "private" in (await client.get("/hls/main/live.m3u8")).headers["Cache-Control"]
    assert listeners.audience("main").total == 0, "who has seen the ladder has not listened yet"
    for uris in tuned:
        for uri in (*uris, uris[0]):
            assert (await client.get(f"/hls/main/{uri}")).status == 200
    assert (listeners.audience("main").total, listeners.audience("main").unique) == (2, 1)


@pytest.mark.parametrize("query", ["", "?s=", "?s=%00", "?s=" + "a" * 33, "?s=a.b", "?s=%C3%A9"])
async def test_a_player_that_drops_its_session_is_known_by_address_and_name(client: Client, listeners: Listeners, query: str) -> None:
    for address in ("198.51.100.7", "198.51.100.8", "198.51.100.7"):
        assert (await client.get(LATEST + query, headers={"X-Test-Client": address})).status == 200
    assert (listeners.audience("main").total, listeners.audience("main").unique) == (2, 2)


async def test_a_head_is_answered_like_a_get(client: Client) -> None:
    answer = await client.head(LATEST)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/vnd.apple.mpegurl"
    assert await answer.read() == b""


@pytest.mark.parametrize("ahead", [1, 5])
async def test_a_blocking_reload_is_answered_when_the_part_is_there(client: Client, station: MadeUpStation, ahead: int) -> None:
    segment, part = divmod(station.next_part - 1 + ahead, 12)
    asked = asyncio.ensure_future(client.get(LATEST, params={"_HLS_msn": segment, "_HLS_part": part}))
    await until(lambda: station.window.waiting > 0)
    station.speak(ahead - 1)
    await asyncio.sleep(0)
    assert not asked.done()
    station.speak(1)
    answer = await asked
    assert read(await answer.text()).last_part == (segment, part)
    assert answer.headers["Cache-Control"] == "public, max-age=24"


async def test_a_whole_segment_can_be_waited_for(client: Client, station: MadeUpStation) -> None:
    segment, _ = last(station)
    asked = asyncio.ensure_future(client.get(LATEST, params={"_HLS_msn": segment, "_HLS_skip": "YES"}))
    await until(lambda: station.window.waiting > 0)
    station.speak(9)
    playlist = read(await (await asked).text())
    assert playlist.whole[-1].number == segment
    assert playlist.skipped > 0


async def test_what_is_there_already_is_answered_at_once(client: Client, station: MadeUpStation) -> None:
    segment, part = last(station)
    for asked in ({"_HLS_msn": segment, "_HLS_part": part}, {"_HLS_msn": 0}, {"_HLS_msn": segment - 1, "_HLS_part": 14}):
        answer = await client.get(LATEST, params=asked)
        assert answer.status == 200
    plain = await client.get(LATEST)
    assert plain.headers["Cache-Control"] == "public, max-age=2"


@pytest.mark.parametrize(
    "query",
    ["_HLS_part=1", "_HLS_msn=x", "_HLS_msn=-1", "_HLS_msn=", "_HLS_msn=1&_HLS_part=1.5", "_HLS_msn=" + "9" * 40, "_HLS_msn=%C2%B2"],
)
async def test_a_malformed_directive_is_refused(client: Client, query: str) -> None:
    answer = await client.get(f"{LATEST}?{query}")
    assert answer.status == 400
    assert "_HLS_" in await answer.text() or "too far" in await answer.text()


async def test_too_far_ahead_is_refused(client: Client, station: MadeUpStation) -> None:
    segment, part = last(station)
    assert (await client.get(LATEST, params={"_HLS_msn": segment + 3})).status == 400
    assert (await client.get(LATEST, params={"_HLS_msn": segment, "_HLS_part": part + 11})).status == 400


async def test_what_does_not_come_in_time_is_an_overload(client: Client, station: MadeUpStation) -> None:
    segment, part = last(station)
    answer = await client.get("/hls/impatient/aac_128.m3u8", params={"_HLS_msn": segment, "_HLS_part": part + 1})
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "1"


async def test_the_hinted_part_is_waited_for(client: Client, station: MadeUpStation) -> None:
    hint = read(station.text()).hint
    asked = asyncio.ensure_future(client.get(f"/hls/main/{hint}"))
    await until(lambda: station.window.waiting > 0)
    station.speak(1)
    answer = await asked
    assert answer.status == 200
    rung = station.window.rung("aac_128")
    assert rung
    assert await answer.read() == rung.part(station.next_part - 1)


async def test_too_late_and_too_early_are_not_found_and_no_cache_keeps_that(client: Client, station: MadeUpStation) -> None:
    playlist = read(station.text())
    listed = playlist.whole[-1]
    assert listed.uri
    for number in ("1", "-1", "9" * 30, str(listed.number + 9), f"{listed.number + 1}.9", f"{listed.number}.12"):
        answer = await client.get(f"/hls/main/{listed.uri.replace(str(listed.number), number)}")
        assert answer.status == 404
        assert answer.headers["Cache-Control"] == "public, max-age=1"


async def test_names_of_another_time_or_place_are_not_found(client: Client, station: MadeUpStation) -> None:
    playlist = read(station.text())
    uri, init = playlist.whole[-1].uri, playlist.segments[0].init
    assert uri
    assert init
    for name in ("zzz" + uri, uri.replace("aac_128", "mp3_192"), "zzz" + init, init[:-12] + "00000000.mp4", "aac_96.m3u8", "mp3_192.m3u8"):
        assert (await client.get(f"/hls/main/{name}")).status == 404
    answer = await client.get("/hls/nobody/live.m3u8")
    assert answer.status == 404
    assert "nobody" in await answer.text()


async def test_a_station_that_is_not_on_air_yet_is_worth_another_try(client: Client) -> None:
    for path in ("/hls/soon/live.m3u8", "/hls/soon/aac_128.m3u8"):
        answer = await client.get(path)
        assert answer.status == 503
        assert answer.headers["Retry-After"] == "1"
        assert answer.headers["Cache-Control"] == "no-store"


def test_everything_is_open_to_all() -> None:
    assert {route.permission for route in routes({}, Listeners())} == {PUBLIC}
