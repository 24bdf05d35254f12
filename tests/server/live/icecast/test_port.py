"""The source port on a real socket, with real decoders: sources that behave, and everybody else."""

import asyncio
from random import Random

import pytest

from server.live.icecast.port import MOST_CONNECTIONS_PER_ADDRESS
from server.live.icecast.reception import Patience
from tests.server.live.icecast.house import DEADLINE_SECONDS, basic, house, put
from tests.server.live.streams import stream_of
from tests.server.raw_client import RawClient

SONG = stream_of("mp3", 1.0, "Title", "Artist")
HASTY = Patience(head_seconds=0.3, login_seconds=0.3, silent_seconds=1.0)


def chunked(content: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (content[at : at + 999] for at in range(0, len(content), 999)))


async def test_a_put_is_played_and_thanked_for() -> None:
    async with house() as one, RawClient(one.number) as client:
        await client.send(put("/main", f"Content-Length: {len(SONG)}"))
        assert await client.receive_until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        await client.send(SONG)
        answer = await client.receive_all(DEADLINE_SECONDS)
        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert one.logins == [("main", "source", "sf_anna", "127.0.0.1")]
        assert one.engine.titles == ["", "Artist - Title"]
        assert one.engine.heard_seconds() == pytest.approx(1.0, abs=0.1)
        assert one.engine.closed == [one.engine.said[0].id]
        session = one.engine.said[0]
        assert (session.dj, session.account_id, session.way, session.priority) == ("Anna", "account-1", "icecast", 50)
        assert one.kicked == []


@pytest.mark.parametrize("version", ["HTTP/1.0", "ICE/1.0"])
async def test_a_source_of_the_old_kind(version: str) -> None:
    async with house() as one, RawClient(one.number) as client:
        head = f"SOURCE /second.mp3 {version}\r\n{basic('sf_anna')}\r\ncontent-type: audio/mpeg\r\nice-name: My Show\r\n\r\n"
        await client.send(head.encode() + SONG)
        assert (await client.receive_until(b"\r\n\r\n")).startswith(b"HTTP/1.0 200 OK\r\n")
        await one.heard(0.9)
        assert one.logins[0][0] == "second"


async def test_a_body_in_chunks() -> None:
    async with house() as one, RawClient(one.number) as client:
        await client.send(put("/main", "Transfer-Encoding: chunked"))
        await client.receive_until(b"100 Continue\r\n\r\n")
        await client.send(chunked(SONG) + b"0\r\n\r\n")
        assert (await client.receive_all(DEADLINE_SECONDS)).startswith(b"HTTP/1.1 200 OK")
        assert one.engine.heard_seconds() > 0.9


async def test_a_chunk_that_lies_ends_the_show_and_says_so() -> None:
    async with house() as one, RawClient(one.number) as client:
        await client.send(put("/main", "Transfer-Encoding: chunked"))
        await client.receive_until(b"100 Continue\r\n\r\n")
        await client.send(chunked(SONG) + b"nonsense\r\n")
        answer = await client.receive_all(DEADLINE_SECONDS)
        assert answer.startswith(b"HTTP/1.1 415")
        assert b"A chunk does not say its length." in answer
        assert one.kicked == ["source_unplayable"]


async def test_a_source_that_names_itself_and_nothing_else() -> None:
    stream = stream_of("aac", 4.0)
    async with house() as one, RawClient(one.number) as client:
        await client.send(put("/main", "ice-name: Anna's Evening", f"Content-Length: {len(stream)}", kind="audio/aac"))
        await client.send(stream)
        await one.heard(3.1)
        assert one.engine.titles == ["", "Anna's Evening"]


async def test_a_file_as_fast_as_it_can_be_read_is_played_as_it_sounds() -> None:
    loop = asyncio.get_running_loop()
    stream = stream_of("mp3", 2.0)
    async with house() as one, RawClient(one.number) as client:
        await client.send(put("/main", f"Content-Length: {len(stream)}") + stream)
        await one.heard(0.01)
        began = loop.time()
        await client.receive_until(b"200 OK", DEADLINE_SECONDS)
        assert loop.time() - began == pytest.approx(1.9, abs=0.4)


@pytest.mark.parametrize(
    ("request_head", "status", "says"),
    [
        (put("/main", password="wrong"), 401, "Name or password is wrong."),
        (put("/main", password="sf_listener"), 403, "This account may not go on air."),
        (b"PUT /main HTTP/1.1\r\n\r\n", 401, "Say who you are"),
        (put("/nowhere"), 404, "There is no station nowhere here."),
        (put("/main", kind="text/html"), 415, "Nobody here plays text/html."),
        (put("/main", "Transfer-Encoding: gzip"), 501, "gzip"),
        (b"GET / HTTP/1.1\r\n\r\n", 404, "Broadcasting programs connect here"),
        (b"OPTIONS * HTTP/1.1\r\n\r\n", 400, "can be read"),
        (b"GET /admin/stats HTTP/1.1\r\n\r\n", 404, "Broadcasting programs connect here"),
        (b"\x16\x03\x01\r\n\r\n", 400, "can be read"),
        (b"PUT /main HTTP/1.1\r\nx: " + b"y" * 20_000 + b"\r\n\r\n", 431, "16384 bytes"),
    ],
)
async def test_who_is_not_let_in_is_told_why(request_head: bytes, status: int, says: str) -> None:
    async with house() as one, RawClient(one.number) as client:
        await client.send(request_head)
        answer = (await client.receive_all(DEADLINE_SECONDS)).decode()
        assert answer.startswith(f"HTTP/1.1 {status} ")
        assert says in answer
        assert ("WWW-Authenticate: Basic" in answer) == (status == 401)
        assert "PUT" in answer.partition("Allow: ")[2].splitlines()[0]
        assert "sf_" not in answer
        assert one.engine.said == []


async def test_an_answer_outruns_a_body_that_nobody_wants() -> None:
    async with house() as one, RawClient(one.number) as client:
        await client.send(b"SOURCE /main HTTP/1.0\r\n\r\n" + bytes(60_000))
        assert (await client.receive_all(DEADLINE_SECONDS)).startswith(b"HTTP/1.1 401")
        assert one.logins == []


async def test_an_office_that_is_away_is_no_wrong_password() -> None:
    async with house() as one, RawClient(one.number) as client:
        one.office_is_away = True
        await client.send(put())
        assert (await client.receive_all(DEADLINE_SECONDS)).startswith(b"HTTP/1.1 503")


async def test_no_more_djs_than_places() -> None:
    async with house(max_sources=1) as one, RawClient(one.number) as first, RawClient(one.number) as second:
        await first.send(put())
        await first.receive_until(b"100 Continue")
        await second.send(put())
        answer = await second.receive_all(DEADLINE_SECONDS)
        assert answer.startswith(b"HTTP/1.1 403")
        assert b"no more DJs" in answer
        assert one.kicked == ["source_full"]


@pytest.mark.parametrize("begun", [b"", b"PUT /main HT", b"PUT /main HTTP/1.1\r\nHost: x\r\n"])
async def test_who_does_not_say_what_he_wants_is_cut(begun: bytes) -> None:
    async with house(HASTY) as one, RawClient(one.number) as client:
        await client.send(begun)
        assert await client.receive_all(DEADLINE_SECONDS) == b""
        assert one.kicked == ["source_header"]


async def test_one_address_does_not_take_all_places() -> None:
    async with house() as one:
        clients = [RawClient(one.number) for _ in range(MOST_CONNECTIONS_PER_ADDRESS + 1)]
        for client in clients:
            await client.__aenter__()
        assert await clients[-1].receive_all(DEADLINE_SECONDS) == b""
        assert one.kicked == ["source_connections"]
        await clients[0].__aexit__(None, None, None)
        for client in clients[1:]:
            await client.__aexit__(None, None, None)


async def test_a_source_that_falls_silent_is_ended() -> None:
    async with house(HASTY) as one, RawClient(one.number) as client:
        await client.send(put())
        await client.receive_until(b"100 Continue\r\n\r\n")
        await client.send(SONG)
        answer = await client.receive_all(DEADLINE_SECONDS)
        assert answer.startswith(b"HTTP/1.1 408")
        assert b"Nothing came in the last 1 seconds." in answer
        assert one.kicked == ["source_silent"]
        assert one.engine.closed


@pytest.mark.parametrize("seed", [1, 2])
async def test_noise_is_no_sound(seed: int) -> None:
    async with house(HASTY) as one, RawClient(one.number) as client:
        await client.send(put())
        await client.receive_until(b"100 Continue\r\n\r\n")
        await client.send(Random(seed).randbytes(100_000))
        answer = await client.receive_all(DEADLINE_SECONDS)
        assert answer.startswith(b"HTTP/1.1 415")
        assert b"sound" in answer
        assert one.kicked == ["source_unplayable"]
        assert one.engine.sound == {}
        assert one.engine.closed


async def test_a_line_that_the_house_closes_ends_its_source() -> None:
    stream = stream_of("mp3", 10.0)
    async with house() as one, RawClient(one.number) as client:
        await client.send(put() + stream)
        await one.heard(0.2)
        one.lines()[0].close()
        answer = await client.receive_all(DEADLINE_SECONDS)
        assert b"HTTP/1.1 403" in answer
        assert b"The station has ended the show." in answer


async def test_at_the_end_everybody_is_let_go() -> None:
    async with house() as one, RawClient(one.number) as client:
        await client.send(put() + SONG)
        await one.heard(0.2)
    assert one.engine.closed == [one.engine.said[0].id]
