"""The decoder with its real child: what sources send, what strangers send, and children that misbehave."""

import asyncio
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from random import Random

import numpy as np
import pytest

from server.live.decoder import MEMORY_BYTES, WAITING_BYTES, Decoder, DecoderFailed, Sound, Title, Undecodable, decoder
from tests.server.live.streams import KINDS, RATE, stream_of

DEADLINE_SECONDS = 30


async def both(stream: bytes) -> tuple[list[Title], np.ndarray]:
    """All that is heard of a whole stream: titles, and the sound as float64 [frames, 2]."""
    titles, sound = [], bytearray()
    async with asyncio.timeout(DEADLINE_SECONDS), decoder() as decoding:
        feeding = asyncio.create_task(fed(decoding, [stream]))
        try:
            while (heard := await decoding.next()) is not None:
                if isinstance(heard, Title):
                    titles.append(heard)
                else:
                    sound += heard.samples
        finally:
            feeding.cancel()
            await asyncio.wait([feeding])
    return titles, np.frombuffer(bytes(sound), "<i2").reshape(-1, 2) / 32_768


async def fed(decoding: Decoder, pieces: Iterable[bytes]) -> None:
    for piece in pieces:
        await decoding.feed(piece)
    decoding.finish()


def tone_hertz(sound: np.ndarray) -> float:
    left = sound[:, 0] - sound[:, 0].mean()
    return float(np.argmax(np.abs(np.fft.rfft(left * np.hanning(len(left))))) * RATE / len(left))


@pytest.mark.parametrize("kind", list(KINDS))
async def test_every_kind_is_heard_whole(kind: str) -> None:
    titles, sound = await both(stream_of(kind, 1.0, "Títle", "Artist & Co"))
    assert titles == [Title() if kind == "aac" else Title("Títle", "Artist & Co")]
    assert len(sound) == pytest.approx(RATE, abs=3_000)
    assert tone_hertz(sound) == pytest.approx(440, abs=2)
    assert np.abs(sound).max() == pytest.approx(0.5, abs=0.06)


async def test_another_rate_becomes_the_house_s_own() -> None:
    _, sound = await both(stream_of("mp3", 1.0, rate=44_100))
    assert len(sound) == pytest.approx(RATE, abs=4_000)
    assert tone_hertz(sound) == pytest.approx(440, abs=2)


async def test_a_stream_that_is_joined_in_its_middle() -> None:
    titles, sound = await both(stream_of("mp3", 2.0, "lost", "too")[5_001:])
    assert titles == [Title()]
    assert len(sound) > RATE


@pytest.mark.parametrize("kind", ["opus", "vorbis", "ogg-flac"])
async def test_chained_ogg_says_every_title_and_loses_no_sound(kind: str) -> None:
    songs = [stream_of(kind, 1.0, title, "A", hertz) for title, hertz in (("One", 440.0), ("Two", 880.0), ("Three", 660.0))]
    titles, sound = await both(b"".join(songs))
    assert [title.title for title in titles] == ["One", "Two", "Three"]
    assert len(sound) == pytest.approx(3 * RATE, abs=600)
    assert [round(tone_hertz(sound[at : at + RATE // 2]), -1) for at in (10_000, 58_000, 106_000)] == [440, 880, 660]
    assert longest_silence(sound) < 0.005 * RATE


def longest_silence(sound: np.ndarray) -> int:
    quiet = np.abs(sound).max(axis=1) < 1e-3
    edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet.astype(np.int8), [0]])))
    return int((edges[1::2] - edges[::2])[1:-1].max(initial=0))


async def test_titles_are_fit_to_be_shown() -> None:
    titles, _ = await both(stream_of("opus", 0.5, "A\nB\x1b[31m\u202e" + "x" * 5_000))
    assert titles[0].title.startswith("A B [31mx")
    assert len(titles[0].title) <= 256


@pytest.mark.parametrize(
    ("stream", "says"),
    [
        (Random(1).randbytes(300_000), "sound"),
        (Random(2).randbytes(300_000), "sound"),
        (Random(3).randbytes(300_000), "sound"),
        (b"<html>" * 10_000, "not a stream of sound"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n" * 2_000, "not a stream of sound|not allowed"),
        (b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/a.ts\n" * 2_000, "not a stream of sound|not allowed"),
        (b"OggS" + bytes(300_000), "not a stream of sound"),
        (b"", "ended before any sound"),
        (b"Ogg", "ended before any sound"),
    ],
    ids=["noise", "other noise", "more noise", "html", "concat", "m3u8", "false ogg", "nothing", "three bytes"],
)
async def test_what_is_no_sound_is_refused(stream: bytes, says: str) -> None:
    with pytest.raises(Undecodable, match=says):
        await both(stream)


async def test_damage_in_the_middle_is_bridged() -> None:
    song = stream_of("mp3", 2.0)
    _, sound = await both(song + Random(4).randbytes(20_000) + song)
    assert len(sound) > 3.8 * RATE


async def test_sound_comes_before_the_stream_has_ended() -> None:
    async with asyncio.timeout(DEADLINE_SECONDS), decoder() as decoding:
        await decoding.feed(stream_of("mp3", 2.0, "T"))
        assert await decoding.next() == Title("T", "")
        seconds = 0.0
        while seconds < 1.5:
            heard = await decoding.next()
            assert isinstance(heard, Sound)
            seconds += heard.seconds


async def test_who_sends_faster_than_anybody_listens_is_held_up() -> None:
    song = stream_of("flac", 10.0)
    async with decoder() as decoding:
        sending = asyncio.create_task(fed(decoding, [song[at : at + 4_096] for at in range(0, len(song), 4_096)] * 50))
        assert await decoding.next() == Title()
        done, _ = await asyncio.wait([sending], timeout=1.0)
        assert not done
        sending.cancel()


async def test_the_child_ends_with_its_block() -> None:
    async with decoder() as decoding:
        await decoding.feed(stream_of("mp3", 1.0))
        assert isinstance(await decoding.next(), Title)
        pid = decoding.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_child_can_reach_nothing_and_has_little_memory() -> None:
    async with decoder() as decoding:
        await decoding.feed(stream_of("mp3", 1.0))
        assert isinstance(await decoding.next(), Title)
        facts = facts_of(decoding.pid)
        assert (facts["Seccomp"], facts["NoNewPrivs"]) == ("2", "1")
        assert int(facts["VmHWM"].split()[0]) * 1024 < MEMORY_BYTES


def facts_of(pid: int) -> dict[str, str]:
    """What the kernel says of a process."""
    pairs = (line.partition(":") for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return {name: fact.strip() for name, _, fact in pairs}


@pytest.mark.parametrize(
    ("child", "error", "says"),
    [
        ("import os; os.write(1, b'X' * 100)", Undecodable, "no sensible answer"),
        ("import os; os.write(1, b'S' + bytes([255] * 4))", Undecodable, "no sensible answer"),
        ("import os; os.write(1, b'S\\0\\0\\1\\0abc')", Undecodable, "broke off"),
        ("import os; os.kill(os.getpid(), 11)", Undecodable, "SIGSEGV"),
        ("import os; os.kill(os.getpid(), 9)", DecoderFailed, "SIGKILL"),
        ("raise SystemExit(3)", DecoderFailed, "status 3"),
        ("import os; os.write(1, b'F\\0\\0\\0\\4Gone')", DecoderFailed, "Gone"),
    ],
)
async def test_children_that_misbehave(child: str, error: type[Exception], says: str) -> None:
    async with decoder((sys.executable, "-c", child)) as decoding:
        await decoding.feed(b"sound" * WAITING_BYTES)
        with pytest.raises(error, match=says):
            await decoding.next()


async def test_no_child_at_all() -> None:
    with pytest.raises(DecoderFailed, match="No decoder can be started"):
        async with decoder(("/no/such/program",)):
            pass
