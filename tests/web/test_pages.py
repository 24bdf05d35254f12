"""The pages as a client without a browser sees them."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.web import Application, AppRunner, TCPSite

from server.route import PUBLIC, add_routes
from tests.web.test_assets import build
from web.assets import Assets
from web.pages import Door, hang_templates, routes

HOSTILE = '"><script>alert(1)</script>'
DOORS = (Door("main", "Night Signal", "Slow electronics"), Door("odd", HOSTILE, HOSTILE))


@asynccontextmanager
async def front_door(static: Path) -> AsyncIterator[tuple[ClientSession, str]]:
    application = Application()
    hang_templates(application)
    add_routes(application, routes(DOORS, Assets(static)), lambda _, endpoint: endpoint)
    runner = AppRunner(application)
    await runner.setup()
    try:
        await TCPSite(runner, "127.0.0.1", 0).start()
        async with ClientSession() as session:
            yield session, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def nonce_of(policy: str) -> str:
    found = re.search(r"'nonce-([^']+)'", policy)
    assert found is not None
    return found[1]


async def test_every_script_carries_the_nonce_of_its_own_response(tmp_path: Path) -> None:
    async with front_door(build(tmp_path)) as (session, base):
        nonces = set()
        for _ in range(3):
            async with session.get(f"{base}/") as answer:
                nonce = nonce_of(answer.headers["Content-Security-Policy"])
                tags = Tags(await answer.text())
                assert [script["nonce"] for script in tags.all("script")] == [nonce]
                assert all(link["nonce"] == nonce for link in tags.all("link") if link["rel"] == "modulepreload")
                nonces.add(nonce)
        assert len(nonces) == 3


async def test_no_page_holds_inline_script_or_style(tmp_path: Path) -> None:
    async with front_door(build(tmp_path)) as (session, base):
        for path in ("/", "/public/main", "/public/main/embed", "/public/nowhere"):
            async with session.get(base + path) as answer:
                tags = Tags(await answer.text())
                assert not tags.all("style"), path
                assert all(script.get("src") for script in tags.all("script")), path
                assert not any(name.startswith("on") or name == "style" for _, attributes in tags.found for name in attributes), path


async def test_a_hostile_title_is_only_text(tmp_path: Path) -> None:
    async with front_door(build(tmp_path)) as (session, base), session.get(f"{base}/public/odd") as answer:
        page = await answer.text()
        tags = Tags(page)
        (player,) = tags.all("sonic-player")
        assert player["name"] == HOSTILE
        assert "alert(1)</script>" not in page
        assert HOSTILE in unescape(page)
        assert len(tags.all("script")) == 1


async def test_the_first_station_is_at_the_root_and_each_has_its_page(tmp_path: Path) -> None:
    async with front_door(build(tmp_path)) as (session, base):
        for path, station in (("/", "main"), ("/public/main", "main"), ("/public/odd", "odd"), ("/public/odd/embed", "odd")):
            async with session.get(base + path) as answer:
                assert answer.status == 200
                assert answer.content_type == "text/html"
                (player,) = Tags(await answer.text()).all("sonic-player")
                assert (player["station"], "compact" in player) == (station, path.endswith("embed"))


async def test_only_the_embeddable_page_may_be_framed(tmp_path: Path) -> None:
    async with front_door(build(tmp_path)) as (session, base):
        async with session.get(f"{base}/public/main") as answer:
            assert answer.headers["X-Frame-Options"] == "DENY"
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        async with session.get(f"{base}/public/main/embed") as answer:
            assert "X-Frame-Options" not in answer.headers
            assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/public/nowhere", "/public/nowhere/embed"])
async def test_an_unknown_station_leads_to_the_known_ones(tmp_path: Path, path: str) -> None:
    async with front_door(build(tmp_path)) as (session, base), session.get(base + path) as answer:
        assert answer.status == 404
        assert [link["href"] for link in Tags(await answer.text()).all("a")] == ["/public/main", "/public/odd"]


async def test_without_a_build_the_page_says_how_to_make_one(tmp_path: Path) -> None:
    async with front_door(tmp_path / "never-built") as (session, base), session.get(f"{base}/") as answer:
        page = await answer.text()
        assert answer.status == 503
        assert "make run" in page
        assert "/listen/main/radio.mp3" in page


def test_a_front_door_needs_a_station(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="needs a station"):
        routes([], Assets(tmp_path))


def test_every_page_is_public(tmp_path: Path) -> None:
    assert {route.permission for route in routes(DOORS, Assets(tmp_path))} == {PUBLIC}


async def test_a_page_names_its_oembed_address(tmp_path: Path) -> None:
    async with front_door(build(tmp_path)) as (session, base), session.get(f"{base}/public/main") as answer:
        [link] = [link for link in Tags(await answer.text()).all("link") if link["rel"] == "alternate"]
        assert unescape(str(link["href"])) == f"{base}/oembed?url={base.replace(':', '%3A')}/public/main"
