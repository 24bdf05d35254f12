"""oEmbed as a blog would ask for it."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession
from aiohttp.web import Application, AppRunner, TCPSite

from server.nowplaying.origin import Origin
from server.route import add_routes
from web.oembed import oembed_routes
from web.pages import Door

DOORS = (Door("main", 'Night "Signal" <b>'), Door("dawn", "Dawn Chorus"))


@pytest.fixture
async def address() -> AsyncIterator[str]:
    application = Application()
    add_routes(application, oembed_routes(DOORS, Origin()), lambda _, endpoint: endpoint)
    runner = AppRunner(application)
    await runner.setup()
    try:
        await TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def ask(address: str, **query: str) -> tuple[int, dict[str, object]]:
    async with ClientSession() as session, session.get(f"{address}/oembed", params=query) as response:
        return response.status, await response.json() if response.status == 200 else {}


async def test_a_link_becomes_a_frame_with_the_embeddable_player(address: str) -> None:
    status, told = await ask(address, url="https://radio.example/public/dawn")
    assert status == 200
    assert (told["version"], told["type"], told["title"]) == ("1.0", "rich", "Dawn Chorus")
    assert f'src="{address}/public/dawn/embed"' in str(told["html"])


async def test_the_front_page_is_the_first_station_and_its_title_cannot_break_out(address: str) -> None:
    _, told = await ask(address, url="http://radio.example/")
    assert "<b>" not in str(told["html"])
    assert "Night &quot;Signal&quot;" in str(told["html"])


async def test_it_keeps_within_the_bounds_that_are_asked_for(address: str) -> None:
    _, told = await ask(address, url="http://radio.example/", maxwidth="300", maxheight="1000")
    assert (told["width"], told["height"]) == (300, 180)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 404),
        ({"url": "https://radio.example/public/nobody"}, 404),
        ({"url": "https://radio.example/other/page"}, 404),
        ({"url": "javascript:alert(1)"}, 404),
        ({"url": "http://[broken"}, 404),
        ({"url": "https://radio.example/", "maxwidth": "wide"}, 404),
        ({"url": "https://radio.example/", "maxwidth": "20"}, 404),
        ({"url": "https://radio.example/", "format": "xml"}, 501),
    ],
)
async def test_what_it_cannot_answer(address: str, query: dict[str, str], status: int) -> None:
    assert (await ask(address, **query))[0] == status
