"""The DJ page and the account page as a client without a browser sees them: shells that hold no data."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.web import Application, AppRunner, TCPSite

from server.route import PUBLIC, add_routes
from tests.web.test_assets import build
from tests.web.test_pages import HOSTILE, Tags, nonce_of
from web.assets import Assets
from web.pages import Door, hang_templates
from web.panels import panel_routes
from web.sign_in import sign_in_routes

DOORS = (Door("main", "Night Signal"), Door("odd", HOSTILE))
PAGES = ("/dj", "/dj/main", "/dj/odd", "/account")


def every(folder: Path) -> Assets:
    """A build in which each page has its script."""
    static = build(folder)
    manifest = static / "manifest.json"
    chunks = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**chunks, "src/dj.ts": chunks["src/player.ts"], "src/account.ts": chunks["src/player.ts"]}))
    return Assets(static)


@asynccontextmanager
async def front_door(assets: Assets) -> AsyncIterator[tuple[ClientSession, str]]:
    application = Application()
    hang_templates(application)
    add_routes(application, [*panel_routes(DOORS, assets), *sign_in_routes(assets)], lambda _, endpoint: endpoint)
    runner = AppRunner(application)
    await runner.setup()
    try:
        await TCPSite(runner, "127.0.0.1", 0).start()
        async with ClientSession() as session:
            yield session, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("path", PAGES)
async def test_scripts_run_by_the_nonce_alone_and_nobody_may_frame_the_page(tmp_path: Path, path: str) -> None:
    async with front_door(every(tmp_path)) as (session, base), session.get(base + path) as answer:
        assert answer.status == 200
        nonce = nonce_of(answer.headers["Content-Security-Policy"])
        tags = Tags(await answer.text())
        assert [script["nonce"] for script in tags.all("script")] == [nonce]
        assert not tags.all("style")
        assert not any(name.startswith("on") or name == "style" for _, attributes in tags.found for name in attributes)
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Cache-Control"] == "no-store"


async def test_each_station_has_its_desk_and_the_first_is_the_default(tmp_path: Path) -> None:
    async with front_door(every(tmp_path)) as (session, base):
        for path, station, name in (("/dj", "main", "Night Signal"), ("/dj/odd", "odd", HOSTILE)):
            async with session.get(base + path) as answer:
                page = await answer.text()
                (desk,) = Tags(page).all("sonic-dj")
                assert (desk["station"], desk["name"]) == (station, name)
                assert "alert(1)</script>" not in page


async def test_an_unknown_station_has_no_desk(tmp_path: Path) -> None:
    async with front_door(every(tmp_path)) as (session, base), session.get(f"{base}/dj/nowhere") as answer:
        assert answer.status == 404
        assert "Night Signal" in await answer.text()


async def test_without_a_build_the_pages_say_how_to_make_one(tmp_path: Path) -> None:
    async with front_door(Assets(tmp_path / "never-built")) as (session, base):
        for path in PAGES:
            async with session.get(base + path) as answer:
                assert answer.status == 503
                assert "make run" in await answer.text()


def test_the_shells_are_public_and_a_desk_needs_a_station(tmp_path: Path) -> None:
    assets = Assets(tmp_path)
    assert {route.permission for route in (*panel_routes(DOORS, assets), *sign_in_routes(assets))} == {PUBLIC}
    with pytest.raises(ValueError, match="needs a station"):
        panel_routes([], assets)
