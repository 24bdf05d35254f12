"""Keys and values in this process: the whole store of a station on one machine, and what a process falls back on when Redis is away.

Three shelves, each bounded, so that a flood of strangers' addresses (counts) or of copies (cache) never pushes out a revocation (state).
Nothing here waits, so every operation is atomic on its event loop; it must be used from one only.
"""

import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import chain
from math import inf
from typing import Final

from control.kv import bucket
from control.kv.channels import Channels
from control.kv.kv import CACHE
from control.kv.lock import held
from control.kv.lru import Lru
from control.kv.pattern import expression
from control.kv.statistics import Statistics

MOST_ENTRIES: Final = 100_000
MOST_BYTES: Final = 64 << 20


class MemoryKv:
    """See Kv. `now` gives seconds that never step back; `copy_seconds` is the longest life of a copy, if there is one."""

    def __init__(
        self,
        now: Callable[[], float] = time.monotonic,
        *,
        copy_seconds: float = inf,
        most_entries: int = MOST_ENTRIES,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._now = now
        self._copy_seconds = copy_seconds
        self._copies, self._counts, self._state = (Lru(most_entries, most_bytes, now) for _ in range(3))
        self._channels = Channels()
        self._statistics = Statistics()

    @property
    def away(self) -> bool:
        return False

    @property
    def reason(self) -> str:
        return ""

    @property
    def statistics(self) -> Statistics:
        return self._statistics

    async def get(self, key: str) -> bytes | None:
        return self._read(key)

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        return [self._read(key) for key in keys]

    async def set(self, key: str, value: bytes, ttl_seconds: float | None = None) -> None:
        if key.startswith(CACHE):
            ttl_seconds = min(inf if ttl_seconds is None else ttl_seconds, self._copy_seconds)
        self._counts.drop(key)
        self._home(key).put(key, value, self._end(ttl_seconds))

    async def set_many(self, values: Mapping[str, bytes], ttl_seconds: float | None = None) -> None:
        for key, value in values.items():
            await self.set(key, value, ttl_seconds)

    async def add(self, key: str, value: bytes, ttl_seconds: float | None = None) -> bool:
        if self._read(key) is not None:
            return False
        await self.set(key, value, ttl_seconds)
        return True

    async def take(self, key: str) -> bytes | None:
        value = self._read(key)
        self._drop(key)
        return value

    async def delete(self, *keys: str) -> int:
        return sum([self._drop(key) for key in keys])

    async def delete_if(self, key: str, value: bytes) -> bool:
        return self._read(key) == value and self._drop(key)

    async def delete_matching(self, pattern: str) -> int:
        wanted = expression(pattern)
        return sum(shelf.drop_matching(wanted) for shelf in self._shelves())

    async def increment(self, key: str, by: int = 1, ttl_seconds: float | None = None) -> int:
        shelf = self._counting(key)
        entry = shelf.get(key)
        count = (int(entry.value) if entry else 0) + by
        end = self._end(ttl_seconds) if entry is None or entry.expires is None else entry.expires
        shelf.put(key, b"%d" % count, end)
        return count

    async def tokens(self, key: str, rate_per_second: float, burst: int, cost: int = 1) -> float:
        wish = bucket.draw(rate_per_second, burst, cost)
        shelf, seconds = self._counting(key), self._now()
        now, entry = bucket.microseconds(seconds), shelf.get(key)
        full = bucket.full_at(now, int(entry.value) if entry else 0, wish)
        wait = bucket.wait(now, full, wish)
        if not wait:
            shelf.put(key, b"%d" % full, seconds + (full - now) / bucket.MICRO)
        return wait / bucket.MICRO

    async def publish(self, channel: str, message: bytes) -> None:
        self._channels.publish(channel, message)

    @asynccontextmanager
    async def subscribe(self, channel: str) -> AsyncIterator[AsyncIterator[bytes]]:
        with self._channels.box(channel) as box:
            yield aiter(box)

    def lock(self, name: str, *, hold_seconds: float = 10.0, wait_seconds: float = 5.0) -> AbstractAsyncContextManager[None]:
        return held(self, name, hold_seconds, wait_seconds)

    async def close(self) -> None:
        """There is nothing to end."""

    def clear(self) -> None:
        """Everything is gone; subscribers stay."""
        for shelf in self._shelves():
            shelf.clear()

    def life_left(self, key: str) -> float | None:
        """Seconds until the key expires; None if never or if it is not there."""
        entry = self._home(key).get(key) or self._counts.get(key)
        return None if entry is None or entry.expires is None else entry.expires - self._now()

    def _read(self, key: str) -> bytes | None:
        entry = self._home(key).get(key) or self._counts.get(key)
        return None if entry is None else entry.value

    def _drop(self, key: str) -> bool:
        dropped = [self._home(key).drop(key), self._counts.drop(key)]
        return any(dropped)

    def _home(self, key: str) -> Lru:
        return self._copies if key.startswith(CACHE) else self._state

    def _counting(self, key: str) -> Lru:
        """Where a key is counted: among the counts, unless it was set before."""
        home = self._home(key)
        return self._counts if home.get(key) is None else home

    def _shelves(self) -> Iterator[Lru]:
        return chain((self._copies, self._counts, self._state))

    def _end(self, ttl_seconds: float | None) -> float | None:
        if ttl_seconds is None:
            return None
        if ttl_seconds <= 0:
            raise ValueError(f"a life of {ttl_seconds:g} s")
        return self._now() + ttl_seconds
