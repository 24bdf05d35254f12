"""The listener of HLS who misses nothing, against playlists and a server that lose things."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp.web import Application, AppRunner, HTTPNotFound, Request, Response, TCPSite

from benchmarks.fmp4 import frames_of
from benchmarks.hls import HlsListener, MediaPlaylist, Rung, rungs_of
from benchmarks.processes import free_port

SEGMENT_FRAMES = 180 * 1024


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def fragment(start: int, samples: int, version: int = 1) -> bytes:
    """A moof and an mdat whose first frame is `start`."""
    time = struct.pack(">BxxxQ" if version else ">BxxxI", version, start)
    traf = box(b"traf", box(b"tfhd", bytes(8)) + box(b"tfdt", time) + box(b"trun", struct.pack(">II", 0, samples)))
    return box(b"moof", box(b"mfhd", bytes(8)) + traf) + box(b"mdat", bytes(samples))


def test_fragments_say_their_frames_past_32_bits() -> None:
    start = 2**32 - 15 * 1024
    assert frames_of(fragment(start, 15) + fragment(2**32, 15)) == [(start, 2**32), (2**32, 2**32 + 15 * 1024)]
    assert frames_of(fragment(7, 1, version=0)) == [(7, 7 + 1024)]


def test_a_torn_fragment_is_refused() -> None:
    with pytest.raises(ValueError, match="a box"):
        frames_of(fragment(0, 15)[:-3])


def test_playlists() -> None:
    lines = ("#EXTM3U", "#EXT-X-MEDIA-SEQUENCE:41", "#EXTINF:3.84,", "a.m4s", "#EXT-X-DISCONTINUITY", "#EXTINF:3.84,", "b.m4s")
    text = "\n".join((*lines, '#EXT-X-PART:DURATION=0.32,URI="c"', ""))
    assert MediaPlaylist.parse(text) == MediaPlaylist(41, ["a.m4s", "b.m4s"], 1)
    assert rungs_of("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\none.m3u8\n") == ["one.m3u8"]
    with pytest.raises(ValueError, match="no playlist"):
        MediaPlaylist.parse("<html>")


def test_lost_segments_and_holes() -> None:
    rung = Rung("", {3: [(0, 10), (10, 20)], 4: [(20, 30)], 6: [(40, 50)], 7: [(51, 60)]})
    assert rung.lost == [5]
    assert rung.holes == 1


class Origin:
    """A rung whose window moves on at each look; segment 2 never comes, and at look 4 the numbers go back once."""

    def __init__(self) -> None:
        self.looks = 0
        self.done = asyncio.Event()

    async def master(self, _: Request) -> Response:
        return Response(text="#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nrung.m3u8\n")

    async def rung(self, _: Request) -> Response:
        self.looks += 1
        first = 0 if self.looks == 4 else self.looks - 1
        if self.looks == 8:
            self.done.set()
        lines = [f"#EXTINF:3.84,\n{number}.m4s\n" for number in range(first, first + 2)]
        return Response(text=f"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:{first}\n{''.join(lines)}")

    async def segment(self, request: Request) -> Response:
        number = int(request.match_info["number"])
        if number == 2:
            raise HTTPNotFound
        return Response(body=fragment(number * SEGMENT_FRAMES, 180))

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        application = Application()
        application.router.add_get("/live.m3u8", self.master)
        application.router.add_get("/rung.m3u8", self.rung)
        application.router.add_get("/{number}.m4s", self.segment)
        runner = AppRunner(application)
        await runner.setup()
        port = free_port()
        await TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{port}/live.m3u8"
        await runner.cleanup()


async def test_what_never_came_is_lost() -> None:
    origin = Origin()
    async with origin.serving() as address, HlsListener(address, poll_seconds=0.01).listening() as listener:
        async with asyncio.timeout(5):
            await origin.done.wait()
    assert listener.lost == 1
    assert listener.rungs[0].lost == [2]
    assert listener.steps_back == 1
    assert listener.rungs[0].went_back == [(2, 0)]
    assert "1 steps back (2 to 0)" in listener.told()
    assert "lost 2 of rung.m3u8" in listener.told()
    assert listener.holes == 0
    assert any("404" in failure for failure in listener.failures)
