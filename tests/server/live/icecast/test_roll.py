"""Who is in, and the titles of those who are not in yet."""

import asyncio

import pytest

from server.clock import SystemClock
from server.live.decoder import Title
from server.live.entrance import Entrance
from server.live.icecast.request import Credentials
from server.live.icecast.roll import MOST_WAITING, PATIENCE_SECONDS, Roll
from server.live.icecast.source import Source
from server.live.login import Dj
from tests.server.live.dj import session
from tests.server.live.icecast.engine import FakeEngine

ANNA, BEN = Dj("Anna", "1", 50), Dj("Ben", "2", 50)
WORDS = Credentials("source", "sf_anna")


@pytest.fixture
def entrance() -> Entrance:
    return Entrance(FakeEngine(), 8, SystemClock())


def source(entrance: Entrance, name: str) -> Source:
    return Source(entrance.open(session(name)), Title(), 10.0, asyncio.sleep)


def test_a_source_is_found_by_the_same_words_from_the_same_address(entrance: Entrance) -> None:
    roll, anna = Roll(), source(entrance, "a")
    roll.enter(anna, roll.pass_of("main", WORDS, "10.0.0.1"), ANNA)
    assert roll.by_pass(roll.pass_of("main", WORDS, "10.0.0.1")) is anna
    assert roll.by_pass(roll.pass_of("main", WORDS, "10.0.0.2")) is None
    assert roll.by_pass(roll.pass_of("second", WORDS, "10.0.0.1")) is None
    assert roll.by_pass(roll.pass_of("main", Credentials("source", "sf_ann"), "10.0.0.1")) is None
    roll.leave(anna)
    assert roll.by_pass(roll.pass_of("main", WORDS, "10.0.0.1")) is None


def test_what_is_kept_does_not_tell_the_password() -> None:
    assert b"sf_anna" not in Roll().pass_of("main", WORDS, "10.0.0.1").digest
    assert Roll().pass_of("main", WORDS, "10.0.0.1") != Roll().pass_of("main", WORDS, "10.0.0.1")


def test_the_latest_source_of_a_dj_is_meant(entrance: Entrance) -> None:
    roll, first, second = Roll(), source(entrance, "a"), source(entrance, "b")
    for one in (first, second):
        roll.enter(one, roll.pass_of("main", WORDS, "10.0.0.1"), ANNA)
    assert roll.by_dj("main", Dj("Anna", "1", 99)) is second
    assert roll.by_dj("main", BEN) is None
    assert roll.by_dj("second", ANNA) is None


def test_a_title_waits_for_its_source_once() -> None:
    roll = Roll()
    roll.keep("main", ANNA, Title("First"), 0.0)
    roll.keep("main", ANNA, Title("Second"), 1.0)
    roll.keep("main", BEN, Title("Other"), 1.0)
    assert roll.kept("second", ANNA, 2.0) == Title()
    assert roll.kept("main", ANNA, 2.0) == Title("Second")
    assert roll.kept("main", ANNA, 2.0) == Title()
    assert roll.kept("main", BEN, 1.0 + PATIENCE_SECONDS) == Title()


def test_not_many_titles_wait() -> None:
    roll = Roll()
    for number in range(1_000):
        roll.keep("main", Dj(f"DJ {number}", str(number), 50), Title("T"), 0.0)
    found = [number for number in range(1_000) if roll.kept("main", Dj(f"DJ {number}", str(number), 50), 1.0) == Title("T")]
    assert found == list(range(1_000 - MOST_WAITING, 1_000))
