"""A worker on a real socket: by its own client, and by hand."""

import asyncio
import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from control.remote_worker.workshop import WorkshopLimits
from generation.brief import Brief
from generation.errors import BackendAway, CalledOff, GenerationFailed
from generation.remote.shapes import ErrandAsked, Format, errand_id, written_brief
from tests.control.remote_worker.hired import Hired, hired
from tests.control.remote_worker.makers import AWAY, BREAKS, FAILS, WAITS, Maker
from tests.generation.remote.far_worker import BRIEF

pytestmark = pytest.mark.real


def brief(seed: int) -> Brief:
    return replace(BRIEF, seed=seed)


def asked(*briefs: Brief) -> bytes:
    return msgspec.json.encode(ErrandAsked(errand_id(briefs), tuple(written_brief(one) for one in briefs), (Format.WAV,)))


async def stand(one: Hired, errand: str, wait: int = 0) -> dict[str, Any]:
    reply = await one.ask("GET", f"/v1/errands/{errand}?wait={wait}")
    return {"status": reply.status, **json.loads(reply.body)}


async def done(one: Hired, errand: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while (told := await stand(one, errand, 5))["state"] in ("queued", "working"):
            pass
    return told


async def test_takes_by_the_station_s_own_client(tmp_path: Path) -> None:
    async with hired(tmp_path, Maker()) as one:
        briefs = [brief(1), brief(2)]
        takes = await asyncio.to_thread(one.remote().make_all, briefs)
        assert [take.brief for take in takes] == briefs
        assert not np.array_equal(takes[0].samples, takes[1].samples)
        assert takes[0].provenance["made_backend"] == "far"
        assert one.workshop.find(errand_id(briefs)) is None


@pytest.mark.parametrize(
    ("seed", "kind", "words"),
    [(AWAY, BackendAway, "no GPU"), (FAILS, GenerationFailed, "no idea"), (BREAKS, GenerationFailed, "ZeroDivisionError")],
)
async def test_failures_arrive_as_what_they_are(tmp_path: Path, seed: int, kind: type[Exception], words: str) -> None:
    async with hired(tmp_path, Maker()) as one:
        with pytest.raises(kind, match=words) as raised:
            await asyncio.to_thread(one.remote().make, brief(seed))
        assert "/home/someone" not in str(raised.value)


async def test_called_off_by_the_station_the_worker_stops(tmp_path: Path) -> None:
    maker = Maker()
    async with hired(tmp_path, maker) as one:

        def progress(_done: float, doing: str) -> None:
            if doing == "waiting" and maker.begun.is_set():
                raise CalledOff

        with pytest.raises(CalledOff):
            await asyncio.to_thread(one.remote().make, brief(WAITS), progress)
        await asyncio.to_thread(one.remote().make, brief(1))
        assert maker.made == [1]


async def test_by_hand(tmp_path: Path) -> None:
    async with hired(tmp_path, Maker()) as one:
        number = BRIEF.id
        first = await one.ask("POST", "/v1/errands", asked(BRIEF))
        assert first.status == 202
        told = await done(one, number)
        assert (told["status"], told["state"], told["id"]) == (200, "done", number)
        [take] = told["takes"]
        sound = b""
        while len(sound) < take["bytes"]:
            piece = await one.ask("GET", f"/v1/errands/{number}/takes/0?from={len(sound)}&bytes=4000000")
            assert piece.status == 200
            sound += piece.body
        assert hashlib.sha256(sound).hexdigest() == take["sha256"]
        assert (await one.ask("GET", f"/v1/errands/{number}/takes/0?from={take['bytes']}")).body == b""
        assert (await one.ask("DELETE", f"/v1/errands/{number}")).status == 204
        assert (await stand(one, number))["status"] == 404


async def test_news_come_at_once_and_not_before(tmp_path: Path) -> None:
    maker = Maker()
    async with hired(tmp_path, maker) as one:
        await one.ask("POST", "/v1/errands", asked(brief(WAITS)))
        assert await asyncio.to_thread(maker.begun.wait, 60)
        asking = asyncio.create_task(done(one, brief(WAITS).id))
        maker.let_go.set()
        assert (await asking)["state"] == "done"


async def test_a_full_queue_says_when_to_come_again(tmp_path: Path) -> None:
    maker = Maker()
    async with hired(tmp_path, maker, limits=WorkshopLimits(places=1)) as one:
        await one.ask("POST", "/v1/errands", asked(brief(WAITS)))
        assert await asyncio.to_thread(maker.begun.wait, 60)
        assert (await one.ask("POST", "/v1/errands", asked(brief(1)))).status == 202
        full = await one.ask("POST", "/v1/errands", asked(brief(2)))
        assert (full.status, full.retry_after_seconds) == (503, 5.0)
        assert (await stand(one, brief(1).id))["place"] == 1


def faults() -> dict[str, bytes]:
    good = json.loads(asked(BRIEF))

    def of(**values: object) -> bytes:
        return json.dumps({**good, **values}).encode()

    return {
        "nothing": b"",
        "no JSON": b"{",
        "a list": b"[]",
        "no briefs": of(briefs=[]),
        "a hundred briefs": of(briefs=good["briefs"] * 100),
        "another id": of(id="0" * 16),
        "a brief with another id": of(briefs=[{**good["briefs"][0], "seed": 8}]),
        "a genre of nobody": of(briefs=[{**good["briefs"][0], "genre": "polka"}]),
        "a year long": of(briefs=[{**good["briefs"][0], "seconds": 3e7}]),
        "formats of nobody": of(formats=["mp3"]),
        "deep": b'{"id":' + b"[" * 100_000,
    }


async def test_what_is_no_errand_is_refused(tmp_path: Path) -> None:
    async with hired(tmp_path, Maker()) as one:
        for name, body in faults().items():
            reply = await one.ask("POST", "/v1/errands", body)
            assert reply.status == 400, name
            assert json.loads(reply.body)["error"], name
        assert one.workshop.waiting == []
        assert (await one.ask("POST", "/v1/errands", b"x" * 1_100_000, headers={})).status == 413


async def test_addresses_that_lead_nowhere(tmp_path: Path) -> None:
    async with hired(tmp_path, Maker()) as one:
        await one.ask("POST", "/v1/errands", asked(BRIEF))
        await done(one, BRIEF.id)
        for target in (
            "/v1/errands/..%2F..%2Fetc",
            f"/v1/errands/{BRIEF.id}/takes/1",
            f"/v1/errands/{BRIEF.id}/takes/-1",
            f"/v1/errands/{BRIEF.id}/takes/x",
        ):
            assert (await one.ask("GET", target)).status == 404, target
        assert (await one.ask("DELETE", "/v1/errands/0000000000000000")).status == 404


async def test_who_it_is(tmp_path: Path) -> None:
    async with hired(tmp_path, Maker()) as one:
        told = await asyncio.to_thread(one.remote().about)
        [about] = told.values()
        assert about is not None
        assert (about.protocol, about.name, about.most_at_once) == (1, "test", 4)
