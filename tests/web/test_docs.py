"""The reader of the API's document: as a client sees its page, and in a real browser."""

import json
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.web import Application, AppRunner, Request, StreamResponse, TCPSite, json_response
from playwright.async_api import async_playwright, expect

from server.route import PUBLIC, Route, add_routes
from tests.programs import program
from tests.web.tab import WATCH_VIOLATIONS
from tests.web.test_assets import build
from tests.web.test_pages import Tags, nonce_of
from web.assets import STATIC_FOLDER, Assets
from web.docs import docs_routes
from web.pages import hang_templates

HOSTILE = "<img src=x onerror=alert(1)>"
PROBLEM = {"$ref": "#/components/responses/not-found"}
DOCUMENT = {
    "info": {"title": "Night Signal", "version": "1"},
    "tags": [{"name": "votes"}, {"name": "odd"}],
    "paths": {
        "/api/v1/vote": {
            "post": {
                "operationId": "votes_cast",
                "tags": ["votes"],
                "summary": "Cast a vote",
                "description": HOSTILE,
                "parameters": [],
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Vote"}, "example": {"stars": 5}}}
                },
                "responses": {"204": {"description": "Done"}, "404": PROBLEM},
                "x-permission": "own:votes:write",
            }
        },
        "/odd/{id}": {
            "get": {
                "operationId": "odd_one",
                "tags": ["odd"],
                "summary": "Something else",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}],
                "responses": {"200": {"description": "It"}},
                "x-permission": "public",
            }
        },
    },
    "components": {
        "schemas": {
            "Vote": {
                "properties": {
                    "stars": {"type": "integer", "minimum": 1, "maximum": 5},
                    "why": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                },
                "required": ["stars"],
                "type": "object",
            }
        },
        "responses": {"not-found": {"description": "There is no such thing"}},
    },
    "x-problems": [{"code": "not-found", "title": "There is no such thing", "status": 404}],
}


class Reading:
    """The page and its document, served."""

    def __init__(self, static: Path) -> None:
        async def openapi(_: Request) -> StreamResponse:
            return json_response(DOCUMENT)

        application = Application()
        hang_templates(application)
        assets = Assets(static)
        routes = [
            *docs_routes(assets),
            Route("GET", "/openapi.json", PUBLIC, openapi),
            Route("GET", "/static/{path:.+}", PUBLIC, assets.respond),
        ]
        add_routes(application, routes, lambda _, endpoint: endpoint)
        self._runner = AppRunner(application)

    async def __aenter__(self) -> str:
        await self._runner.setup()
        await TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()


def built(folder: Path) -> Path:
    """A front end whose reader shares a chunk with the player."""
    static = build(folder)
    chunks = json.loads((static / "manifest.json").read_text())
    chunks["src/docs.ts"] = {"file": "assets/docs-9c.js", "imports": ["_shared.js"]}
    chunks["_shared.js"] = {"file": "assets/shared-0d.js", "css": ["assets/shared-1e.css"]}
    (static / "manifest.json").write_text(json.dumps(chunks))
    return static


async def test_the_page_names_its_script_by_nonce_and_the_style_it_shares(tmp_path: Path) -> None:
    async with Reading(built(tmp_path)) as base, ClientSession() as session, session.get(f"{base}/docs") as answer:
        assert answer.status == 200
        tags = Tags(await answer.text())
        nonce = nonce_of(answer.headers["Content-Security-Policy"])
        assert [(script["src"], script["nonce"]) for script in tags.all("script")] == [("/static/assets/docs-9c.js", nonce)]
        assert "/static/assets/shared-1e.css" in [link["href"] for link in tags.all("link") if link["rel"] == "stylesheet"]
        assert answer.headers["X-Frame-Options"] == "DENY"


async def test_without_a_build_the_page_says_how_to_make_one(tmp_path: Path) -> None:
    async with Reading(tmp_path) as base, ClientSession() as session, session.get(f"{base}/docs") as answer:
        assert answer.status == 503
        assert "make run" in await answer.text()


@pytest.mark.real
async def test_a_browser_reads_finds_and_opens_under_the_strict_policy() -> None:
    complaints: list[str] = []
    async with Reading(STATIC_FOLDER) as base, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program("chromium"), args=["--no-sandbox", "--disable-gpu"])
        try:
            page = await browser.new_page()
            page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            await page.add_init_script(WATCH_VIOLATIONS)
            await page.goto(f"{base}/docs#votes_cast")
            vote, odd = page.locator("#votes_cast"), page.locator("#odd_one")
            await expect(page.get_by_role("heading", name="Night Signal")).to_be_visible()
            await expect(vote).to_contain_text("whole number, 1 to 5")
            await expect(vote).to_contain_text("own:votes:write")
            await expect(vote).to_contain_text(HOSTILE)
            await expect(vote).to_contain_text("There is no such thing")
            await expect(odd).not_to_contain_text("Open to everybody")
            await odd.locator("summary").click()
            await expect(odd).to_contain_text("Open to everybody")
            await expect(odd).to_contain_text("whole number, at least 1")
            await page.get_by_role("searchbox").fill("cast vote")
            await expect(odd).to_have_count(0)
            await expect(vote).to_be_visible()
            await expect(page.locator("#problem-not-found")).to_contain_text("not-found")
            assert await page.evaluate("violations") == []
            assert complaints == []
        finally:
            await browser.close()
