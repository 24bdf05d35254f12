"""The house's own dialect, call by call."""

from collections.abc import Callable

import pytest

from generation.errors import BackendAway, GenerationFailed
from generation.remote.calling import Calls
from generation.remote.errors import Untrue
from generation.remote.shapes import Format, State
from generation.remote.signed import SignedWorker
from generation.remote.signing import SigningKey
from tests.generation.remote.far_worker import ADDRESS, BRIEF, KEY, FarWorker


def still() -> None:
    """A Beat."""


def dialect(far: FarWorker) -> SignedWorker:
    return SignedWorker(ADDRESS, Calls(far, far.clock, 2), SigningKey(KEY.encode()))


def test_the_path_of_its_address_is_signed_too() -> None:
    """The far worker checks the signature over what it is asked, /studio and all."""
    far = FarWorker()
    told = dialect(far).about(still)
    assert told is not None
    assert far.calls == [("GET", "/studio/v1/about")]


def test_from_the_errand_to_the_sound() -> None:
    far = FarWorker()
    worker = dialect(far)
    ticket = worker.submit([BRIEF], [Format.WAV], still)
    assert ticket == BRIEF.id
    told = worker.ask(ticket, still)
    assert told is not None
    assert told.state is State.DONE
    [take] = told.takes
    assert len(worker.sound(ticket, 0, take, still)) == take.bytes
    worker.call_off(ticket)
    assert worker.ask(ticket, still) is None


@pytest.mark.parametrize("status", ["400", "409", "413", "422"])
def test_an_errand_that_is_not_taken_fails_and_nobody_is_away(status: str) -> None:
    with pytest.raises(GenerationFailed, match="will not make this") as raised:
        dialect(FarWorker(script=[status])).submit([BRIEF], [Format.WAV], still)
    assert not isinstance(raised.value, BackendAway)


@pytest.mark.parametrize(
    "ask",
    [
        lambda worker: worker.about(still),
        lambda worker: worker.submit([BRIEF], [Format.WAV], still),
        lambda worker: worker.ask(BRIEF.id, still),
    ],
)
def test_an_answer_that_nobody_understands(ask: Callable[[SignedWorker], object]) -> None:
    far = FarWorker(lies=lambda told: {"hello": "world"})  # noqa: ARG005
    far.errands[BRIEF.id] = []
    with pytest.raises(Untrue, match="not in the format"):
        ask(dialect(far))


def test_a_strange_status_is_told() -> None:
    with pytest.raises(BackendAway, match="answered 418 when asked for about"):
        SignedWorker(ADDRESS, Calls(far := FarWorker(key="", script=["418"]), far.clock, 1), None).about(still)


def test_to_call_off_raises_nothing_and_is_tried_once() -> None:
    far = FarWorker(script=["silent"] * 9)
    dialect(far).call_off(BRIEF.id)
    assert len(far.calls) == 1
