"""The three mounts as ffmpeg and ffprobe hear them: continuous sound at its level, in its format, with its titles."""

import asyncio
import json
import re

import numpy as np
import pytest

from tests.programs import program
from tests.server.encoded import encoded
from tests.server.fake_station import airing
from tests.server.icy.front import Front, front
from tests.server.until import until

LISTEN_SECONDS = 6.0


async def heard(it: Front, path: str, codec: str) -> tuple[np.ndarray, str]:
    """What ffmpeg decodes of `path` in `LISTEN_SECONDS`, float32 [2, frames], and what it says meanwhile, while packets keep coming."""
    url = f"http://127.0.0.1:{it.port}{path}"
    options = ("-hide_banner", "-nostdin", "-loglevel", "verbose")
    listener = await asyncio.create_subprocess_exec(
        program("ffmpeg"), *options, "-i", url, "-t", str(LISTEN_SECONDS), "-f", "f32le", "-ar", "48000", "-",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    feeding = asyncio.create_task(feed(it, codec))
    try:
        async with asyncio.timeout(30):
            sound, words = await listener.communicate()
    finally:
        feeding.cancel()
        await asyncio.gather(feeding, return_exceptions=True)
        if listener.returncode is None:
            listener.kill()
            await listener.wait()
    return np.frombuffer(sound, np.float32).reshape(-1, 2).T, words.decode(errors="replace")


async def feed(it: Front, codec: str) -> None:
    """Goes on after the first five seconds of the fixture, faster than real time, from when somebody listens."""
    rendition, _ = encoded(codec)
    first = 5 * 48_000 // rendition.packet_frames
    await until(lambda: it.listeners.audience("main").total > 0)
    while True:
        it.play(codec, first, 15)
        first += 15
        await asyncio.sleep(0.05)


def assert_continuous(sound: np.ndarray, skip_seconds: float = 0.1) -> None:
    """Both tones at their level in every 20 ms."""
    assert sound.shape[1] >= (LISTEN_SECONDS - 0.1) * 48_000
    after = sound[:, int(skip_seconds * 48_000) :]
    blocks = after[:, : after.shape[1] // 960 * 960].reshape(2, -1, 960)
    level = np.sqrt((blocks**2).mean(axis=2))
    assert level.min() > 0.08, f"quiet at block {np.argwhere(level <= 0.08)[0]}"
    assert level.max() < 0.30


@pytest.mark.real
@pytest.mark.parametrize(
    ("path", "codec", "told"), [("radio.mp3", "mp3", "mp3"), ("radio.aac", "aac", r"aac \(LC\)"), ("radio.opus", "opus", "opus")]
)
async def test_ffmpeg_hears_each_mount_without_a_gap(path: str, codec: str, told: str) -> None:
    async with front() as it:
        it.play(codec, 0, 5 * 48_000 // encoded(codec)[0].packet_frames)
        sound, words = await heard(it, f"/listen/main/{path}", codec)
    assert re.search(rf"Audio: {told}.*, 48000 Hz, stereo", words)
    assert "Radio Näh" in words or codec == "opus"
    assert_continuous(sound)
    assert not re.search(r"error|invalid|corrupt|missing|mismatch", words, re.IGNORECASE), words


@pytest.mark.real
async def test_ffmpeg_sees_the_title_change() -> None:
    async with front() as it:
        it.play("mp3", 0, 208)
        it.station.air(airing("Second", 260 * 1_152))
        _, words = await heard(it, "/listen/main/radio.mp3", "mp3")
    assert "StreamTitle     : Artist - First" in words
    assert "Metadata update for StreamTitle: Artist - Second" in words


@pytest.mark.real
async def test_chained_opus_is_heard_on_over_the_change_of_title() -> None:
    async with front() as it:
        it.play("opus", 0, 250, 16)
        it.station.air(airing("Second", 300 * 960))
        sound, words = await heard(it, "/listen/main/radio.opus?titles=inband", "opus")
    assert re.search(r"TITLE\s+: First", words, re.IGNORECASE)
    assert_continuous(sound)


@pytest.mark.real
async def test_ffprobe_names_format_rate_and_icy_tags() -> None:
    async with front() as it:
        it.play("aac", 0, 235)
        feeding = asyncio.create_task(feed(it, "aac"))
        probe = await asyncio.create_subprocess_exec(
            program("ffprobe"), "-loglevel", "error", "-of", "json", "-show_format", "-show_streams",
            f"http://127.0.0.1:{it.port}/listen/main/radio.aac", stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        async with asyncio.timeout(30):
            out, _ = await probe.communicate()
        feeding.cancel()
        await asyncio.gather(feeding, return_exceptions=True)
    told = json.loads(out)
    assert told["format"]["tags"]["icy-name"] == "Radio Näh"
    assert told["format"]["tags"]["StreamTitle"] == "Artist - First"
    stream = told["streams"][0]
    assert (stream["codec_name"], stream["profile"], stream["sample_rate"], stream["channels"]) == ("aac", "LC", "48000", 2)
