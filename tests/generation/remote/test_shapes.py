"""Briefs and licences over the wire and back, and what is too much."""

import json
from dataclasses import replace

import msgspec
import pytest

from generation.brief import Brief, Passage
from generation.errors import InvalidBrief
from generation.licence import Licence
from generation.remote.shapes import (
    BriefWritten,
    ErrandAsked,
    ErrandTold,
    Format,
    errand_id,
    read_brief,
    read_licence,
    written_brief,
    written_licence,
    written_take,
)
from tests.generation.remote.far_worker import BRIEF, take_of

FULL = Brief("trance", 2**63 - 1, 181.3, 138.5, "F# minor", "dark", (Passage("intro", 16), Passage("drop"), Passage("outro", 8)), "a storm")


@pytest.mark.parametrize("brief", [BRIEF, FULL, Brief("ambient", 0, 30), Brief("house", 1, 120, 124)])
def test_a_brief_and_its_id_survive_the_way(brief: Brief) -> None:
    there = msgspec.json.decode(msgspec.json.encode(written_brief(brief)), type=BriefWritten)
    assert there.id == brief.id == read_brief(there).id
    assert replace(read_brief(there), seconds=brief.seconds, bpm=brief.bpm) == brief


def test_a_brief_that_cannot_be_is_refused_on_the_other_side_too() -> None:
    with pytest.raises(InvalidBrief):
        read_brief(BriefWritten("0" * 16, "polka", 1, 60.0))


@pytest.mark.parametrize("licence", [Licence("MIT", True), Licence("CC-BY-NC-4.0", False, "Someone", 1_000_000, "model@1")])
def test_a_licence_survives_the_way(licence: Licence) -> None:
    assert read_licence(written_licence(licence)) == licence


def test_an_errand_of_one_is_called_as_its_brief() -> None:
    other = replace(BRIEF, seed=8)
    assert errand_id([BRIEF]) == BRIEF.id
    assert len({errand_id([BRIEF, other]), errand_id([other, BRIEF]), BRIEF.id, other.id}) == 4


@pytest.mark.parametrize(
    "change",
    [
        {"id": "../../etc/passwd"},
        {"id": "0" * 17},
        {"state": "perhaps"},
        {"done": 1.5},
        {"place": -1},
        {"doing": "x" * 401},
        {"takes": [{}]},
    ],
)
def test_an_answer_beyond_its_bounds_is_none(change: dict[str, object]) -> None:
    told = {"id": "0" * 16, "state": "done", **change}
    shape = ErrandAsked if "id" in change else ErrandTold
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(json.dumps(told), type=shape)


def test_a_take_is_written_within_its_bounds() -> None:
    take = replace(take_of(BRIEF), title="x" * 1_000, provenance={str(number): "y" * 1_000 for number in range(100)})
    written = written_take(BRIEF, take, b"sound", Format.WAV)
    again = msgspec.json.decode(msgspec.json.encode(written), type=type(written))
    assert again == written
    assert (len(again.title), len(again.provenance)) == (400, 32)
