"""The queue is a value, and says clearly what cannot be done to it."""

import pytest

from server.programme.queue import LONGEST, Queue, QueueError
from server.track import Entry, Reason
from tests.server.virtual_station import track


def entry(name: str) -> Entry:
    return Entry(name, track(f"track {name}"), Reason.QUEUE)


def queue_of(*names: str) -> Queue:
    return Queue(tuple(entry(name) for name in names))


def names(queue: Queue) -> list[str]:
    return [entry.id for entry in queue.entries]


def test_cue_at_the_end_and_at_a_place() -> None:
    queue = queue_of("a", "b")
    assert names(queue.cue(entry("c"))) == ["a", "b", "c"]
    assert names(queue.cue(entry("c"), 0)) == ["c", "a", "b"]
    assert names(queue) == ["a", "b"]


@pytest.mark.parametrize("index", [-1, 3])
def test_no_place_outside_the_queue(index: int) -> None:
    with pytest.raises(QueueError, match=f"no place {index} in a queue of 2"):
        queue_of("a", "b").cue(entry("c"), index)


def test_it_is_bounded() -> None:
    full = queue_of(*map(str, range(LONGEST)))
    with pytest.raises(QueueError, match="full"):
        full.cue(entry("more"))


def test_remove_and_without() -> None:
    assert names(queue_of("a", "b").remove("a")) == ["b"]
    assert names(queue_of("a", "b").without("x")) == ["a", "b"]
    assert names(queue_of("a", "b").without_track("track a")) == ["b"]
    with pytest.raises(QueueError, match="no entry x"):
        queue_of("a").remove("x")


def test_reorder_must_name_each_entry_once() -> None:
    queue = queue_of("a", "b", "c")
    assert names(queue.reorder(["c", "a", "b"])) == ["c", "a", "b"]
    for wrong in (["a", "b"], ["a", "b", "b"], ["a", "b", "x"], ["a", "b", "c", "c"]):
        with pytest.raises(QueueError, match="each queued entry once"):
            queue.reorder(wrong)
