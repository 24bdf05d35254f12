"""The listeners of the benchmarks, proved on streams that are not ours: what ffmpeg sends, they hear as it is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp.web import Application, AppRunner, FileResponse, Request, TCPSite
from watchfiles import awatch

from benchmarks.browser import hls_js
from benchmarks.ffmpeg import Decoder, Timeline
from benchmarks.hls import HlsListener
from benchmarks.listeners import cadence, longest_gap
from benchmarks.processes import free_port, running
from tests.programs import program

pytestmark = pytest.mark.real
SEGMENTS = 3


@asynccontextmanager
async def files(folder: Path) -> AsyncIterator[str]:
    """An HTTP server of a folder whose files change."""

    async def serve(request: Request) -> FileResponse:
        return FileResponse(folder / request.match_info["name"], headers={"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"})

    application = Application()
    application.router.add_get("/{name}", serve)
    runner = AppRunner(application)
    await runner.setup()
    port = free_port()
    await TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}"
    await runner.cleanup()


@asynccontextmanager
async def ffmpeg_hls(folder: Path) -> AsyncIterator[str]:
    """ffmpeg as an HLS station: two rungs in fragmented MP4, PROGRAM-DATE-TIME, in real time."""
    command = [
        *(program("ffmpeg"), "-nostdin", "-v", "error", "-re", "-f", "lavfi", "-i", "sine=440:sample_rate=48000"),
        *("-map", "0:a", "-map", "0:a", "-c:a", "aac", "-b:a:0", "64k", "-b:a:1", "128k", "-f", "hls", "-hls_time", "1.024"),
        *("-hls_segment_type", "fmp4", "-hls_flags", "program_date_time+delete_segments", "-hls_delete_threshold", "10"),
        *(
            "-var_stream_map",
            "a:0 a:1",
            "-master_pl_name",
            "live.m3u8",
            "-hls_segment_filename",
            f"{folder}/%v-%d.m4s",
            f"{folder}/rung%v.m3u8",
        ),
    ]
    async with running(command, folder / "log"), files(folder) as address:
        async with asyncio.timeout(20):
            async for changes in awatch(folder):
                if any(path.endswith(f"/1-{SEGMENTS}.m4s") for _, path in changes):
                    break
        yield f"{address}/live.m3u8"


async def test_listeners_of_hls_find_nothing_wrong_with_ffmpeg(tmp_path: Path) -> None:
    times = Timeline()
    async with (
        ffmpeg_hls(tmp_path) as stream,
        HlsListener(stream).listening() as listener,
        times.following(stream),
        hls_js(stream) as player,
    ):
        await asyncio.sleep(4)
        heard = await player.heard()
    assert heard.played
    assert heard.stalls == 0
    assert heard.longest_stop_seconds < 0.5
    assert 0 < min(heard.latencies_seconds) <= max(heard.latencies_seconds) < 10
    assert listener.taken >= 6
    assert (listener.lost, listener.holes, listener.steps_back) == (0, 0, 0)
    assert times.packets > 100
    assert (times.gaps, times.steps_back) == (0, 0)


async def test_a_decoder_tells_sound_from_silence(tmp_path: Path) -> None:
    sound = "aevalsrc=0.3*sin(880*PI*t)*lt(t\\,3):s=48000:d=5"
    command = (program("ffmpeg"), "-v", "error", "-f", "lavfi", "-i", sound, "-b:a", "128k", str(tmp_path / "sound.mp3"))
    encoding = await asyncio.create_subprocess_exec(*command)
    assert await encoding.wait() == 0
    decoder = Decoder()
    async with files(tmp_path) as address, decoder.listening(f"{address}/sound.mp3"):
        async with asyncio.timeout(10):
            await decoder.over.wait()
    assert 4.8 < decoder.decoded_seconds < 5.1
    assert 1.5 < decoder.dead_seconds < 2.1
    assert decoder.complaints == []
    assert cadence(decoder.arrivals, decoder.arrivals[0].at, decoder.arrivals[-1].at) < 0.1
    assert longest_gap(decoder.arrivals, decoder.arrivals[0].at, decoder.arrivals[-1].at) < 1
