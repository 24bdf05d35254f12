"""Calls that are tried again, on a clock that nobody waits for."""

from itertools import pairwise

import pytest

from generation.errors import BackendAway, CalledOff
from generation.remote.calling import Calls, Request, clean, said
from tests.generation.remote.far_worker import FarWorker


def request() -> Request:
    return Request("GET", "https://gpu.example/studio/v1/about", {})


def asked(far: FarWorker, beat: "list[float] | None" = None, attempts: int = 4) -> int:
    beats = beat if beat is not None else []
    calls = Calls(far, far.clock, attempts)
    return calls.answered(request, lambda: beats.append(far.clock.monotonic()), 10.0, 1_000).status


@pytest.mark.parametrize("first", ["silent", "429", "500", "502", "503", "504"])
def test_it_is_tried_again(first: str) -> None:
    far = FarWorker(key="", script=[first])
    assert asked(far) == 200
    assert len(far.calls) == 2


@pytest.mark.parametrize("final", ["400", "401", "404", "409", "302"])
def test_what_will_not_change_is_not_tried_again(final: str) -> None:
    far = FarWorker(key="", script=[final])
    assert asked(far) == int(final)
    assert len(far.calls) == 1


def test_it_waits_longer_each_time_and_as_long_as_it_is_asked_to() -> None:
    far = FarWorker(key="", script=["500", "500", "503"])
    beats: list[float] = []
    asked(far, beats)
    assert far.clock.monotonic() >= 3 * 7.0  # each answer asked for seven seconds
    assert max(after - before for before, after in pairwise(beats)) <= 1.0


def test_in_the_end_it_says_why() -> None:
    far = FarWorker(key="", script=["503"] * 4)
    with pytest.raises(BackendAway, match=r"4 times: status 503.*not now"):
        asked(far)
    assert len(far.calls) == 4


def test_it_can_be_called_off_while_it_waits() -> None:
    far = FarWorker(key="", script=["503"] * 4)

    def beat() -> None:
        if far.clock.monotonic() > 2.0:
            raise CalledOff

    with pytest.raises(CalledOff):
        Calls(far, far.clock).answered(request, beat, 10.0, 1_000)
    assert len(far.calls) == 1


def test_an_answer_that_is_not_its_own_is_none() -> None:
    far = FarWorker(key="")
    with pytest.raises(BackendAway, match="not signed"):
        Calls(far, far.clock, 2).answered(request, lambda: None, 10.0, 1_000, lambda _request, _reply: False)


def test_what_a_worker_says_is_made_harmless() -> None:
    assert said(b"\x1b[31mred\n\nline \xff" + b"x" * 10_000) == clean("\x1b[31mred line \ufffd" + "x" * 1_000, 200)
    assert "\x1b" not in said(b"\x1b]0;title\x07")
    assert "\n" not in said(b"two\nlines")
