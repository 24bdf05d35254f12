"""What a serverless handler answers."""

import hashlib
from binascii import a2b_base64
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from generation.backend import Progress
from generation.brief import Brief
from generation.errors import BackendAway, CalledOff, GenerationFailed
from generation.remote.serverless import answer
from generation.remote.shapes import ErrandAsked, TakeWritten, errand_id, written_brief
from generation.remote.wav import read_wav
from generation.take import Take
from tests.generation.remote.far_worker import BRIEF, hum, take_of


def asked(*formats: str) -> Any:
    errand = ErrandAsked(errand_id([BRIEF]), (written_brief(BRIEF),), formats or ("flac", "wav"))
    return msgspec.json.decode(msgspec.json.encode(errand))


def make(briefs: Sequence[Brief], told: Progress) -> list[Take]:
    told(0.5, "playing")
    return [take_of(brief, hum(1.0)) for brief in briefs]


def test_a_small_sound_is_in_the_answer() -> None:
    heard: list[tuple[float, str]] = []
    [told] = answer(asked(), make, told=lambda done, doing: heard.append((done, doing)))["takes"]
    take = msgspec.convert(told, TakeWritten)
    packed = a2b_base64(take.base64)
    assert hashlib.sha256(packed).hexdigest() == take.sha256
    assert read_wav(packed)[0].shape == (2, 48_000)
    assert heard == [(0.5, "playing")]


def test_a_large_one_needs_a_store() -> None:
    def long(briefs: Sequence[Brief], _told: Progress) -> list[Take]:
        return [take_of(brief) for brief in briefs]

    assert "object store" in answer(asked(), long)["error"]["message"]
    stored: dict[str, bytes] = {}
    [told] = answer(asked(), long, lambda name, sound: stored.update({name: sound}) or f"https://store.example/{name}")["takes"]
    assert told["url"] == f"https://store.example/{BRIEF.id}.wav"
    assert "base64" not in told
    assert len(stored[f"{BRIEF.id}.wav"]) == told["bytes"]


def test_flac_where_both_have_it() -> None:
    assert answer(asked("flac", "wav"), make, flac=lambda _: b"fLaC")["takes"][0]["format"] == "flac"
    assert answer(asked("wav"), make, flac=lambda _: b"fLaC")["takes"][0]["format"] == "wav"
    assert "as wav" in answer(asked("flac"), make)["error"]["message"]


@pytest.mark.parametrize("fault", [None, "text", [], {}, {"id": "x"}])
def test_what_is_no_errand(fault: object) -> None:
    assert answer(fault, make)["error"]["kind"] == "failed"


@pytest.mark.parametrize(
    ("error", "kind"), [(BackendAway("no GPU"), "away"), (GenerationFailed("no idea"), "failed"), (CalledOff("over"), "failed")]
)
def test_failures_are_answers(error: Exception, kind: str) -> None:
    def fail(_briefs: Sequence[Brief], _told: Progress) -> list[Take]:
        raise error

    assert answer(asked(), fail)["error"] == {"kind": kind, "message": str(error)}
