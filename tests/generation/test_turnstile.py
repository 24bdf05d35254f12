"""The turnstile: one at a time; commissions before the buffer, in turns with it while it is low."""

import threading
from collections.abc import Callable

import pytest

from generation.errors import CalledOff
from generation.turnstile import Turnstile

LONG = 20.0


class Queue:
    """Threads that go through the turnstile, and in which order they did."""

    def __init__(self) -> None:
        self.turnstile = Turnstile()
        self.order: list[str] = []
        self._threads: list[threading.Thread] = []
        self._inside = 0

    def send(self, name: str) -> None:
        """A thread of that kind: commission, low, or ahead. Returns when it waits, or has gone through."""
        waiting = threading.Event()
        thread = threading.Thread(target=self._go, args=(name, waiting), daemon=True)
        self._threads.append(thread)
        thread.start()
        assert waiting.wait(LONG)

    def _go(self, name: str, waiting: threading.Event) -> None:
        way = self.turnstile.commission(lambda: None) if name == "commission" else self.turnstile.buffer(low=name == "low")
        waiting.set()
        with way:
            self._inside += 1
            assert self._inside == 1
            self.order.append(name)
            self._inside -= 1

    def join(self) -> list[str]:
        for thread in self._threads:
            thread.join(LONG)
            assert not thread.is_alive()
        return self.order


def settled(turnstile: Turnstile, holds: Callable[[Turnstile], bool]) -> None:
    """Waits until what was sent really stands in the queue."""
    deadline = threading.Event()
    for _ in range(2_000):
        if holds(turnstile):
            return
        deadline.wait(0.01)
    raise AssertionError("the threads did not queue")


def through(*sent: str) -> list[str]:
    """The order in which those go who come while somebody is inside."""
    queue = Queue()
    with queue.turnstile.buffer(low=False):
        for name in sent:
            queue.send(name)
        settled(queue.turnstile, lambda one: one.waiting == (sent.count("commission"), sent.count("low"), sent.count("ahead")))
    return queue.join()


def test_commissions_go_before_the_buffer() -> None:
    assert through("ahead", "commission", "commission") == ["commission", "commission", "ahead"]


def test_a_low_buffer_takes_turns_with_commissions() -> None:
    assert through("low", "commission", "commission") == ["commission", "low", "commission"]


def test_a_buffer_that_is_alone_goes_at_once() -> None:
    assert through("low") == ["low"]
    assert through("ahead") == ["ahead"]


def test_a_commission_that_is_not_wanted_any_more_leaves_the_queue() -> None:
    turnstile = Turnstile()

    def waits() -> None:
        raise CalledOff("cancelled")

    with turnstile.buffer(low=False):
        with pytest.raises(CalledOff), turnstile.commission(waits):
            raise AssertionError("it was let in")
        assert turnstile.commissions_waiting == 0
    with turnstile.commission(waits):
        assert turnstile.commissions_waiting == 0
