"""Going live from the DJ page: a real browser's microphone, a real call, the real way in; only the engine is cardboard."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from control.permissions import Role
from server.live.session import Mode
from tests.server.until import until
from tests.web.tab import NAMELESS
from tests.web.test_dj import PHONE, Tab, tab

pytestmark = pytest.mark.real
BEEPS = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
"""A microphone that beeps every second, and a person who allows it."""
ON_AIR = re.compile(r"^On air")


def standing(one: Tab) -> Locator:
    return one.page.locator("sonic-live .standing [role=status]")


def problem(one: Tab) -> Locator:
    return one.page.locator("sonic-live [role=alert]")


def seats(one: Tab) -> Locator:
    return one.page.locator("sonic-seats li")


@asynccontextmanager
async def desk(role: Role = Role.DJ, flags: tuple[str, ...] = BEEPS, **context: Any) -> AsyncIterator[Tab]:
    """The page of somebody who has logged in."""
    async with tab(flags, **context) as one:
        await one.open(role)
        yield one


async def test_a_dj_tests_goes_live_and_leaves() -> None:
    async with desk() as one:
        await expect(standing(one)).to_have_text("You are not live.")
        await expect(one.page.locator("sonic-seats")).to_contain_text("Nobody else is live")
        await one.button("Test the microphone").click()
        level = one.page.get_by_role("meter", name="Microphone level")
        await expect(level).to_have_attribute("aria-valuetext", re.compile("dB|loud"))
        assert len(one.office.hall.calls) == 0, "a test is heard by nobody"
        await one.page.get_by_label("Title").fill("Night Bus")
        await one.page.get_by_label("Artist").fill("Nora")
        await one.button("Go live").click()
        await expect(standing(one)).to_have_text(ON_AIR)
        await expect(one.page.locator("sonic-live time")).to_have_text(re.compile(r"0:0[1-9]"))
        await expect(seats(one)).to_contain_text(["DJ dj (you)browser · takes over · Nora – Night Bus"])
        (guest,) = one.office.hall.guests.values()
        assert (guest.session.title, guest.session.artist, guest.session.mode) == ("Night Bus", "Nora", Mode.TAKEOVER)
        await one.button("Leave").click()
        await expect(standing(one)).to_have_text("You are not live.")
        await until(lambda: not one.office.hall.guests)
        assert len(one.office.hall.calls) == 0
        await one.button("Close the microphone").click()
        await expect(level).to_have_count(0)
        await one.clean()


async def test_while_live_the_title_the_mode_and_the_cough_button_reach_the_station() -> None:
    async with desk() as one:
        await one.button("Go live").click()
        await expect(standing(one)).to_have_text(ON_AIR)
        (guest,) = one.office.hall.guests.values()
        await one.page.get_by_text("Talk over the music", exact=True).click()
        await expect(standing(one)).to_have_text("On air, over the music")
        await one.page.get_by_label("Title").fill("The News")
        await one.page.get_by_label("Title").press("Enter")
        await expect(seats(one)).to_contain_text(["The News"])
        assert (guest.session.mode, guest.session.title) == (Mode.TALK_OVER, "The News")
        await one.button("Mute").click()
        await expect(one.button("Muted")).to_have_attribute("aria-pressed", "true")
        await expect(standing(one)).to_have_text("You are silent: the music is back until you speak.")
        await one.button("Muted").click()
        await expect(standing(one)).to_have_text("On air, over the music")
        await one.clean()


async def test_who_has_priority_is_on_and_the_next_one_waits_for_his_turn() -> None:
    async with desk() as one:
        vera = one.office.hall.come_in("Vera")
        await expect(seats(one)).to_contain_text(["Verasource · takes over · Vera – Morning"])
        await one.button("Go live").click()
        await expect(standing(one)).to_have_text("Waiting for your turn: Vera is on.")
        await expect(one.button("End the turn of Vera")).to_have_count(0)
        vera.close()
        await expect(standing(one)).to_have_text(ON_AIR)
        await one.clean()


async def test_a_full_station_is_called_again_until_there_is_a_place() -> None:
    async with desk() as one:
        others = [one.office.hall.come_in(name) for name in ("Ada", "Bo", "Cy")]
        await one.button("Go live").click()
        await expect(standing(one)).to_contain_text("The station is called again")
        await expect(problem(one)).to_contain_text("Try again when somebody has left")
        for other in others:
            other.close()
        await expect(standing(one)).to_have_text(ON_AIR, timeout=20_000)
        await expect(problem(one)).to_have_text("")


async def test_a_lost_line_comes_back_by_itself() -> None:
    async with desk() as one:
        await one.button("Go live").click()
        await expect(standing(one)).to_have_text(ON_AIR)
        (before,) = one.office.hall.guests
        await one.office.hall.calls.close()
        await until(lambda: before not in one.office.hall.guests)
        await until(lambda: len(one.office.hall.guests) == 1)
        assert before not in one.office.hall.guests
        await expect(seats(one)).to_contain_text(["(you)"])
        await expect(standing(one)).to_have_text(ON_AIR)


async def test_whoever_is_sent_away_is_told_and_does_not_call_again() -> None:
    async with desk() as one:
        await one.button("Go live").click()
        await expect(standing(one)).to_have_text(ON_AIR)
        one.office.hall.entrance.lines[0].close()
        await expect(problem(one)).to_have_text("The station has ended your turn.")
        await expect(standing(one)).to_have_text("You are not live.")
        await expect(one.button("Go live")).to_be_enabled()
        assert len(one.office.hall.calls) == 0


async def test_an_administrator_ends_the_turn_of_another() -> None:
    async with desk(Role.ADMIN) as one:
        one.office.hall.come_in("Vera")
        await one.button("End the turn of Vera").click()
        await expect(seats(one)).to_have_count(0)
        assert not one.office.hall.guests
        await one.clean()


async def test_a_microphone_that_is_denied_is_explained() -> None:
    async with desk(flags=("--use-fake-device-for-media-stream", "--deny-permission-prompts")) as one:
        await one.button("Go live").click()
        await expect(problem(one)).to_contain_text("Allow it beside the address")
        await expect(one.button("Go live")).to_be_enabled()
        assert len(one.office.hall.calls) == 0


async def test_a_page_that_came_unencrypted_says_why_it_has_no_microphone() -> None:
    async with tab((*BEEPS, "--host-resolver-rules=MAP radio.example 127.0.0.1")) as one:
        await one.page.goto(one.office.base.replace("127.0.0.1", "radio.example") + "/dj/main")
        await one.log_in(Role.DJ)
        await expect(one.page.locator("sonic-live")).to_contain_text("Open this page by https")
        await expect(one.button("Go live")).to_have_count(0)


async def test_who_may_not_go_live_is_not_asked_to() -> None:
    async with desk(Role.USER) as one:
        await expect(one.page.locator("sonic-rundown")).to_be_visible()
        await expect(one.page.locator("sonic-live")).to_have_count(0)


async def test_it_fits_a_phone_and_everything_has_a_name() -> None:
    async with desk(**PHONE) as one:
        one.office.hall.come_in("A DJ with a rather long name who plays rather long records")
        await one.button("Test the microphone").tap()
        await expect(one.page.locator("sonic-microphone")).to_be_visible()
        assert await one.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await one.page.evaluate(NAMELESS) == []
        small = "(all) => all.filter((one) => one.checkVisibility() && one.offsetHeight < 38).map((one) => one.outerHTML)"
        assert await one.page.locator("sonic-live button").evaluate_all(small) == []
        await one.clean()
