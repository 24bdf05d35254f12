"""Faults: what failed at the tick. Counted there, told elsewhere: writing a log may block, and the tick must not.

The first fault of each part is kept to be logged; the others are only counted, so that a part that fails fifty times a second fills
no disk.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

_MOST_UNTOLD: Final = 32
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    """The first failure of a part."""

    part: str
    error: Exception


class Faults:
    """The faults of one engine."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self._untold: deque[Fault] = deque(maxlen=_MOST_UNTOLD)

    def shield(self, part: str, work: Callable[[], T]) -> T | None:
        """What `work` returns, or None if it fails: the one place where the tick catches everything."""
        try:
            return work()
        except Exception as error:  # noqa: BLE001  (whatever it is, the air goes on)
            self.note(part, error)
            return None

    def note(self, part: str, error: Exception) -> None:
        """`part` failed."""
        seen = self.counts.get(part, 0)
        self.counts[part] = seen + 1
        if not seen:
            self._untold.append(Fault(part, error))

    def untold(self) -> list[Fault]:
        """What has not been told yet, for the log; each once."""
        return [self._untold.popleft() for _ in range(len(self._untold))]
