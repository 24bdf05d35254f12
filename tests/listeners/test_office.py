"""A new operator's first quarter of an hour: the link of the first start, an account, the DJ's desk, and what listeners hear of it."""

import re
from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from tests.control.library.test_routes import tune
from tests.listeners.station import RunningStation
from tests.listeners.test_browser import FLAGS
from tests.programs import program

pytestmark = [pytest.mark.real, pytest.mark.timeout(240)]
EMAIL, PASSWORD = "operator@example.org", "seventeen copper kettles hum"


async def test_the_first_link_leads_to_the_desk_and_the_desk_steers_the_air(library_station: RunningStation, tmp_path: Path) -> None:
    station = library_station
    station.until(lambda: "#setup=" in station.log.read_text(), 60, "the link for the first account")
    [link] = re.findall(r"http\S+#setup=\S+", station.log.read_text())
    sound = tmp_path / "Night Bus.wav"
    sound.write_bytes(tune(seconds=12.0))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program("chromium"), args=list(FLAGS))
        page = await browser.new_page()
        page.set_default_timeout(30_000)
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        try:
            await page.goto(link)
            await page.get_by_label("E-mail").fill(EMAIL)
            await page.get_by_label("Password").fill(PASSWORD)
            await page.get_by_role("button", name="Make it").click()
            await expect(page.get_by_role("status").filter(has_text="Log in")).to_be_visible(timeout=30_000)

            await page.goto(f"{station.base}/dj/main")
            await page.get_by_label("E-mail").fill(EMAIL)
            await page.get_by_label("Password").fill(PASSWORD)
            await page.get_by_role("button", name="Log in").click()
            await expect(page.get_by_role("button", name="Log out")).to_be_visible(timeout=30_000)

            await page.locator("sonic-upload input[type=file]").set_input_files(sound)
            await page.get_by_role("button", name="Upload").click()
            said = page.locator("sonic-upload [role=status]")
            await expect(said).to_have_text("Night Bus is in the library. It is queued.", timeout=60_000)
            await page.get_by_role("button", name="Skip").click()
            await expect(page.locator(".stage .title")).to_have_text("Night Bus", timeout=60_000)
            station.until(lambda: "Night Bus" in station.titles_in_band(), 30, "listeners are told the title")
            assert wrong == []
        finally:
            await browser.close()
    assert "an endpoint failed" not in station.log.read_text()
