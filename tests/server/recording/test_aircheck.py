"""What was on air is in the files: hour by hour, show by show, whatever happens to the disk and to the process."""

import asyncio
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Self

import av
import numpy as np

from server.recording.aircheck import AGAIN_AFTER_SECONDS, Aircheck
from server.recording.quota import prune
from server.relay.relay import PacketSink
from server.track import Airing, Source
from tests.server.encoded import encoded
from tests.server.fake_station import EPOCH, MP3, FakeStation, airing

HOUR = 3_600 * 48_000
FIRST = HOUR - 96_000 - (HOUR - 96_000) % 960
"""Two seconds before the full hour; the epoch is one."""


class Steps:
    """Pauses that end when the test says so."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self._go = asyncio.Semaphore(0)
        self._waits = asyncio.Event()

    async def pause(self, seconds: float) -> None:
        self.asked.append(seconds)
        self._waits.set()
        await self._go.acquire()

    async def step(self) -> None:
        await self._waits.wait()
        self._waits.clear()
        self._go.release()
        await self._waits.wait()


class Remembering(FakeStation):
    """Gives whoever attaches what it has kept, as a relay does."""

    def attach(self, sink: PacketSink) -> None:
        super().attach(sink)
        for first in (0, 50, 100):
            sink.packets(RENDITION, 1, first * 960, PACKETS[first : first + 50])


class Scene:
    """A station and its aircheck."""

    def __init__(self, folder: Path, station: FakeStation | None = None, **wanted: bool) -> None:
        self.station = station or FakeStation()
        self.steps = Steps()
        self.folder = folder
        wanted = {"programme": True, "shows": True, **wanted}
        self.aircheck = Aircheck(self.station, folder, keep_days=3_650, most_bytes=1e9, **wanted)

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self.aircheck.run(self.steps.pause))
        await self.steps.step()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def give(self, position: int, packets: list[bytes]) -> None:
        self.station.now = position + len(packets) * 960
        self.station.give(RENDITION, position, packets)

    def reels(self, kind: str) -> list[Path]:
        return sorted((self.folder / kind).glob("*.opus"))


RENDITION, PACKETS = encoded("opus", 4.0)


def heard(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)


def live(position: int, dj: str = "Ada", title: str = "Live") -> Airing:
    turn = airing(title, position)
    track = replace(turn.entry.track, source=Source.LIVE, provenance={"session": f"s-{dj}", "dj": dj})
    return replace(turn, entry=replace(turn.entry, track=track))


async def test_every_hour_has_its_file_and_none_of_the_sound_is_lost(tmp_path: Path) -> None:
    async with Scene(tmp_path) as scene:
        scene.station.air(airing("First", FIRST - 960))
        scene.give(FIRST, PACKETS[:150])
        await scene.steps.step()
        scene.station.air(airing("Second", FIRST + 150 * 960))
        scene.give(FIRST + 150 * 960, PACKETS[150:190])
    before, after = scene.reels("programme")
    assert EPOCH % 3_600 == 0
    assert before.stem.endswith("5958Z")
    assert after.stem.endswith("0000Z")
    assert heard(before).shape[1] + 312 == 100 * 960
    assert heard(after).shape[1] + 312 == 90 * 960
    assert 'TITLE "Second"' in after.with_suffix(".cue").read_text()
    assert "INDEX 01 00:01:00" in after.with_suffix(".cue").read_text()
    assert json.loads(after.with_suffix(".json").read_text()) == {"kind": "programme", "dj": "", "began_at": EPOCH + 3_600, "seconds": 1.8}


async def test_a_show_has_a_file_of_its_own_from_its_first_packet_to_its_last(tmp_path: Path) -> None:
    async with Scene(tmp_path, programme=False) as scene:
        scene.station.air(airing("Music", 0))
        scene.give(0, PACKETS[:40])
        scene.station.air(live(20 * 960))
        await scene.steps.step()
        scene.station.air(live(60 * 960, title="A guest"))
        scene.give(40 * 960, PACKETS[40:80])
        scene.station.air(airing("Next", 70 * 960))
        scene.give(80 * 960, PACKETS[80:120])
    [reel] = scene.reels("shows")
    assert heard(reel).shape[1] + 312 == 50 * 960
    note = json.loads(reel.with_suffix(".json").read_text())
    assert (note["kind"], note["dj"], note["seconds"]) == ("show", "Ada", 1.0)
    assert 'TITLE "A guest"' in reel.with_suffix(".cue").read_text()


async def test_a_hole_begins_a_new_file(tmp_path: Path) -> None:
    async with Scene(tmp_path) as scene:
        scene.give(0, PACKETS[:50])
        scene.give(200 * 960, PACKETS[50:100])
    assert [heard(reel).shape[1] + 312 for reel in scene.reels("programme")] == [48_000, 48_000]


async def test_one_who_comes_after_a_crash_goes_on_where_the_other_ended(tmp_path: Path) -> None:
    async with Scene(tmp_path) as scene:
        scene.give(0, PACKETS[:50])
    later = Scene(tmp_path, Remembering())
    async with later:
        pass
    assert [heard(reel).shape[1] + 312 for reel in later.reels("programme")] == [48_000, 96_000]


async def test_a_disk_that_fails_costs_the_recording_and_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "programme").write_text("no folder")
    async with Scene(tmp_path, shows=False) as scene:
        scene.give(0, PACKETS[:50])
        await scene.steps.step()
        assert scene.aircheck.failures_total == 1
        assert scene.steps.asked[-1] == AGAIN_AFTER_SECONDS
        (tmp_path / "programme").unlink()
        await scene.steps.step()
        scene.give(50 * 960, PACKETS[50:100])
        await scene.steps.step()
    assert heard(scene.reels("programme")[0]).shape[1] + 312 == 48_000


async def test_other_renditions_are_not_written(tmp_path: Path) -> None:
    async with Scene(tmp_path) as scene:
        scene.station.give(MP3, 0, PACKETS[:50])
    assert not scene.reels("programme")


def test_the_oldest_go_first_and_the_newest_stays(tmp_path: Path) -> None:
    for number in range(6):
        for suffix in (".opus", ".cue", ".json"):
            path = tmp_path / f"{number}{suffix}"
            path.write_bytes(bytes(1_000))
            os.utime(path, (number * 86_400, number * 86_400))
    assert prune([tmp_path], keep_days=4.5, most_bytes=3_500, now=6 * 86_400) == 3
    assert sorted(path.name for path in tmp_path.glob("*.opus")) == ["3.opus", "4.opus", "5.opus"]
    assert len(list(tmp_path.iterdir())) == 9
    assert prune([tmp_path], keep_days=0.1, most_bytes=0, now=99 * 86_400) == 2
    assert [path.name for path in tmp_path.glob("*.opus")] == ["5.opus"]
