"""The mastering of a real station: set from the desk, compared with what it was before, through plug-ins that die, across a restart."""

import asyncio
import json
import os
import re
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType
from playwright.async_api import Page, async_playwright, expect

from control.permissions import Role
from dsp.block import SAMPLE_RATE, Samples
from dsp.loudness import measure_loudness
from server.encoding.preview import HEADROOM_DB
from server.icy.unmastered import UNMASTERED
from sonicforge.takes import write_flac
from tests.dsp.sounds import music
from tests.listeners.heard import assert_heard, listen
from tests.listeners.people import people_of
from tests.listeners.station import RunningStation, running_station
from tests.listeners.test_browser import FLAGS
from tests.programs import program
from tests.server.decoding import decoded
from tests.sound_files import make_sound_files

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]
EMAIL, PASSWORD = "engineer@example.org", "seventeen copper kettles hum"
PLUGINS = [{"name": "HighShelfFilter", "parameters": {"gain_db": 3.0, "cutoff_frequency_hz": 6000.0}}]
LISTENED_SECONDS = 20.0
STROKES = "Strokes"
"""A track with drums: a tone is alike again after each of its periods, so it does not tell where it is."""

IN_STEP = """() => {
    const within = (root) => [...root.querySelectorAll("*")].flatMap((one) => one.shadowRoot ? [one, ...within(one.shadowRoot)] : [one]);
    const apart = within(document).find((one) => one.matches(".compare"))?.dataset.apart;
    return apart && Math.abs(Number(apart)) < 0.02;
}"""


@pytest.fixture(scope="module")
def mastered_station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStation]:
    """Plays files through a plug-in; has a preset of its own."""
    folder = tmp_path_factory.mktemp("mastered")
    (folder / "media").mkdir()
    make_sound_files(folder / "media")
    write_flac(folder / "media" / "strokes.flac", music(60.0), {"title": STROKES, "artist": "Band"})
    (folder / "presets").mkdir()
    (folder / "presets" / "night.toml").write_text('base = "transparent"\nwhy = "For the small hours."\n[servo]\ntarget_lufs = -20.0\n')
    rests = {"STATIONS__MAIN__TITLE_SEPARATION_MINUTES": "0", "STATIONS__MAIN__ARTIST_SEPARATION_MINUTES": "0"}
    with running_station(folder, STUDIO__ENABLED="false", STATIONS__MAIN__MASTERING__PLUGINS=json.dumps(PLUGINS), **rests) as station:
        station.until(lambda: station.airs("library"), 60, "a file of the media folder on air")
        station.until(lambda: "#setup=" in station.log.read_text(), 60, "the link for the first account")
        yield station


def mastering(station: RunningStation) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(station.ctl("mastering", "--json").stdout)
    return told


def plug_in_processes(station: RunningStation) -> list[int]:
    """Of this station: children of its engine."""
    engines = set(station.processes("engine"))
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                if parent in engines and b"rack_child" in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def skipped_frames(station: RunningStation) -> int:
    return int(json.loads(station.ctl("status", "--json").stdout)["standing"]["skipped_frames_total"])


@asynccontextmanager
async def desk(station: RunningStation) -> AsyncIterator[Page]:
    """The DJ desk of somebody who may do everything."""
    async with async_playwright() as playwright:
        flags = [*FLAGS, "--autoplay-policy=document-user-activation-required"]
        browser = await playwright.chromium.launch(executable_path=program("chromium"), args=flags)
        page = await browser.new_page()
        page.set_default_timeout(30_000)
        try:
            link = re.findall(r"http\S+#setup=\S+", station.log.read_text())[-1]
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
            yield page
        finally:
            await browser.close()


async def test_the_desk_sets_the_sound_and_compares_it_with_what_it_was(mastered_station: RunningStation) -> None:
    station = mastered_station
    async with desk(station) as page:
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        sound = page.get_by_role("region", name="Sound", exact=True)
        await sound.get_by_label("Preset").select_option("night")
        await expect(sound).to_contain_text("For the small hours.")
        await expect(sound.get_by_label("Preset").locator("option:checked")).to_have_text("Night")
        assert (mastering(station)["preset"], mastering(station)["settings"]["servo"]["target_lufs"]) == ("night", -20.0)

        await sound.get_by_text("Settings").click()
        await sound.get_by_role("slider", name="Loudness").fill("-16")
        await expect(sound.get_by_label("Preset").locator("option:checked")).to_have_text("Night (changed)")
        station.until(lambda: mastering(station)["settings"]["servo"]["target_lufs"] == -16.0, 10, "the slider is heard of")
        await expect(sound.get_by_role("meter", name="Limiter, gain reduction")).to_have_attribute("aria-valuetext", re.compile(r"\d dB"))

        await sound.get_by_role("button", name="Compare").click()
        compare = sound.locator(".compare")
        await expect(compare).to_have_attribute("data-standing", "on", timeout=30_000)
        for side in ("B Unmastered", "A Mastered"):
            await sound.get_by_text(side).click()
            await in_step(page)
        await sound.get_by_role("button", name="Stop comparing").click()
        await expect(compare).to_have_attribute("data-standing", "off")
        assert wrong == []
    assert "an endpoint failed" not in station.log.read_text()


async def in_step(page: Page) -> None:
    """Returns when both sides play the same moment to within 20 ms; a browser on a busy machine needs a while."""
    await page.wait_for_function(IN_STEP)


async def test_a_change_by_the_api_is_seen_in_the_meters_and_written_down(mastered_station: RunningStation) -> None:
    station = mastered_station
    wish = {"preset": "loud", "settings": {"servo": {"target_lufs": -15.0}, "compressor": {"low": {"threshold_db": -40.0}}}}
    async with people_of(station) as people, ClientSession(station.base) as session:
        dj, admin = [{"Authorization": f"Bearer {await people.token(role)}"} for role in (Role.DJ, Role.ADMIN)]
        async with session.patch("/api/v1/stream/mastering", json=wish, headers=dj) as answer:
            assert answer.status == 403
        async with session.ws_connect("/ws/live/main") as socket:
            assert (await levels(socket, lambda told: told["preset"] != ""))["preset"] != "loud"
            async with session.patch("/api/v1/stream/mastering", json=wish, headers=admin) as answer:
                assert answer.status == 200, await answer.text()
            told = await levels(socket, lambda told: told["preset"] == "loud" and told["band_reductions_db"][0] > 3.0)
            assert len(told["band_reductions_db"]) == 4
            assert -30.0 < told["momentary_lufs"] < -8.0
            assert told["true_peak_dbtp"] <= -1.0
        async with session.get("/api/v1/admin/audit-logs", params={"event": "station.master"}, headers=admin) as answer:
            entry = (await answer.json())["items"][0]
            assert (entry["subject"], entry["detail"]["changes"]) == ("main", wish["settings"])


async def levels(socket: ClientWebSocketResponse, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The first reading of the meters that is as wanted."""
    async with asyncio.timeout(20):
        while True:
            message = await socket.receive()
            told = json.loads(message.data) if message.type is WSMsgType.TEXT else {}
            if told.get("event") == "levels" and wanted(told):
                return dict(told)


async def test_the_unmastered_sound_is_the_same_moment_as_loud_and_for_those_who_may(mastered_station: RunningStation) -> None:
    station = mastered_station
    air(station, STROKES)
    async with people_of(station) as people, ClientSession(station.base) as session:
        async with session.get("/listen/main/unmastered.mp3", headers={"Authorization": f"Bearer {await people.token(Role.DJ)}"}) as answer:
            assert answer.status == 403
        async with session.get("/listen/main/unmastered.mp3") as answer:
            assert answer.status == 401
        bearer = {"Authorization": f"Bearer {await people.token(Role.ADMIN)}"}
        async with session.get("/api/v1/stream/status") as answer:
            begin = int((await answer.json())["position"]) + SAMPLE_RATE
        mastered, unmastered = await asyncio.gather(
            heard(session, f"/listen/main/radio.mp3?from={begin}", {}), heard(session, f"/listen/main/unmastered.mp3?from={begin}", bearer)
        )
    frames = min(mastered.shape[1], unmastered.shape[1])
    a, b = mastered[:, SAMPLE_RATE:frames], unmastered[:, SAMPLE_RATE:frames]
    assert measure_loudness(b).integrated_lufs == pytest.approx(measure_loudness(a).integrated_lufs + HEADROOM_DB, abs=1.0)
    edges_a, edges_b = np.diff(a[0], 2), np.diff(b[0], 2)  # the crossover turns the phase of what is low
    lags = {lag: float(np.dot(edges_a[500:-500], edges_b[500 + lag : len(edges_b) - 500 + lag])) for lag in range(-400, 401)}
    assert abs(max(lags, key=lambda lag: lags[lag])) <= 24, "half a millisecond apart"


def air(station: RunningStation, title: str) -> None:
    """Returns when that track of the library is on air."""

    def found() -> list[str]:
        return [track["id"] for track in json.loads(station.ctl("tracks", "--json").stdout)["tracks"] if track["title"] == title]

    station.until(lambda: bool(found()), 60, f"{title} taken in")
    assert "Done" in station.ctl("queue", "add", found()[0], "0").stdout
    station.ctl("skip")
    station.until(lambda: station.title_on_air() == title, 20, f"{title} on air")


async def heard(session: ClientSession, path: str, headers: dict[str, str]) -> Samples:
    """Six seconds of a mount, decoded."""
    async with session.get(path, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        sound = await answer.content.readexactly(6 * 24_000)
    length = 576  # bytes of a frame: 192 kbit/s at 48 kHz, without a reservoir
    return decoded(UNMASTERED, [sound[at : at + length] for at in range(0, len(sound) - length, length)])


def test_plug_ins_that_are_killed_come_back_and_no_listener_notices(mastered_station: RunningStation) -> None:
    station = mastered_station
    station.until(lambda: mastering(station)["insert"]["state"] == "in", 60, "the plug-in is heard")
    [engine], [pid] = station.processes("engine"), plug_in_processes(station)
    starts, skipped = mastering(station)["insert"]["starts_total"], skipped_frames(station)
    with ThreadPoolExecutor(1) as listener:
        heard = listener.submit(listen, f"{station.base}/listen/main/radio.mp3", seconds=LISTENED_SECONDS)
        station.until(lambda: station.now_playing()["listeners"]["total"] > 0, 10, "somebody listens")
        os.kill(pid, signal.SIGKILL)
        station.until(lambda: "SIGKILL" in mastering(station)["insert"]["reason"], 10, "the crash is told of")
        assert not heard.done()
        assert_heard(heard.result(), LISTENED_SECONDS)
    station.until(lambda: mastering(station)["insert"]["state"] == "in", 60, "the plug-in is heard again")
    assert mastering(station)["insert"]["starts_total"] == starts + 1
    assert station.processes("engine") == [engine]
    assert skipped_frames(station) == skipped
    assert "sonicforge_insert_in" in station.fetch("/metrics").decode()
    assert "Done" in station.ctl("mastering", "insert", "out").stdout
    station.until(lambda: mastering(station)["insert"]["state"] == "dry", 10, "the plug-in is passed by")
    assert "Done" in station.ctl("mastering", "insert", "in").stdout


def test_what_was_set_survives_the_engine_and_its_plug_ins_die_with_it(mastered_station: RunningStation) -> None:
    station = mastered_station
    assert "Done" in station.ctl("mastering", "loud", "limiter.ceiling_dbtp=-2").stdout
    refused = station.ctl("mastering", "cathedral")
    assert (refused.returncode, "there are transparent, radio, loud, broadcast, night" in refused.stderr) == (1, True)
    station.until(lambda: "cathedral" not in json.dumps(mastering(station)), 5, "the refusal changed nothing")
    state = station.folder / "state" / "stations" / "main" / "state.json"
    station.until(lambda: json.loads(state.read_text())["mastering"]["preset"] == "loud", 10, "the keeper has written it down")
    [engine], racks = station.processes("engine"), plug_in_processes(station)
    os.kill(engine, signal.SIGKILL)
    station.until(lambda: station.processes("engine") not in ([], [engine]), 30, "the spare is on air")
    station.until(lambda: station.ctl("mastering").returncode == 0, 30, "it can be asked")
    told = mastering(station)
    assert (told["preset"], told["changed"], told["settings"]["limiter"]["ceiling_dbtp"]) == ("loud", True, -2.0)
    station.until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in racks), 10, "no plug-in outlives its engine")
