"""The build's folder as addresses."""

import json
from pathlib import Path
from typing import TypeAlias

import pytest
from aiohttp import ClientSession
from aiohttp.web import Application, AppRunner, TCPSite
from yarl import URL

from server.route import PUBLIC, Route, add_routes
from web.assets import Assets, Entry, NotBuilt

Fetched: TypeAlias = tuple[int, dict[str, str], bytes]


def build(folder: Path) -> Path:
    """A front end as Vite leaves it."""
    (folder / "static" / "assets").mkdir(parents=True)
    static = folder / "static"
    chunks = {
        "src/player.ts": {
            "file": "assets/player-1a2b.js",
            "css": ["assets/player-3c4d.css"],
            "assets": ["assets/font-latin-5e.woff2", "assets/font-latin-ext-6f.woff2"],
            "dynamicImports": ["src/later.ts"],
        },
        "src/later.ts": {"file": "assets/later-7a8b.js"},
    }
    (static / "manifest.json").write_text(json.dumps(chunks))
    (static / "assets" / "player-1a2b.js").write_text("play()")
    (static / "assets" / "player-1a2b.js.gz").write_bytes(b"squeezed")
    (static / "favicon.svg").write_text("<svg/>")
    (static / "app.webmanifest").write_text("{}")
    (static / "notes.txt").write_text("not for the public")
    (folder / "secret.js").write_text("secret")
    return static


async def fetch(folder: Path, *paths: str) -> list[Fetched]:
    application = Application()
    add_routes(application, [Route("GET", "/static/{path:.+}", PUBLIC, Assets(folder).respond)], lambda _, endpoint: endpoint)
    runner = AppRunner(application)
    await runner.setup()
    try:
        site = TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        async with ClientSession(auto_decompress=False) as session:
            return [await _one(session, f"http://127.0.0.1:{port}{path}") for path in paths]
    finally:
        await runner.cleanup()


async def _one(session: ClientSession, address: str) -> Fetched:
    async with session.get(URL(address, encoded=True), headers={"Accept-Encoding": "gzip"}) as answer:
        return answer.status, dict(answer.headers), await answer.read()


def test_a_page_is_told_what_to_load(tmp_path: Path) -> None:
    assert Assets(build(tmp_path)).entry("src/player.ts") == Entry(
        script="/static/assets/player-1a2b.js",
        styles=("/static/assets/player-3c4d.css",),
        later=("/static/assets/later-7a8b.js",),
        fonts=("/static/assets/font-latin-5e.woff2",),
    )


def test_a_missing_build_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotBuilt):
        Assets(tmp_path / "static").entry("src/player.ts")


async def test_hashed_names_are_kept_for_ever_and_others_are_not(tmp_path: Path) -> None:
    hashed, named, manifest = await fetch(
        build(tmp_path), "/static/assets/player-1a2b.js", "/static/favicon.svg", "/static/app.webmanifest"
    )
    assert hashed[0] == named[0] == manifest[0] == 200
    assert hashed[1]["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "immutable" not in named[1]["Cache-Control"]
    assert hashed[1]["Content-Type"] == "text/javascript; charset=utf-8"
    assert named[1]["Content-Type"] == "image/svg+xml"
    assert manifest[1]["Content-Type"] == "application/manifest+json"


async def test_what_was_compressed_beforehand_is_sent_so(tmp_path: Path) -> None:
    ((status, headers, body),) = await fetch(build(tmp_path), "/static/assets/player-1a2b.js")
    assert (status, headers["Content-Encoding"], body) == (200, "gzip", b"squeezed")
    assert headers["Content-Type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../secret.js",
        "/static/%2e%2e/secret.js",
        "/static/..%2fsecret.js",
        "/static/assets/",
        "/static/notes.txt",
        "/static//etc/passwd",
    ],
)
async def test_nothing_else_is_ever_served(tmp_path: Path, path: str) -> None:
    ((status, _, body),) = await fetch(build(tmp_path), path)
    assert status == 404
    assert b"secret" not in body
