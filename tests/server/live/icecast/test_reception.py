"""Titles at the source port: before, during and after their source, by the same words or others."""

from tests.server.live.icecast.house import DEADLINE_SECONDS, basic, house, put
from tests.server.live.streams import stream_of
from tests.server.raw_client import RawClient

STREAM = stream_of("aac", 8.0)
TOOK = "<return>1</return>"


async def comes_in(client: RawClient) -> None:
    await client.send(put(kind="audio/aac"))
    await client.receive_until(b"100 Continue\r\n\r\n")
    await client.send(STREAM)


async def test_a_title_finds_its_source() -> None:
    async with house() as one, RawClient(one.number) as client:
        await comes_in(client)
        answer = await one.title("song=%C3%89loi%20-%20T%26T")
        assert answer.startswith("HTTP/1.1 200 OK")
        assert "Content-Type: text/xml" in answer
        assert TOOK in answer
        assert "Metadata update successful" in answer
        assert one.engine.titles == ["", "Éloi - T&T"]


async def test_who_is_in_need_not_be_let_in_for_each_title() -> None:
    async with house() as one, RawClient(one.number) as client:
        await comes_in(client)
        for number in range(5):
            assert TOOK in await one.title(f"song=Song+{number}")
        assert len(one.logins) == 1
        assert one.engine.titles[-1] == "Song 4"


async def test_other_words_have_to_be_good_ones() -> None:
    async with house() as one, RawClient(one.number) as client:
        await comes_in(client)
        assert (await one.title("song=Stolen", password="wrong")).startswith("HTTP/1.1 401")
        assert (await one.ask("GET /admin/metadata?mount=/main&song=x HTTP/1.0\r\n\r\n")).startswith("HTTP/1.1 401")
        assert one.engine.titles == [""]
        request = f"GET /admin/metadata?mount=/main&song=Mine HTTP/1.0\r\n{basic('sf_anna', 'anna@example.org')}\r\n\r\n"
        assert TOOK in await one.ask(request)
        assert one.engine.titles == ["", "Mine"]
        assert len(one.logins) == 3


async def test_a_title_that_comes_before_its_source_is_the_first_one() -> None:
    async with house() as one, RawClient(one.number) as client:
        answer = await one.title("song=Early+-+Bird")
        assert TOOK in answer
        assert "kept until the source comes" in answer
        await comes_in(client)
        await one.heard(0.1)
        assert one.engine.titles == ["Early - Bird"]


async def test_a_title_of_a_source_at_another_front() -> None:
    async with house() as one:
        one.has_colleagues = True
        answer = await one.title("title=T&artist=A")
        assert "Metadata update successful" in answer
        assert [title.title for title in one.elsewhere] == ["T"]


async def test_a_title_in_a_form() -> None:
    form = "mount=%2Fmain&mode=updinfo&charset=latin1&song=%C9t%E9"
    head = f"POST /admin/metadata HTTP/1.1\r\n{basic('sf_anna')}\r\nContent-Length: {len(form)}\r\n\r\n"
    async with house() as one, RawClient(one.number) as client:
        await comes_in(client)
        assert TOOK in await one.ask(head + form)
        assert one.engine.titles[-1] == "Été"


async def test_a_form_without_end() -> None:
    async with house() as one, RawClient(one.number) as client:
        await client.send(f"POST /admin/metadata HTTP/1.1\r\n{basic('sf_anna')}\r\nContent-Length: 9999999\r\n\r\n".encode())
        await client.send(b"song=" + b"x" * 40_000)
        assert (await client.receive_all(DEADLINE_SECONDS)).startswith(b"HTTP/1.1 413")


async def test_titles_that_are_refused() -> None:
    async with house() as one:
        for query in ("song=", "song=x&charset=rot13", "song=x&mode=kill"):
            answer = await one.title(query)
            assert answer.startswith("HTTP/1.1 400")
            assert "<return>0</return>" in answer
        answer = await one.ask(f"GET /admin/metadata?mount=/nowhere&song=x HTTP/1.0\r\n{basic('sf_anna')}\r\n\r\n")
        assert answer.startswith("HTTP/1.1 404")
