"""The studio's page in a real browser, before the real pipeline and a real database. Nobody makes music in it."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from playwright.async_api import Locator, expect

from control.library import repository
from control.permissions import Role
from control.pipeline.agents import AgentStanding, tell_agents
from server.catalogue.catalogue import SCORES
from server.track import Source
from sonicforge.folders import sound_file
from sonicforge.takes import write_flac
from tests.control.library.shelf import track_of
from tests.dsp.sounds import music
from tests.web.fake_studio import MADE
from tests.web.tab import NAMELESS
from tests.web.test_dj import PHONE, Tab, tab

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]
PATIENCE_MS = 20_000


def booked(one: Tab) -> Locator:
    return one.page.locator("sonic-bookings li")


async def studio(one: Tab, role: Role = Role.DJ) -> None:
    await one.open(role, "/studio/main")
    await expect(one.page.locator("sonic-commission")).to_be_visible()


async def book(one: Tab, words: str) -> None:
    await one.page.get_by_label("In your words").fill(words)
    await one.button("Have it made").click()


async def follow(one: Tab, words: str, rows: int) -> UUID:
    """Books, and waits until it is the newest of so many rows."""
    await book(one, words)
    await expect(booked(one)).to_have_count(rows)
    return await one.office.studio.latest()


async def test_an_empty_studio_says_what_will_stand_where() -> None:
    async with tab() as one:
        await studio(one, Role.ADMIN)
        await expect(one.page.locator("sonic-bookings .empty")).to_contain_text("Nothing is booked")
        await expect(one.page.locator("sonic-takes .empty")).to_contain_text("made nothing for this station yet")
        await expect(one.page.locator("sonic-beliefs .empty")).to_contain_text("Nothing is known yet")
        agents = one.page.locator("sonic-agents li")
        await expect(agents).to_have_count(4)
        await expect(agents.nth(2)).to_contain_text("Not heard from: hears it")
        await expect(agents.nth(3)).to_contain_text(f"{one.office.station.airing.entry.track.title} airs")
        await expect(one.page.locator("sonic-agents dl")).to_contain_text("Nothing waits")
        await expect(one.page.get_by_role("link", name="Studio")).to_have_attribute("aria-current", "page")
        await one.clean()


async def test_the_desk_leads_there() -> None:
    async with tab() as one:
        await one.open(Role.DJ)
        await one.page.get_by_role("link", name="Studio").click()
        await expect(one.page).to_have_url(f"{one.office.base}/studio/main")
        await expect(one.page.locator("sonic-bookings")).to_be_visible()


async def test_a_wish_in_words_is_followed_from_its_turn_to_its_take() -> None:
    async with tab() as one:
        await studio(one)
        await book(one, "two minutes of dark techno at 132 bpm")
        await expect(one.page.get_by_role("status").filter(has_text="booked")).to_have_text("It is booked.")
        row = booked(one)
        await expect(row).to_contain_text("Two minutes of dark techno at 132 bpm")
        await expect(row).to_contain_text("Techno · 132 bpm · 2:00")
        await expect(row).to_contain_text("Next in turn")
        job_id = await one.office.studio.latest()
        await one.office.studio.work_on(job_id, 0.4, "the first drop")
        await expect(row).to_contain_text("The first drop", timeout=PATIENCE_MS)
        bar = one.page.get_by_role("progressbar", name="How far: Two minutes of dark techno at 132 bpm")
        assert await bar.evaluate("(bar) => bar.value") == pytest.approx(0.4)
        await one.office.studio.finish(job_id, MADE)
        await expect(row).to_contain_text("Copper Line", timeout=PATIENCE_MS)
        await expect(row).to_contain_text("124 bpm · A minor · 3:01 · CC0-1.0")
        await expect(row).to_contain_text("Made")
        await expect(bar).to_have_count(0)
        await one.clean()


async def test_a_take_is_heard_off_the_air() -> None:
    async with tab() as one:
        take = track_of("Copper Line", source=Source.STUDIO, station="main", made_at=datetime.now(UTC).timestamp())
        await repository.follow(one.office.database, [take])
        await studio(one)
        hear = one.page.locator("sonic-takes sonic-hear")
        await hear.get_by_role("button", name="Hear: Copper Line").click()
        await expect(hear.get_by_role("alert")).to_have_text("The sound of this take is no longer kept.")
        sound = sound_file(one.office.studio.sounds, take.id)
        write_flac(sound, music(3.0), {})
        await hear.get_by_role("button", name="Hear: Copper Line").click()
        await hear.get_by_role("button", name="Stop: Copper Line").click(timeout=PATIENCE_MS)
        await one.office.studio.finish(await follow(one, "warm house", 1), {**MADE, "track_id": take.id})
        booking = one.page.locator("sonic-bookings sonic-hear")
        await booking.get_by_role("button", name="Hear: Copper Line").click(timeout=PATIENCE_MS)
        await expect(booking.get_by_role("button", name="Stop: Copper Line")).to_be_visible()
        await hear.get_by_role("button", name="Hear: Copper Line").click()
        await expect(hear.get_by_role("button", name="Stop: Copper Line")).to_be_visible()
        await expect(booking.get_by_role("button", name="Hear: Copper Line")).to_be_visible()  # one at a time
        await expect(hear.get_by_role("button", name="Hear: Copper Line")).to_be_visible(timeout=PATIENCE_MS)  # it has an end
        await one.clean()


async def test_fields_count_more_than_words_and_it_can_be_queued() -> None:
    async with tab() as one:
        await studio(one)
        await one.page.get_by_label("Genre").select_option("trance")
        await one.page.get_by_label("Mood").fill("uplifting")
        await one.page.get_by_label("Beats per minute").fill("138")
        await one.page.get_by_label("Key").select_option("F# minor")
        await one.page.get_by_label("Length").fill("240")
        await one.page.get_by_label("Queue it as soon as it is made").check()
        await one.button("Have it made").click()
        await expect(booked(one)).to_contain_text("Uplifting trance")
        await expect(booked(one)).to_contain_text("Trance · 138 bpm · F# minor · 4:00 · to be queued")
        brief = json.loads(await one.office.database.fetch_value("SELECT brief::text FROM studio_bookings"))
        told = (brief["genre"], brief["mood"], brief["bpm"], brief["key"], brief["seconds"], brief["air"])
        assert told == ("trance", "uplifting", 138.0, "F# minor", 240.0, True)


async def test_what_is_wrong_stands_beside_its_field() -> None:
    async with tab() as one:
        await studio(one)
        await one.button("Have it made").click()
        await expect(one.page.locator("sonic-commission")).to_contain_text("Say what to make: in words, or by a genre or a mood.")
        await book(one, "house at 200 bpm")
        beside = one.page.locator("sonic-commission div", has=one.page.get_by_label("Beats per minute")).last.locator(".beside")
        await expect(beside).to_contain_text("105 to 135")
        assert await one.office.studio.count() == 0
        await one.page.get_by_label("Beats per minute").fill("124")
        await one.button("Have it made").click()
        await expect(booked(one)).to_contain_text("124 bpm")
        await one.clean()


async def test_a_double_click_books_once() -> None:
    async with tab() as one:
        await studio(one)
        await one.page.get_by_label("Mood").fill("warm")
        await one.button("Have it made").dblclick()
        await expect(booked(one)).to_have_count(1)
        await one.button("Have it made").click()
        await expect(one.page.get_by_role("status").filter(has_text="booked")).to_be_visible()
        assert await one.office.studio.count() == 1


async def test_one_is_called_off_and_a_failure_says_why() -> None:
    async with tab() as one:
        await studio(one)
        await book(one, "warm house")
        await one.button("Call off: Warm house").click()
        await expect(booked(one)).to_contain_text("Called off")
        await expect(one.button("Call off: Warm house")).to_have_count(0)
        await one.office.studio.fail(await follow(one, "calm lofi", 2), "JobFailed: refused 3 times: it is noise")
        await expect(booked(one).first).to_contain_text("refused 3 times: it is noise", timeout=PATIENCE_MS)
        await one.office.studio.work_on(await follow(one, "slow ambient", 3), 0.2, "pads")
        await expect(booked(one).first).to_contain_text("Pads", timeout=PATIENCE_MS)
        await one.button("Call off: Slow ambient").click()
        await expect(booked(one).first).to_contain_text("Stopping")
        await expect(one.button("Call off: Slow ambient")).to_be_disabled()
        await one.clean()


async def test_a_listener_books_what_his_plan_has_and_sees_his_own() -> None:
    async with tab() as one:
        await studio(one, Role.USER)
        await expect(one.page.locator("sonic-commission .left")).to_have_text("3 of 3 left today.")
        for number, words in enumerate(("house", "techno", "trance"), 1):
            await book(one, words)
            await expect(booked(one)).to_have_count(number)
        await expect(one.button("Have it made")).to_be_disabled()
        await expect(one.page.locator("sonic-commission .left")).to_contain_text(
            "The plan free includes 3 takes a day, of which none is left."
        )
        for absent in ("sonic-agents", "sonic-takes", "sonic-beliefs"):
            await expect(one.page.locator(absent)).to_have_count(0)
        await expect(one.page.get_by_label("Queue it as soon as it is made")).to_have_count(0)
        await expect(one.button("Measure the backends")).to_have_count(0)
        await one.clean()


async def test_without_the_socket_the_page_asks() -> None:
    async with tab() as one:
        one.office.studio.lines_cut = True
        await studio(one)
        await one.office.studio.work_on(await follow(one, "warm house", 1), 0.3, "chords")
        await expect(booked(one)).to_contain_text("Chords", timeout=PATIENCE_MS)
        assert len(one.office.studio.feed) == 0


async def test_the_backends_are_measured() -> None:
    async with tab() as one:
        await studio(one, Role.ADMIN)
        await one.button("Measure the backends").click()
        await expect(one.button("Measure the backends")).to_be_disabled()
        measured = {"backend": "procedural", "licence": "CC0-1.0", "commercial_ok": True, "weights": "", "resident_bytes": 310_000_000}
        away = {"backend": "acestep", "licence": "MIT", "commercial_ok": True, "weights": "x", "error": "no weights"}
        result = {"backends": [{**measured, "audio_seconds": 31.0, "took_seconds": 1.0, "audio_seconds_per_second": 31.0}, away]}
        await one.office.studio.finish(await one.office.studio.latest(), result)
        table = one.page.locator("sonic-bookings table")
        await expect(table.locator("tr").nth(1)).to_contain_text("31.0×", timeout=PATIENCE_MS)
        await expect(table.locator("tr").nth(1)).to_contain_text("310.0 MB")
        await expect(table.locator("tr").nth(2)).to_contain_text("no weights")
        await expect(one.button("Measure the backends")).to_be_enabled()


async def test_who_works_what_was_made_and_what_is_believed() -> None:
    async with tab() as one:
        database, now = one.office.database, datetime.now(UTC).timestamp()
        critic = AgentStanding(
            "critic", "main", "working", "hearing Copper Line", "refused Tin Roof: 12 % of it is silence", now - 300_000, 0, 2, "no memory"
        )
        figures = {"heard_total": 40.0, "approved_total": 38.0}
        await tell_agents(database, [critic, AgentStanding("producer", "main", "idle", cost_microdollars=420_000)])
        await database.execute("UPDATE agent_standings SET document = document || $1::text::jsonb", json.dumps({"figures": figures}))
        tags = {"backend": "musicgen", "licence": "CC-BY-NC-4.0", "commercial_ok": "no", "bpm": "124", "key": "A minor"}
        scored = {**tags, "score": "81.5", SCORES: "score=81.5 balance=0.92"}
        await repository.follow(database, [track_of("Copper Line", source=Source.STUDIO, station="main", provenance=scored, made_at=now)])
        for variant, gains, losses in (("driving", 30.0, 10.0), ("deep", 10.0, 30.0)):
            sql = "INSERT INTO arms (station, genre, variant, gains, losses, credited_total) VALUES ('main', 'house', $1, $2, $3, 40)"
            await database.execute(sql, variant, gains, losses)
        await studio(one, Role.ADMIN)
        told = one.page.locator("sonic-agents li").nth(2)
        for words in (
            "At work",
            "Hearing Copper Line",
            "Refused Tin Roof: 12 % of it is silence · 3 days ago",
            "40 heard",
            "2 errors. Last: no memory",
        ):
            await expect(told).to_contain_text(words)
        for words in ("3 min", "1 take", "95 %", "$0.42"):
            await expect(one.page.locator("sonic-agents dl")).to_contain_text(words)
        take = one.page.locator("sonic-takes li")
        for words in (
            "82",
            "Copper Line",
            "House · 124 bpm · A minor · 3:00 · musicgen",
            "not for stations that earn money",
            "not aired yet",
        ):
            await expect(take).to_contain_text(words)
        await take.get_by_text("What the critic heard").click()
        await expect(take.get_by_role("row", name="Balance 0.92")).to_be_visible()
        rows = one.page.locator("sonic-beliefs tr")
        await expect(rows).to_have_count(4)
        driving = rows.filter(has_text="Driving")
        await expect(driving).to_contain_text("liked 74 %")
        await expect(driving).to_contain_text("40 airings")
        span = await driving.locator(".sure").evaluate("(line) => [line.getBoundingClientRect().left, line.getBoundingClientRect().right]")
        dot = await driving.locator("circle").evaluate("(dot) => dot.getBoundingClientRect().left + dot.getBoundingClientRect().width / 2")
        assert span[0] < dot < span[1]
        await one.clean()


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_on_a_phone_nothing_is_wider_than_the_screen_and_everything_has_a_name(scheme: str) -> None:
    async with tab(**PHONE, color_scheme=scheme) as one:
        await studio(one, Role.ADMIN)
        await book(one, "a very long wish " * 12 + "of house")
        await expect(booked(one)).to_have_count(1)
        assert await one.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert await one.page.evaluate(NAMELESS) == []
        await one.clean()


async def test_there_is_no_studio_of_a_station_that_is_not() -> None:
    async with tab() as one:
        answer = await one.page.goto(one.office.base + "/studio/nowhere")
        assert answer is not None
        assert answer.status == 404
