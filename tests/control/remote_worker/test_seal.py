"""Who is let in to a worker, and who is not."""

from pathlib import Path

import pytest

from generation.remote.signing import NONCE, SIGNATURE, TIME, SigningKey
from tests.control.remote_worker.hired import Hired, hired
from tests.control.remote_worker.makers import Maker
from tests.generation.remote.far_worker import KEY

pytestmark = pytest.mark.real
GOOD = "/v1/about"


def signed(one: Hired, method: str = "GET", target: str = GOOD, body: bytes = b"", **changed: str) -> dict[str, str]:
    return {**SigningKey(KEY.encode()).headers(method, target, body, one.clock.wall()), **changed}


async def test_the_key_opens(tmp_path: Path) -> None:
    async with hired(tmp_path, Maker()) as one:
        assert (await one.ask("GET", GOOD)).status == 200


async def test_everything_else_does_not(tmp_path: Path) -> None:
    async with hired(tmp_path, Maker()) as one:
        for words, headers in {
            "is not signed": {},
            "not of this request": signed(one, **{SIGNATURE: "0" * 64}),
            "not of this request ": signed(one, method="DELETE"),
            "not of this request  ": signed(one, target="/v1/errands"),
            "not of this request   ": signed(one, body=b"x"),
            "whole seconds": signed(one, **{TIME: "soon"}),
            "32 hexadecimal digits": signed(one, **{NONCE: "x"}),
        }.items():
            reply = await one.ask("GET", GOOD, headers=headers)
            assert reply.status == 401, words
            assert words.strip() in reply.body.decode()
            assert reply.signature == ""
            assert KEY not in reply.body.decode()
        assert one.metrics.refusals == {"unsigned": 1, "signature": 4, "malformed": 2}


@pytest.mark.parametrize(("late", "status"), [(290.0, 200), (-290.0, 200), (310.0, 401), (-310.0, 401)])
async def test_the_window(tmp_path: Path, late: float, status: int) -> None:
    async with hired(tmp_path, Maker()) as one:
        reply = await one.ask("GET", GOOD, late=late)
        assert reply.status == status
        if status == 401:
            assert "set both clocks" in reply.body.decode()


async def test_a_recorded_request_is_good_for_nothing(tmp_path: Path) -> None:
    async with hired(tmp_path, Maker()) as one:
        headers = signed(one)
        assert (await one.ask("GET", GOOD, headers=headers)).status == 200
        again = await one.ask("GET", GOOD, headers=headers)
        assert again.status == 401
        assert "been here before" in again.body.decode()


async def test_who_guesses_cannot_fill_the_memory_of_nonces(tmp_path: Path) -> None:
    async with hired(tmp_path, Maker()) as one:
        headers = signed(one)
        await one.ask("GET", GOOD, headers={**headers, SIGNATURE: "0" * 64})
        assert (await one.ask("GET", GOOD, headers=headers)).status == 200


async def test_probes_are_for_everybody(tmp_path: Path) -> None:
    async with hired(tmp_path, Maker()) as one:
        reply = await one.ask("GET", "/health", headers={})
        assert (reply.status, reply.body) == (200, b'{"status":"ok","working":false,"waiting":0}')


async def test_without_a_key_nothing_is_asked_for(tmp_path: Path) -> None:
    async with hired(tmp_path, Maker(), key="") as one:
        assert (await one.ask("GET", GOOD, headers={})).status == 200


async def test_another_key_is_told_so_and_not_which(tmp_path: Path) -> None:
    async with hired(tmp_path, Maker()) as one:
        reply = await one.ask("GET", GOOD, key="f" * 32)
        assert (reply.status, reply.body) == (401, b'{"error": "the signature is not of this request under our key"}')
