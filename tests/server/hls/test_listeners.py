"""Real players on a real server: an engine's encoders, its death, the loop and its return, made in virtual time and served at once."""

import asyncio
import json
from collections.abc import AsyncIterator
from functools import cache

import numpy as np
import pytest
from aiohttp.test_utils import TestServer
from aiohttp.web import Application

from dsp.block import BLOCK_FRAMES, Samples
from server.clock import PART_FRAMES, SEGMENT_FRAMES, VirtualClock, round_up
from server.encoding.emergency_loop import encode, make_samples
from server.encoding.encoder_bank import EncoderBank
from server.encoding.ladder import LADDER
from server.hls.routes import routes
from server.hls.window import Window
from server.nowplaying.listeners import Listeners
from server.relay.relay import Relay
from server.route import add_routes
from server.wire.wire import Hello, Loop
from tests.programs import program
from tests.server.decoding import distance_db
from tests.server.timeline import VirtualTimers, moment, tone

pytestmark = pytest.mark.real

AAC = [recipe for recipe in LADDER if recipe.codec == "aac"]
EPOCH = 1_800_000_000.0
BEGIN = 2**32 // SEGMENT_FRAMES * SEGMENT_FRAMES - 2 * SEGMENT_FRAMES
"""The run passes the position at which 32 bits turn over."""
DIES = BEGIN + 3 * SEGMENT_FRAMES + 5 * PART_FRAMES
AWAY_SECONDS = 1.5
RETURNS = round_up(DIES + round(AWAY_SECONDS * 48_000), PART_FRAMES)
END = BEGIN + 7 * SEGMENT_FRAMES
LISTED_SECONDS = 13 * 3.84


@cache
def loops() -> list[Loop]:
    samples = make_samples()
    return [encode(recipe, samples) for recipe in AAC]


class Station:
    """Plays a tone, dies, and comes back."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.timers = VirtualTimers(self.clock)
        self.relay = Relay("main", self.clock, self.timers)
        self.window = Window(self.relay)
        self._live(BEGIN, DIES)
        self.relay.lost()
        self._until(RETURNS)
        self._live(RETURNS, END + PART_FRAMES)

    def _until(self, position: int) -> None:
        self.timers.run_until((position - BEGIN) / 48_000)

    def _live(self, begin: int, end: int) -> None:
        bank = EncoderBank(self.relay.receive, AAC)
        self.relay.found(Hello(1, "main", "Main", "", "", EPOCH, 1, EPOCH, bank.renditions), lambda _: None)
        for loop in loops():
            self.relay.receive(loop)
        for position in range(begin, end, BLOCK_FRAMES):
            self._until(position + BLOCK_FRAMES)
            bank.take(moment(position))


@cache
def station() -> Station:
    """Made once for all listeners: it costs some seconds."""
    return Station()


@pytest.fixture
async def address() -> AsyncIterator[str]:
    application = Application()
    add_routes(application, routes({"main": station().window}, Listeners()), lambda _, endpoint: endpoint)
    async with TestServer(application) as server:
        yield str(server.make_url("/hls/main/live.m3u8"))


async def run(name: str, *arguments: str) -> tuple[bytes, str]:
    """What a program prints and complains of; it must end well within the deadline."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(program(name), *arguments, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe)
    try:
        async with asyncio.timeout(60):
            printed, complaints = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, complaints.decode()
    return printed, complaints.decode()


async def hear(address: str, variant: int, seconds: float) -> Samples:
    """What ffmpeg plays of one rung from the oldest listed segment on. float32 [2, frames]."""
    where = ["-live_start_index", "0", "-i", address, "-map", f"0:p:{variant}:a", "-t", str(seconds)]
    sound, complaints = await run("ffmpeg", "-nostdin", "-v", "warning", *where, "-f", "f32le", "-")
    assert complaints == ""
    return np.frombuffer(sound, np.float32).reshape(-1, 2).T


async def test_ffprobe_finds_four_programs_and_no_hole_in_time(address: str) -> None:
    shown = ["-show_programs", "-show_packets", "-show_entries", "packet=stream_index,pts,duration", "-read_intervals", "%+45"]
    printed, complaints = await run("ffprobe", "-v", "warning", "-live_start_index", "0", "-of", "json", *shown, address)
    assert complaints == ""
    found = json.loads(printed)
    assert len(found["programs"]) == 4
    assert [program["tags"]["variant_bitrate"] for program in found["programs"]] != []
    for stream in range(4):
        times = [packet["pts"] for packet in found["packets"] if packet["stream_index"] == stream]
        assert len(times) > 1_500
        assert set(np.diff(times)) == {1024}
        assert times[0] % SEGMENT_FRAMES == 0
        assert times[0] < 2**32 < times[-1]


@pytest.mark.parametrize("variant", range(4))
async def test_a_death_of_the_engine_is_no_hole_in_the_sound(address: str, variant: int) -> None:
    recipe = sorted(AAC, key=lambda recipe: (recipe.bitrate != 128_000, recipe.bitrate))[variant]
    sound = await hear(address, variant, LISTED_SECONDS - 2)
    assert sound.shape[1] / 48_000 > LISTED_SECONDS - 2.1
    level = np.sqrt(np.mean(sound[:, : sound.shape[1] // 960 * 960].reshape(2, -1, 960) ** 2, axis=(0, 2)))
    assert level[5:].min() > 0.02, "never silent, not for 20 ms"
    listing = station().window.listing
    assert listing
    first = listing.first * SEGMENT_FRAMES
    gain = np.float32(10 ** (recipe.trim_db / 20))
    for begin, frames in ((BEGIN + SEGMENT_FRAMES, 2 * SEGMENT_FRAMES), (RETURNS + PART_FRAMES, SEGMENT_FRAMES)):
        heard = sound[:, begin - first : begin - first + frames]
        assert distance_db(heard, tone(begin, frames) * gain) > 15, "the programme is where its position says"
    looped = make_samples()[:, np.arange(DIES + 4096, RETURNS - 4096) % 737_280] * gain
    assert distance_db(sound[:, DIES + 4096 - first : RETURNS - 4096 - first], looped) > 15, "and so is the loop"
