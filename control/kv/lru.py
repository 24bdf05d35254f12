"""A shelf of bounded size: the least recently used goes first, and what has expired is not there. Used from one event loop only."""

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

OVERHEAD_BYTES: Final = 200
"""About what an entry costs beside its key and value."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A value and the end of its life on the shelf's clock; None is never."""

    value: bytes
    expires: float | None


class Lru:
    """Keys and values, at most so many and so large. `now` gives seconds that never step back."""

    def __init__(self, most_entries: int, most_bytes: int, now: Callable[[], float]) -> None:
        self._most_entries = most_entries
        self._most_bytes = most_bytes
        self._now = now
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: str) -> Entry | None:
        """The living entry, which is now the last to go."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry.expires is not None and entry.expires <= self._now():
            self.drop(key)
            return None
        self._entries.move_to_end(key)
        return entry

    def put(self, key: str, value: bytes, expires: float | None) -> None:
        """Makes room first by what has expired among the oldest, then by the oldest."""
        self.drop(key)
        self._entries[key] = Entry(value, expires)
        self._bytes += _size(key, value)
        self._drop_expired_oldest()
        while len(self._entries) > self._most_entries or self._bytes > self._most_bytes:
            self.drop(next(iter(self._entries)))

    def drop(self, key: str) -> bool:
        """Whether it was there and alive."""
        entry = self._entries.pop(key, None)
        if entry is None:
            return False
        self._bytes -= _size(key, entry.value)
        return entry.expires is None or entry.expires > self._now()

    def drop_matching(self, pattern: re.Pattern[str]) -> int:
        """How many there were."""
        return sum([self.drop(key) for key in [key for key in self._entries if pattern.fullmatch(key)]])

    def clear(self) -> None:
        self._entries.clear()
        self._bytes = 0

    def _drop_expired_oldest(self) -> None:
        """Two a write, so dead entries never outnumber the living for long and no write is slow."""
        for _ in range(2):
            oldest = next(iter(self._entries), None)
            if oldest is not None:
                self._forget_if_expired(oldest)

    def _forget_if_expired(self, key: str) -> None:
        expires = self._entries[key].expires
        if expires is not None and expires <= self._now():
            self.drop(key)


def _size(key: str, value: bytes) -> int:
    return len(key) + len(value) + OVERHEAD_BYTES
