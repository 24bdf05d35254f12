"""Mounts over real sockets: what an old radio, a browser and a bad listener see."""

import asyncio
import re
from collections.abc import Callable

import pytest

from server.icy.mount import MountLimits
from server.icy.titles import METAINT
from tests.server.encoded import encoded
from tests.server.fake_station import airing
from tests.server.icy.front import Front, front
from tests.server.raw_client import RawClient
from tests.server.until import until

WITH_TITLES = "Icy-MetaData: 1\r\n"


async def tune(client: RawClient, file: str = "radio.mp3", more: str = "", version: str = "1.1", method: str = "GET") -> tuple[str, bytes]:
    """Asks for a mount. Returns the head of the answer and what sound came with it."""
    await client.send(f"{method} /listen/main/{file} HTTP/{version}\r\nHost: radio.example:8000\r\n{more}\r\n".encode())
    head, _, sound = (await client.receive_until(b"\r\n\r\n")).partition(b"\r\n\r\n")
    return head.decode(), sound


def header(head: str, name: str) -> str | None:
    found = re.search(rf"^{name}: (.*?)\r?$", head, re.IGNORECASE | re.MULTILINE)
    return found[1] if found else None


def taken_apart(body: bytes) -> tuple[bytes, list[tuple[int, str]]]:
    """The sound, and (byte of sound, block) for each block that says something."""
    sound, said, at = b"", [], 0
    while at < len(body):
        sound += body[at : at + METAINT]
        at += METAINT
        if at < len(body):
            length = body[at] * 16
            if length:
                said.append((len(sound), body[at + 1 : at + 1 + length].rstrip(b"\0").decode()))
            at += 1 + length
    return sound, said


@pytest.mark.parametrize(("codec", "kind"), [("mp3", "audio/mpeg"), ("aac", "audio/aac"), ("opus", "audio/ogg")])
async def test_the_answer_is_endless_without_chunks(codec: str, kind: str) -> None:
    async with front() as it, RawClient(it.port) as client:
        it.play(codec, 0, 400)
        head, _ = await tune(client, f"radio.{codec}")
        assert head.startswith("HTTP/1.1 200 OK")
        assert header(head, "Content-Type") == kind
        assert header(head, "Connection") == "close"
        assert header(head, "Transfer-Encoding") is header(head, "Content-Length") is header(head, "icy-metaint") is None
        assert header(head, "Cache-Control") == "no-store"
        assert header(head, "Access-Control-Allow-Origin") == "*"
        assert header(head, "icy-name") == "Radio Näh"
        assert header(head, "icy-genre") == "House"
        assert header(head, "icy-url") == "http://radio.example:8000/"
        assert header(head, "icy-br") == ("192" if codec == "mp3" else "128")
        assert header(head, "icy-pub") == "1"
        assert header(head, "icy-description") == "Music made here."


async def test_an_http_1_0_radio_is_answered_in_its_own_version() -> None:
    async with front() as it, RawClient(it.port) as client:
        it.play("mp3", 0, 400)
        await client.send(b"GET /listen/main/radio.mp3 HTTP/1.0\r\nIcy-MetaData: 1\r\n\r\n")
        head = (await client.receive_until(b"\r\n\r\n")).decode(errors="replace")
        assert head.startswith("HTTP/1.0 200 OK")
        assert header(head, "icy-url") == f"http://127.0.0.1:{it.port}/"


async def test_burst_then_every_packet_once_in_order() -> None:
    async with front() as it, RawClient(it.port) as client:
        _, packets = encoded("mp3")
        it.play("mp3", 0, 280)
        _, sound = await tune(client)
        await until(lambda: len(it.mounts.mount("radio.mp3")) == 1)
        it.play("mp3", 280, 40)
        whole = b"".join(packets[:320])
        sound += await client.receive_bytes(len(b"".join(packets[120:306])) - len(sound))
        begin = whole.index(sound[:4_000])
        assert sound == whole[begin : begin + len(sound)]
        burst_seconds = (whole.index(b"".join(packets[280:283])) - begin) / 24_000
        assert 3.7 <= burst_seconds <= 4.4
        assert whole[begin] == 0xFF, "the burst begins with a whole packet"


async def test_the_title_stands_in_the_first_block_after_its_first_packet() -> None:
    async with front() as it, RawClient(it.port) as client:
        _, packets = encoded("mp3")
        it.play("mp3", 0, 280)
        _, body = await tune(client, more=WITH_TITLES)
        await until(lambda: len(it.mounts.mount("radio.mp3")) == 1)
        it.station.air(airing("Second", 300 * 1_152 + 5))  # the first packet at or after it is number 301
        it.play("mp3", 280, 120)
        body += await client.receive_bytes(150_000 - len(body))
        sound, said = taken_apart(body)
        whole = b"".join(packets) * 2
        begin = whole.index(sound[:4_000])
        assert whole[begin : begin + len(sound)] == sound
        first_byte = len(b"".join(packets[:301])) - begin
        assert said[0] == (METAINT, "StreamTitle='Artist - First';")
        assert said[1] == (-(-first_byte // METAINT) * METAINT, "StreamTitle='Artist - Second';")
        assert len(said) == 2


async def test_a_burst_over_a_change_says_both_titles_where_they_are_heard() -> None:
    async with front() as it, RawClient(it.port) as client:
        it.play("mp3", 0, 150)
        it.station.air(airing("Second", 250 * 1_152))
        it.play("mp3", 150, 150)
        _, body = await tune(client, more=WITH_TITLES)
        body += await client.receive_bytes(95_000 - len(body))
        _, said = taken_apart(body)
        assert [title for _, title in said] == ["StreamTitle='Artist - First';", "StreamTitle='Artist - Second';"]
        assert said[0][0] == METAINT
        assert 50_000 < said[1][0] < 90_000


async def test_the_opus_mount_has_no_blocks_between_its_pages() -> None:
    async with front() as it, RawClient(it.port) as client:
        it.play("opus", 0, 320, 16)
        head, body = await tune(client, "radio.opus", WITH_TITLES)
        assert header(head, "icy-metaint") is None
        body += await client.receive_bytes(30_000 - len(body))
        assert body.startswith(b"OggS")
        assert body.count(b"OpusHead") == 1


async def test_the_opus_mount_chains_titles_for_those_who_ask() -> None:
    async with front() as it, RawClient(it.port) as client:
        it.play("opus", 0, 160, 16)
        it.station.air(airing("Second", 230 * 960))
        it.play("opus", 160, 160, 16)
        _, body = await tune(client, "radio.opus?titles=inband")
        body += await client.receive_bytes(60_000 - len(body))
        assert body.count(b"OpusHead") == 2
        assert body.index(b"TITLE=First") < body.index(b"TITLE=Second")


@pytest.mark.parametrize("file", ["radio.mp3", "radio.aac", "radio.opus"])
async def test_head_and_options_answer_at_once(file: str) -> None:
    async with front() as it:
        for codec in ("mp3", "aac", "opus"):
            it.play(codec, 0, 400)
        async with RawClient(it.port) as client:
            await tune(client, file, method="HEAD")
            assert await client.receive_all() == b""
        async with RawClient(it.port) as client:
            head, _ = await tune(client, file, method="OPTIONS")
            assert head.startswith("HTTP/1.1 204 ")
            assert header(head, "Access-Control-Allow-Headers") == "Icy-MetaData, Range"


async def test_before_the_first_sound_and_past_the_last_place_it_says_when_to_come_again() -> None:
    async with front(MountLimits(listeners=1)) as it, RawClient(it.port) as early, RawClient(it.port) as one, RawClient(it.port) as two:
        head, _ = await tune(early)
        assert head.startswith("HTTP/1.1 503 ")
        assert header(head, "Retry-After") == "2"
        it.play("mp3", 0, 300)
        await tune(one)
        await until(lambda: len(it.mounts.mount("radio.mp3")) == 1)
        head, _ = await tune(two)
        assert head.startswith("HTTP/1.1 503 ")
        assert header(head, "Retry-After") == "30"


async def test_an_unknown_station_is_not_found_and_its_name_is_not_echoed_raw() -> None:
    async with front() as it, RawClient(it.port) as client:
        await client.send(b"GET /listen/%0d%0aX%1b/radio.mp3 HTTP/1.0\r\n\r\n")
        answer = await client.receive_all()
        assert b" 404 " in answer
        assert b"\x1b" not in answer


async def test_the_ledger_counts_a_listener_while_he_listens() -> None:
    async with front() as it:
        it.play("mp3", 0, 300)
        async with RawClient(it.port) as one, RawClient(it.port) as two:
            await tune(one)
            await tune(two)
            await until(lambda: it.listeners.audience("main").total == 2)
            assert it.listeners.audience("main", "radio.mp3").unique == 1
            assert it.listeners.by_output() == {("main", "icy"): 2}
        # Who has left is noticed when there is something to send to him.
        await asyncio.wait_for(_play_until(it, lambda: it.listeners.audience("main").total == 0), 5)
        assert it.kicked == []


async def test_a_listener_who_does_not_read_is_cut_off_and_counted_and_others_miss_nothing() -> None:
    async with front() as it, RawClient(it.port, 4_096) as deaf, RawClient(it.port) as healthy:
        it.play("mp3", 0, 300)
        await tune(deaf)
        _, sound = await tune(healthy)
        await until(lambda: len(it.mounts.mount("radio.mp3")) == 2)
        _, packets = encoded("mp3")
        first = 300
        while it.kicked != ["slow"]:
            assert first < 300 + 42 * 30, "30 s of sound and still listening"
            it.play("mp3", first, 14)
            first += 14
            sound += await healthy.receive_bytes(4_000)
        whole = b"".join(packets[i % len(packets)] for i in range(first))
        begin = whole.index(sound[:4_000])
        sound += await healthy.receive_bytes(first * 576 - begin - len(sound) - 2 * 14 * 576)
        assert whole[begin : begin + len(sound)] == sound
        assert len(it.mounts.mount("radio.mp3")) == 1
        while await deaf.receive():  # what the kernel still has of it, then the end
            pass


async def test_another_encoder_begins_the_mount_anew() -> None:
    async with front() as it, RawClient(it.port) as client:
        it.play("opus", 0, 320, 16)
        await tune(client, "radio.opus")
        await until(lambda: len(it.mounts.mount("radio.opus")) == 1)
        rendition, packets = encoded("opus")
        changed = type(rendition)(rendition.name, "opus", 96_000, 960, rendition.header)
        it.station.give(changed, 320 * 960, list(packets[:32]))
        await client.receive_all()
        assert len(it.mounts.mount("radio.opus")) == 0


async def test_safari_which_asks_for_two_bytes_before_it_plays_is_one_listener() -> None:
    async with front() as it, RawClient(it.port) as probe, RawClient(it.port) as player:
        it.play("mp3", 0, 400)
        safari = "User-Agent: Safari\r\n"
        await tune(probe, more=f"{safari}Range: bytes=0-1\r\n")
        await until(lambda: it.listeners.audience("main").total == 1)
        await tune(player, more=f"{safari}Range: bytes=0-\r\n")
        await until(lambda: len(it.mounts.mount("radio.mp3")) == 2)
        assert it.listeners.audience("main").total == 1


async def _play_until(it: Front, true: Callable[[], bool]) -> None:
    first = 300
    while not true():
        it.play("mp3", first, 14)
        first += 14
        await asyncio.sleep(0)
