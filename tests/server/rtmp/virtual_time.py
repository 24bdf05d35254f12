"""An event loop on which waiting takes no time: when there is nothing to do, its clock is set to the next appointment."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Selector(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    """Looks at sockets and never waits for them."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise AssertionError("nothing will ever happen any more")
        self.now += timeout
        return list(super().select(0))


class VirtualLoop(asyncio.SelectorEventLoop):
    """Its `time()` passes only when everybody sleeps."""

    def __init__(self) -> None:
        self._clock = _Selector()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now


def virtually(work: Coroutine[Any, Any, T]) -> T:
    """Runs it to its end, hours in milliseconds."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
