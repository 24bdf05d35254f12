"""The DJ page and the account page in a real browser, before real stream control and a real library."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import ConsoleMessage, Locator, Page, async_playwright, expect
from playwright.async_api import TimeoutError as PlaywrightTimeout

from control.permissions import Role
from server.commands import Skip, Veto
from server.segue_plan import SegueKind, SeguePlan
from tests.control.library.test_routes import tune
from tests.programs import program
from tests.web.fake_office import CODE, PASSWORD, FakeOffice, fake_office
from tests.web.tab import FLAGS, NAMELESS, WATCH_VIOLATIONS
from web.assets import STATIC_FOLDER

pytestmark = pytest.mark.real
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def _is_complaint(message: ConsoleMessage) -> bool:
    """The browser writes down every refusal that it is answered; the page deals with them."""
    return message.type in ("error", "warning") and "Failed to load resource" not in message.text


@dataclass
class Tab:
    """One page and all that went wrong in it."""

    page: Page
    office: FakeOffice
    complaints: list[str] = field(default_factory=list)

    async def open(self, role: Role | None, path: str = "/dj/main") -> None:
        await self.page.goto(self.office.base + path)
        if role is not None:
            await self.log_in(role)
            await expect(self.page.get_by_role("button", name="Log out")).to_be_visible()

    async def log_in(self, role: Role, password: str = PASSWORD) -> None:
        await self.page.get_by_label("E-mail").fill(f"{role.value}@example.org")
        await self.page.get_by_label("Password").fill(password)
        await self.page.get_by_role("button", name="Log in").click()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name)

    @property
    def queue(self) -> Locator:
        return self.page.locator("sonic-rundown ol li b")

    @property
    def alert(self) -> Locator:
        return self.page.get_by_role("alert").filter(has_text=".")

    async def clean(self) -> None:
        assert await self.page.evaluate("window.violations") == []
        assert self.complaints == []


@asynccontextmanager
async def tab(flags: Sequence[str] = (), **context: Any) -> AsyncIterator[Tab]:
    """`flags`: further ones of the browser; `context`: of Playwright's."""
    assert (STATIC_FOLDER / "manifest.json").exists(), "The front end has not been built: `make test` builds it."
    async with fake_office() as office, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program("chromium"), args=[*FLAGS, *flags])
        try:
            page = await (await browser.new_context(**context)).new_page()
            await page.add_init_script(WATCH_VIOLATIONS)
            opened = Tab(page, office)
            page.on("console", lambda message: opened.complaints.append(message.text) if _is_complaint(message) else None)
            page.on("pageerror", lambda error: opened.complaints.append(str(error)))
            yield opened
        finally:
            await browser.close()


async def test_one_logs_in_with_a_second_factor_stays_so_and_logs_out() -> None:
    async with tab() as one:
        one.office.desk.factors.add(Role.DJ)
        await one.open(None)
        await one.log_in(Role.DJ, "wrong")
        await expect(one.alert).to_have_text("The address or the password is wrong.")
        await one.log_in(Role.DJ)
        code = one.page.get_by_label("Code of your authenticator")
        await expect(code).to_be_focused()
        await code.fill(CODE)
        await code.press("Enter")
        await expect(one.page.locator("sonic-rundown")).to_be_visible()
        assert await one.page.evaluate("JSON.stringify([localStorage, sessionStorage])") == "[{},{}]", (
            "no token lies where a script can find it"
        )
        await one.page.reload()
        await expect(one.page.locator("sonic-rundown")).to_be_visible()
        await one.button("Log out").click()
        await expect(one.page.get_by_label("E-mail")).to_be_visible()
        await one.page.reload()
        await expect(one.page.get_by_label("E-mail")).to_be_visible()
        assert one.office.desk.logins == {}
        await one.clean()


async def test_what_airs_is_shown_with_its_levels_and_how_far_it_is() -> None:
    async with tab() as one:
        await one.open(Role.DJ)
        airing = one.office.station.airing.entry.track
        await expect(one.page.locator(".stage .title")).to_have_text(airing.title)
        await expect(one.page.get_by_role("meter", name="True peak")).to_have_attribute("aria-valuetext", "−1.2 dBTP")
        progress = one.page.get_by_role("progressbar", name="Position in the song")
        assert int(await progress.get_attribute("aria-valuemax") or 0) == 600
        before = int(await progress.get_attribute("aria-valuenow") or 0)
        await expect(progress).not_to_have_attribute("aria-valuenow", str(before))
        await one.clean()


async def test_tracks_are_found_queued_ordered_and_removed() -> None:
    async with tab() as one:
        await one.open(Role.DJ)
        await expect(one.page.locator("sonic-rundown .empty")).to_contain_text("Nothing is queued")
        await one.page.get_by_label("Search the library").fill("dammer")
        await one.button("Queue: Dämmerung").click()
        await expect(one.queue).to_have_text(["Dämmerung"])
        await one.page.get_by_label("Search the library").fill("nothing like this")
        await expect(one.page.locator("sonic-shelf .empty")).to_have_text("Nothing like this is in the library.")
        await one.page.get_by_label("Search the library").fill("")
        await one.button("Queue: Ember").click()
        await one.button("Queue: Slow <b>Harbour</b>").click()
        await expect(one.queue).to_have_text(["Dämmerung", "Ember", "Slow <b>Harbour</b>"])
        await one.button("Move up: Ember").click()
        await expect(one.queue).to_have_text(["Ember", "Dämmerung", "Slow <b>Harbour</b>"])
        await expect(one.button("Move down: Ember")).to_be_enabled()  # a key, unlike a click, does not wait for the last change
        await one.button("Move down: Ember").press("Enter")
        await expect(one.queue).to_have_text(["Dämmerung", "Ember", "Slow <b>Harbour</b>"])
        rows = one.page.locator("sonic-rundown ol li")
        await expect(one.button("Move down: Ember")).to_be_enabled()
        await rows.nth(2).drag_to(rows.nth(0))
        await expect(one.queue).to_have_text(["Slow <b>Harbour</b>", "Dämmerung", "Ember"])
        await one.button("Remove: Dämmerung").click()
        await expect(one.queue).to_have_text(["Slow <b>Harbour</b>", "Ember"])
        assert [entry.track.title for entry in one.office.station.queue.entries] == ["Slow <b>Harbour</b>", "Ember"]
        await one.clean()


async def test_the_library_shows_what_was_heard_and_is_ordered_by_it() -> None:
    async with tab() as one:
        await one.open(Role.DJ)
        titles, rows = one.page.locator("sonic-shelf tbody b"), one.page.locator("sonic-shelf tbody tr")
        heard = rows.filter(has_text="Copper Rain").locator("td")
        await expect(heard.nth(1)).to_have_text("124")
        await expect(heard.nth(2)).to_have_text("8A")
        await expect(heard.nth(3)).to_have_text("62")
        await expect(rows.filter(has_text="Ember").locator("td").nth(1)).to_have_text("–")
        newest = await titles.all_text_contents()
        tempo = one.page.get_by_role("columnheader", name="BPM")
        await tempo.get_by_role("button").click()
        await expect(tempo).to_have_attribute("aria-sort", "ascending")
        await expect(titles.last).to_have_text("Paper Lanterns")
        await tempo.get_by_role("button").click()
        await expect(titles.first).to_have_text("Paper Lanterns")
        await expect(titles.nth(1)).to_have_text("Copper Rain")
        await tempo.get_by_role("button").click()
        await expect(titles).to_have_text(newest)
        await one.page.get_by_role("columnheader", name="Energy").get_by_role("button").click()
        await expect(titles.nth(0)).to_have_text("Copper Rain")
        await one.page.get_by_label("Search the library").fill("lantern")
        await expect(titles).to_have_text(["Paper Lanterns"])
        await one.clean()


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        (
            SeguePlan(SegueKind.BEATMATCHED, "128.0 and 129.0 BPM, keys 8A and 8A.", "", "", 0, 1_440_000),
            "On the beat, 30 s. 128.0 and 129.0 BPM, keys 8A and 8A.",
        ),
        (SeguePlan(SegueKind.COLD, "It ends cold, as it was meant to.", "", "", 0, 480), "End to end. It ends cold, as it was meant to."),
        (
            SeguePlan(SegueKind.TAIL, "Its last 5.2 s fade by themselves.", "", "", 0, 249_600),
            "Over the tail, 5.2 s. Its last 5.2 s fade by themselves.",
        ),
    ],
    ids=["on the beat", "cold", "tail"],
)
async def test_how_what_airs_gives_way_is_told_at_the_entry_that_comes(plan: SeguePlan, told: str) -> None:
    async with tab() as one:
        await one.open(Role.DJ)
        station = one.office.station
        planned = one.page.locator("sonic-rundown ul li")
        await expect(planned).to_have_count(1)
        await expect(one.page.locator("sonic-rundown .segue")).to_have_count(0)
        assert station.on_air is not None
        coming = station.on_air.upcoming[0]
        plan = replace(plan, leaves=station.airing.entry.id, enters=coming.id, at_frames=400 * 48_000)
        station.change(msgspec.structs.replace(station.on_air, segue=plan))
        await expect(planned.locator(".segue")).to_have_text(told)
        station.change(msgspec.structs.replace(station.on_air, segue=None))
        await expect(one.page.locator("sonic-rundown .segue")).to_have_count(0)
        await one.clean()


async def test_skip_and_veto_reach_the_station_and_a_veto_asks_first() -> None:
    async with tab() as one:
        await one.open(Role.DJ)
        await one.button("Queue: Ember").click()
        await one.button("Queue: Copper Rain").click()
        await expect(one.queue).to_have_text(["Ember", "Copper Rain"])
        await one.button("Skip").click()
        await expect(one.page.locator(".stage .title")).to_have_text("Ember")
        await one.button("Veto").click()
        await expect(one.page.get_by_role("dialog")).to_contain_text("Never air Ember again?")
        await one.page.keyboard.press("Escape")
        await expect(one.page.get_by_role("dialog")).to_be_hidden()
        assert not one.office.station.vetoes
        await one.button("Veto").click()
        await one.button("Veto it").click()
        await expect(one.page.locator(".stage .title")).to_have_text("Copper Rain")
        assert len(one.office.station.vetoes) == 1
        wishes = [command for command in one.office.station.asked if isinstance(command, Skip | Veto)]
        assert [type(wish) for wish in wishes] == [Skip, Veto]
        await expect(one.button("Stop")).to_have_count(0)
        await one.clean()


async def test_an_administrator_stops_and_starts_the_programme() -> None:
    async with tab() as one:
        await one.open(Role.ADMIN)
        await one.button("Stop").click()
        await one.page.get_by_role("dialog").get_by_role("button", name="Stop").click()
        await expect(one.page.locator(".sign")).to_contain_text("the bed airs")
        await expect(one.button("Skip")).to_be_disabled()
        await one.button("Start").click()
        await expect(one.page.locator(".sign")).to_contain_text("On air")
        await one.clean()


async def test_a_file_is_uploaded_and_queued_and_a_bad_one_is_told_why(tmp_path: Path) -> None:
    good, bad = tmp_path / "Night Bus.wav", tmp_path / "letter.mp3"
    good.write_bytes(tune(seconds=4.0))
    bad.write_bytes(b"Dear Sirs, this is no sound.")
    async with tab() as one:
        await one.open(Role.DJ)
        chosen = one.page.locator("sonic-upload input[type=file]")
        await chosen.set_input_files(bad)
        await one.button("Upload").click()
        await expect(one.page.locator("sonic-upload [role=alert]")).to_contain_text("It is no sound file")
        await chosen.set_input_files(good)
        await one.button("Upload").click()
        await expect(one.page.locator("sonic-upload [role=status]")).to_have_text(
            "Night Bus is in the library. It is queued.", timeout=20_000
        )
        await expect(one.queue).to_have_text(["Night Bus"])
        await expect(one.page.locator("sonic-shelf b").first).to_have_text("Night Bus")
        await one.clean()


async def test_a_token_that_has_grown_old_is_renewed_unseen_and_a_login_that_has_ended_leads_to_the_form() -> None:
    async with tab() as one:
        await one.open(Role.DJ)
        before = one.office.desk.refreshes
        one.office.desk.expire()
        await one.button("Queue: Ember").click()
        await expect(one.queue).to_have_text(["Ember"])
        assert one.office.desk.refreshes == before + 1
        one.office.desk.expire(one_hears_late=True)
        await one.button("Queue: Copper Rain").click()
        await expect(one.queue).to_have_text(["Ember", "Copper Rain"])
        await expect(one.alert).to_have_count(0)
        assert one.office.desk.refreshes == before + 2, "whoever is refused late finds the token that another has brought"
        one.office.desk.expire()
        one.office.desk.logins.clear()
        with suppress(PlaywrightTimeout):  # the page may find it out by itself, before the hand is there
            await one.button("Skip").click(timeout=2_000)
        await expect(one.page.get_by_label("E-mail")).to_be_visible()
        await one.clean()


async def test_an_engine_that_is_away_and_a_queue_that_has_changed_are_said_plainly() -> None:
    async with tab() as one:
        await one.open(Role.DJ)
        await one.button("Queue: Ember").click()
        await one.button("Queue: Copper Rain").click()
        await expect(one.queue).to_have_count(2)
        one.office.station.away = True
        await one.button("Skip").click()
        await expect(one.alert).to_contain_text("has not answered")
        one.office.station.away = False
        await one.button("Dismiss").click()
        await expect(one.alert).to_have_count(0)
        one.office.station.queue = one.office.station.queue.remove(one.office.station.queue.entries[0].id)
        await one.button("Move up: Copper Rain").click()
        await expect(one.alert).to_contain_text("must name each queued entry once")
        await expect(one.queue).to_have_text(["Copper Rain"])
        await one.clean()


async def test_a_viewer_is_told_what_the_account_may_not_do() -> None:
    async with tab() as one:
        await one.open(Role.VIEWER)
        await expect(one.page.locator("main")).to_contain_text("This account may not see the queue")
        for name in ("Skip", "Veto", "Stop", "Upload"):
            await expect(one.button(name)).to_have_count(0)
        await expect(one.page.locator("sonic-shelf tbody tr")).to_have_count(6)
        await expect(one.page.locator("sonic-shelf tbody button")).to_have_count(0)
        await one.clean()


async def test_it_fits_a_phone_and_everything_has_a_name() -> None:
    async with tab(**PHONE) as one:
        await one.open(Role.ADMIN)
        await one.button("Queue: Ember").tap()
        await one.button("Queue: Copper Rain").tap()
        await expect(one.queue).to_have_count(2)
        assert await one.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        small = "(all) => all.filter((one) => one.checkVisibility() && one.offsetHeight < 38).map((one) => one.outerHTML)"
        assert await one.page.locator("sonic-dj button").evaluate_all(small) == []
        assert await one.page.evaluate(NAMELESS) == []
        await one.clean()


async def test_the_link_of_the_first_start_makes_the_administrator_once() -> None:
    async with tab() as one:
        await one.open(None, "/account#setup=once")
        await expect(one.page).to_have_url(f"{one.office.base}/account")
        await one.page.get_by_label("E-mail").fill("admin@example.org")
        await one.page.get_by_label("Password").fill("a long enough password")
        await one.button("Make it").click()
        await expect(one.page.get_by_role("status").filter(has_text="Log in")).to_be_visible()
        assert one.office.desk.set_up[0]["email"] == "admin@example.org"
        await one.log_in(Role.ADMIN)
        await expect(one.page.locator("h1")).to_have_text("admin@example.org")
        await one.open(None, "/account#setup=spent")
        await one.page.get_by_label("E-mail").fill("x@example.org")
        await one.page.get_by_label("Password").fill("x")
        await one.button("Make it").click()
        await expect(one.alert).to_contain_text("used already")
        await one.clean()


async def test_logins_are_listed_and_ended() -> None:
    async with tab() as one:
        await one.open(Role.USER, "/account")
        await expect(one.page.locator("li b")).to_have_text(["This browser", "A phone"])
        await one.button("End the login on A phone").click()
        await expect(one.page.locator("li b")).to_have_text(["This browser"])
        assert one.office.desk.ended == ["phone"]
        await one.clean()
