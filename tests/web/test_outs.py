"""The page of the ways out in a real browser, before cardboard targets, listeners and recordings."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from control.permissions import Role
from tests.web.fake_outs import CUE, QUIET, RECORDING
from tests.web.tab import NAMELESS
from tests.web.test_dj import PHONE, Tab, tab

pytestmark = pytest.mark.real
KEY = "abcd-secret-ijkl"


def _target(name: str, state: str, **more: Any) -> dict[str, Any]:
    told = {"platform": "youtube", "address": "rtmps://a.rtmps.youtube.com:443/live2", "enabled": state != "off", "has_key": True}
    return {"id": name.lower(), "name": name, "state": state, "created_at": "2026-01-01T12:00:00Z", **told, **QUIET, **more}


def _recording(name: str, kind: str, began_at: str, seconds: float, size: int, dj: str | None, *, cue: bool) -> dict[str, Any]:
    base = f"/api/v1/stations/main/aircheck/{name}"
    told = {"name": name, "kind": kind, "began_at": began_at, "seconds": seconds, "bytes": size, "dj": dj}
    return {**told, "cue_url": f"{base}.cue" if cue else None, "url": base}


def _moment(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def _row(one: Tab, name: str) -> Locator:
    return one.page.locator("sonic-targets li", has=one.page.get_by_text(name, exact=True))


async def _open(one: Tab, role: Role = Role.ADMIN, path: str = "/outs/main") -> None:
    await one.open(role, path)


async def test_nothing_is_published_and_one_is_told_where_the_stream_keys_are() -> None:
    async with tab() as one:
        await _open(one)
        empty = one.page.locator("sonic-targets .empty")
        for word in ("YouTube Studio", "Creator Dashboard", "stream key", "Kick"):
            await expect(empty).to_contain_text(word)
        await expect(one.page.locator("sonic-audience")).to_contain_text("Nobody listens")
        await expect(one.page.locator("sonic-airchecks")).to_contain_text("Nothing is recorded yet")
        await one.clean()


async def test_a_target_is_added_and_its_key_is_shown_nowhere() -> None:
    async with tab() as one:
        await _open(one)
        await one.button("Add a platform").click()
        await expect(one.page.get_by_label("Platform")).to_be_focused()
        await one.page.get_by_label("Platform").select_option("twitch")
        await one.page.get_by_label("Name").fill("Our Twitch")
        key = one.page.get_by_label("Stream key")
        assert await key.get_attribute("type") == "password"
        await key.fill(KEY)
        await one.button("Add it").click()
        await expect(one.page.get_by_role("status").filter(has_text="added")).to_have_text("Our Twitch is added.")
        await expect(_row(one, "Our Twitch")).to_contain_text("Twitch: Connecting")
        [target] = one.office.outs.targets
        assert (target["platform"], target["address"], target["enabled"]) == ("twitch", "", True)
        assert one.office.outs.keys == {target["id"]: KEY}
        await one.button("Change: Our Twitch").click()
        await expect(one.page.get_by_label("Stream key")).to_have_value("")
        await expect(one.page.get_by_label("Stream key")).to_have_attribute("placeholder", "A key is set. Type another one to replace it.")
        assert KEY not in await one.page.content()
        await one.clean()


async def test_what_is_wrong_stands_beside_its_field() -> None:
    async with tab() as one:
        await _open(one)
        await one.button("Add a platform").click()
        await one.page.get_by_label("Platform").select_option("custom")
        await one.page.get_by_label(re.compile("[Aa]ddress")).fill("https://example.org/live")
        await one.page.get_by_label("Stream key").fill(KEY)
        await one.button("Add it").click()
        wrong = one.page.locator("sonic-target-form #wrong-address")
        await expect(wrong).to_have_text("The address does not begin with rtmp:// or rtmps://.")
        await expect(one.page.locator("sonic-target-form .said")).to_have_count(0)
        await one.page.get_by_label(re.compile("[Aa]ddress")).fill("rtmps://example.org/live")
        await one.button("Add it").click()
        await expect(_row(one, "Another server")).to_be_visible()
        await one.clean()


async def test_a_target_is_changed_turned_off_and_removed_and_removing_asks_first() -> None:
    async with tab() as one:
        one.office.outs.targets.append(_target("Channel", "live", since=_moment(-7500), sent_bytes=2_400_000_000, reconnects=1))
        await _open(one)
        await expect(_row(one, "Channel")).to_contain_text("YouTube: Live for 2 h 5 min")
        await expect(_row(one, "Channel")).to_contain_text("2.4 GB sent · 1 reconnection")
        await one.button("Change: Channel").click()
        await one.page.get_by_label("Name").fill("Main channel")
        await one.button("Save").click()
        await expect(_row(one, "Main channel")).to_be_visible()
        assert one.office.outs.keys == {}
        await one.button("Change: Main channel").click()
        await one.page.get_by_label(re.compile("[Aa]ddress")).fill("rtmps://elsewhere.example/live")
        await one.button("Save").click()
        await expect(one.page.locator("#wrong-key")).to_contain_text("Give the stream key again")
        await one.button("Cancel").click()
        await one.button("Turn off: Main channel").click()
        await expect(_row(one, "Main channel")).to_contain_text("Turned off")
        await one.button("Turn on: Main channel").click()
        await expect(_row(one, "Main channel")).to_contain_text("Connecting")
        await one.button("Remove: Main channel").click()
        await expect(one.page.get_by_role("dialog")).to_contain_text("its stream key is forgotten")
        await one.page.keyboard.press("Escape")
        assert len(one.office.outs.targets) == 1
        await one.button("Remove: Main channel").click()
        await one.button("Remove it").click()
        await expect(one.page.locator("sonic-targets .empty")).to_be_visible()
        assert one.office.outs.targets == []
        await one.clean()


async def test_how_each_target_stands_is_said_and_followed() -> None:
    async with tab() as one:
        refused = "The platform does not take this stream key."
        one.office.outs.targets += [
            _target("One", "waiting", reason="no connection: the line was cut", since=_moment(-5), next_try_at=_moment(25), dropped_gops=3),
            _target("Two", "refused", platform="kick", reason=refused, since=_moment(-60)),
            _target("Three", "off"),
        ]
        await _open(one)
        await expect(_row(one, "One")).to_contain_text("Waiting to try again for")
        await expect(_row(one, "One")).to_contain_text("No connection: the line was cut.")
        await expect(_row(one, "One")).to_contain_text("Next try in 2")
        await expect(_row(one, "One")).to_contain_text("3 pieces of 2 s left out")
        await expect(_row(one, "Two")).to_contain_text(f"Kick: Refused for 1 min {refused}", use_inner_text=False)
        await expect(_row(one, "Three")).to_contain_text("Turned off")
        one.office.outs.targets[0] = _target("One", "live", since=_moment(-1))
        await expect(_row(one, "One")).to_contain_text("Live for", timeout=10_000)
        one.office.outs.away = True
        await expect(one.page.locator("sonic-targets .wrong").first).to_contain_text("what was last heard", timeout=10_000)
        await expect(_row(one, "One")).to_be_visible()
        await one.clean()


async def test_listeners_are_counted_by_output_and_country() -> None:
    async with tab() as one:
        coming = {"mount": "live.m3u8", "country": "NZ", "since": _moment(-200), "seconds": 200.0}
        counts = {"by_output": {"icy": 3, "hls": 8, "webrtc": 1}, "by_country": {"NZ": 10, "ZZ": 2}}
        one.office.outs.listeners = {"total": 12, "unique": 11, **counts, "sessions": [{"output": "hls", **coming}] * 12}
        await _open(one)
        audience = one.page.locator("sonic-audience")
        await expect(audience.locator(".total")).to_have_text("12 listeners, 11 of them different")
        by_output, by_country = audience.locator("table").first, audience.locator("table").last
        await expect(by_output.locator("th")).to_have_text(["HLS", "Streams", "WebRTC"])
        await expect(by_output.locator("td:last-child")).to_have_text(["8", "3", "1"])
        widths = await by_output.locator("rect").evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().width)")
        assert widths[1] / widths[0] == pytest.approx(3 / 8, abs=0.01)
        await expect(by_country.locator("th")).to_have_text(["New Zealand", "Not known"])
        await expect(audience).to_contain_text("live.m3u8 · New Zealand")
        await expect(audience).to_contain_text("And 4 more.")
        await one.clean()


async def test_recordings_are_taken_home(tmp_path: Path) -> None:
    async with tab() as one:
        one.office.outs.recordings = [
            _recording("show-1", "show", "2026-11-21T09:00:00Z", 3725.0, 59_000_000, "Åsa", cue=True),
            _recording("09", "programme", "2026-11-21T08:00:00Z", 3600.0, 57_600_000, None, cue=False),
        ]
        await _open(one, Role.DJ)
        airchecks = one.page.locator("sonic-airchecks")
        await expect(airchecks.locator("b")).to_have_text(["Live show of Åsa", "Programme"])
        await expect(airchecks).to_contain_text("1 h 2 min · 59.0 MB")
        for button, name, held in (("Download", "show-1.opus", RECORDING), ("Cue sheet", "show-1.cue", CUE)):
            async with one.page.expect_download() as downloading:
                await one.button(f"{button}: Live show of Åsa").click()
            download = await downloading.value
            assert download.suggested_filename == name
            await download.save_as(tmp_path / name)
            assert (tmp_path / name).read_bytes() == held
        await expect(one.page.locator("main")).to_contain_text("This account may not see where the station is published.")
        await expect(one.page.locator("main")).to_contain_text("This account may not see who listens.")
        await one.clean()


async def test_whoever_may_only_look_is_offered_nothing_to_change_and_others_see_nothing() -> None:
    async with tab() as one:
        await _open(one, Role.USER)
        await expect(one.page.locator("main .said")).to_have_count(3)
        await expect(one.page.locator("main button")).to_have_count(0)
        await expect(one.page.get_by_role("navigation", name="Pages").get_by_role("link")).to_contain_text(["Desk", "user@example.org"])
        await one.clean()


async def test_one_goes_between_the_pages_and_stays_logged_in() -> None:
    async with tab() as one:
        await _open(one, path="/account")
        await one.page.get_by_role("link", name="Outs").click()
        await expect(one.page).to_have_url(f"{one.office.base}/outs")
        await expect(one.page.locator("sonic-targets")).to_be_visible()
        await expect(one.page.get_by_role("link", name="Outs")).to_have_attribute("aria-current", "page")
        await one.button("Log out").click()
        await expect(one.page.get_by_label("E-mail")).to_be_visible()
        await one.clean()


async def test_it_fits_a_phone_and_everything_has_a_name() -> None:
    async with tab(**PHONE) as one:
        one.office.outs.targets.append(
            _target("A channel with a rather long name of its own", "waiting", reason="x" * 200, since=_moment(-5))
        )
        await _open(one)
        await expect(one.page.locator("sonic-targets li")).to_have_count(1)
        assert await one.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await one.page.evaluate(NAMELESS) == []
        await one.button("Add a platform").tap()
        await expect(one.page.get_by_label("Platform")).to_be_visible()
        assert await one.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await one.page.evaluate(NAMELESS) == []
        await one.clean()


async def test_a_station_that_is_none_is_not_found() -> None:
    async with tab() as one:
        answer = await one.page.goto(f"{one.office.base}/outs/nowhere")
        assert answer is not None
        assert answer.status == 404
