"""The turnstile: one take is made at a time. Commissions of people go before the buffer; while the buffer is low the two take turns.

It holds no take and knows no backend: it only says whose turn it is.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition
from typing import Final

_LOOK_SECONDS: Final = 1.0
"""A commission that waits looks so often whether it is still wanted."""


class Turnstile:
    """Used by any number of threads."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._busy = False
        self._commissions = 0
        self._urgent = 0
        self._ahead = 0
        self._last_was_commission = False

    @property
    def commissions_waiting(self) -> int:
        """How many commissions wait for their turn."""
        return self._commissions

    @property
    def waiting(self) -> tuple[int, int, int]:
        """How many commissions, low buffers and other buffers wait."""
        return self._commissions, self._urgent, self._ahead

    @contextmanager
    def commission(self, waits: Callable[[], None]) -> Iterator[None]:
        """The studio for one commission; waits for as long as it is taken, or it is the turn of a low buffer.

        `waits` is called once a second meanwhile; what it raises ends the waiting.
        """
        with self._changed:
            self._commissions += 1
            try:
                while self._busy or (self._urgent and self._last_was_commission):
                    if not self._changed.wait(_LOOK_SECONDS):
                        waits()
                self._busy = self._last_was_commission = True
            finally:
                self._commissions -= 1
                self._changed.notify_all()
        try:
            yield
        finally:
            self._leave()

    @contextmanager
    def buffer(self, *, low: bool) -> Iterator[None]:
        """The studio for one take ahead; waits for commissions, or only for every other one if the buffer is `low`."""
        with self._changed:
            self._urgent += low
            self._ahead += not low
            try:
                self._changed.wait_for(lambda: not self._busy and (not self._commissions or (low and self._last_was_commission)))
                self._busy, self._last_was_commission = True, False
            finally:
                self._urgent -= low
                self._ahead -= not low
                self._changed.notify_all()
        try:
            yield
        finally:
            self._leave()

    def _leave(self) -> None:
        with self._changed:
            self._busy = False
            self._changed.notify_all()
