"""Where the counts of limits stand: in this process, or in the Kv for all processes together.

Both count in windows of the limit's length and weigh the window before by how much of it the last such length still covers; `limits`
does the reckoning. Its own memory storage walks through all keys at every hit and never bounds them, which a stranger with a /32 of
addresses could use; here a hit costs the same however many there are, and whoever was not seen for longest is forgotten first.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from math import floor
from typing import Final, Protocol

from limits.aio.storage import SlidingWindowCounterSupport, Storage

CLIENTS_COUNTED: Final = 100_000
"""About 20 MB."""
EDGE_SECONDS: Final = 0.001
"""A request that comes exactly when there is room again is still one too many."""


class Counts(Protocol):
    """What is asked of a Kv."""

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]: ...
    async def increment(self, key: str, by: int = 1, ttl_seconds: float | None = None) -> int: ...
    async def delete(self, *keys: str) -> int: ...


class _Windows(Storage, SlidingWindowCounterSupport):
    """What `limits` asks of every storage beside the sliding window, of which nothing here makes use."""

    STORAGE_SCHEME = None

    @property
    def base_exceptions(self) -> type[Exception]:
        return OSError

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        raise NotImplementedError

    async def get(self, key: str) -> int:
        raise NotImplementedError

    async def get_expiry(self, key: str) -> float:
        raise NotImplementedError

    async def check(self) -> bool:
        return True

    async def reset(self) -> int | None:
        raise NotImplementedError

    async def clear(self, key: str) -> None:
        raise NotImplementedError


class LocalWindows(_Windows):
    """Counts of this process. `wall` tells UNIX seconds."""

    def __init__(self, wall: Callable[[], float], most: int = CLIENTS_COUNTED) -> None:
        super().__init__()
        self._wall = wall
        self._most = most
        self._counts: OrderedDict[str, tuple[int, int, int]] = OrderedDict()
        """Key -> (number of the window, count in the window before it, count in it)."""

    def __len__(self) -> int:
        return len(self._counts)

    async def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        now = self._wall()
        window, before, count = self._at(key, expiry, now)
        if floor(weighted(before, count, expiry, now)) + amount > limit:
            return False
        self._counts[key] = (window, before, count + amount)
        self._counts.move_to_end(key)
        if len(self._counts) > self._most:
            self._counts.popitem(last=False)
        return True

    async def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        now = self._wall()
        _, before, count = self._at(key, expiry, now)
        return before, left_seconds(expiry, now), count, left_seconds(expiry, now) + expiry

    async def clear_sliding_window(self, key: str, expiry: int) -> None:  # noqa: ARG002  # the signature is the library's
        self._counts.pop(key, None)

    def _at(self, key: str, expiry: int, now: float) -> tuple[int, int, int]:
        window = int(now // expiry)
        last, before, count = self._counts.get(key, (window, 0, 0))
        if last == window:
            return window, before, count
        return window, count if last == window - 1 else 0, 0


class KvWindows(_Windows):
    """Counts of all processes. Two clients at the very limit at the same moment may both be refused; never both be let through."""

    def __init__(self, kv: Counts, wall: Callable[[], float]) -> None:
        super().__init__()
        self._kv = kv
        self._wall = wall

    async def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        now = self._wall()
        previous, current = _keys(key, expiry, now)
        count = await self._kv.increment(current, amount, 2 * expiry)
        before = _count((await self._kv.get_many([previous]))[0])
        if floor(weighted(before, count - amount, expiry, now)) + amount <= limit:
            return True
        await self._kv.increment(current, -amount, 2 * expiry)
        return False

    async def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        now = self._wall()
        before, count = await self._kv.get_many(_keys(key, expiry, now))
        return _count(before), left_seconds(expiry, now), _count(count), left_seconds(expiry, now) + expiry

    async def clear_sliding_window(self, key: str, expiry: int) -> None:
        await self._kv.delete(*_keys(key, expiry, self._wall()))


def left_seconds(expiry: int, now: float) -> float:
    """Until the window of now ends."""
    return expiry - now % expiry


def weighted(before: int, count: int, expiry: int, now: float) -> float:
    """How many there were in the last `expiry` seconds, if those of the window before came evenly."""
    return before * left_seconds(expiry, now) / expiry + count


def wait_seconds(before: int, count: int, limit: int, expiry: int, now: float) -> float:
    """Until one more is let through; 0.0 if it is now. The inverse of `weighted`."""
    if floor(weighted(before, count, expiry, now)) + 1 <= limit:
        return 0.0
    left = left_seconds(expiry, now)
    if count + 1 <= limit:  # what is missing wears off with the window before
        return EDGE_SECONDS + max(0.0, left - expiry * (limit - count) / max(before, 1))
    return EDGE_SECONDS + left + expiry * (1 - limit / count)


def _keys(key: str, expiry: int, now: float) -> tuple[str, str]:
    window = int(now // expiry)
    return f"{key}/{window - 1}", f"{key}/{window}"


def _count(value: bytes | None) -> int:
    """A refused client may have been counted back below nothing when a window ended in between."""
    return max(0, int(value)) if value else 0
