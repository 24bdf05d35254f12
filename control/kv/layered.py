"""A small memory near the reader before the shared store: a copy that is read again and again costs no round trip.

Only keys under `cache:` are kept near, and for a few seconds at most. Who changes one tells all others on a channel. While that channel
cannot be heard nothing is kept near, since nobody would say that it is old.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from typing import Final

from msgspec import DecodeError, Struct
from msgspec.msgpack import Decoder, Encoder

from control.kv.kv import CACHE, Kv, KvAway
from control.kv.lock import held
from control.kv.lru import Lru
from control.kv.pattern import expression
from control.kv.pause import pause
from control.kv.statistics import Hits, Statistics

CHANNEL: Final = "invalidated"
NEAR_ENTRIES: Final = 1_000
NEAR_BYTES: Final = 16 << 20
NEAR_SECONDS: Final = 5.0
RETRY_SECONDS: Final = (0.2, 0.4)
MOST_KEYS_A_MESSAGE: Final = 1_000


class Stale(Struct, frozen=True):
    """Said to all processes: these copies are old."""

    teller: bytes
    keys: tuple[str, ...] = ()
    pattern: str = ""


class LayeredKv:
    """See Kv. Made inside a running event loop; owns `far`. `now` gives seconds that never step back."""

    def __init__(
        self, far: Kv, entries: int = NEAR_ENTRIES, near_seconds: float = NEAR_SECONDS, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._far = far
        self._near = Lru(entries, NEAR_BYTES, now)
        self._near_seconds = near_seconds
        self._now = now
        self._name = secrets.token_bytes(8)
        self._hears = asyncio.Event()
        self._invalidations = 0
        """Counted so that a read under way does not keep near what has become old meanwhile."""
        self._encoder, self._decoder = Encoder(), Decoder(Stale)
        self.near = Hits()
        """Reads of copies that were answered near, or not."""
        self._listening = asyncio.create_task(self._listen(), name="kv invalidations")

    @property
    def away(self) -> bool:
        return self._far.away

    @property
    def reason(self) -> str:
        return self._far.reason

    @property
    def statistics(self) -> Statistics:
        return self._far.statistics

    async def hearing(self) -> None:
        """Returns when invalidations are heard, so that copies are kept near."""
        await self._hears.wait()

    async def get(self, key: str) -> bytes | None:
        if not key.startswith(CACHE):
            return await self._far.get(key)
        value = self._near_value(key)
        if value is None:
            seen = self._invalidations
            value = await self._far.get(key)
            self._keep(key, value, seen)
        return value

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        values = [self._near_value(key) if key.startswith(CACHE) else None for key in keys]
        absent = [at for at, value in enumerate(values) if value is None]
        if absent:
            seen = self._invalidations
            for at, value in zip(absent, await self._far.get_many([keys[at] for at in absent]), strict=True):
                values[at] = value
                self._keep(keys[at], value, seen)
        return values

    async def set(self, key: str, value: bytes, ttl_seconds: float | None = None) -> None:
        await self._far.set(key, value, ttl_seconds)
        await self._tell(key)

    async def set_many(self, values: Mapping[str, bytes], ttl_seconds: float | None = None) -> None:
        await self._far.set_many(values, ttl_seconds)
        await self._tell(*values)

    async def add(self, key: str, value: bytes, ttl_seconds: float | None = None) -> bool:
        return await self._far.add(key, value, ttl_seconds)  # an absent key is nowhere kept near

    async def take(self, key: str) -> bytes | None:
        value = await self._far.take(key)
        await self._tell(key)
        return value

    async def delete(self, *keys: str) -> int:
        count = await self._far.delete(*keys)
        await self._tell(*keys)
        return count

    async def delete_if(self, key: str, value: bytes) -> bool:
        deleted = await self._far.delete_if(key, value)
        if deleted:
            await self._tell(key)
        return deleted

    async def delete_matching(self, pattern: str) -> int:
        count = await self._far.delete_matching(pattern)
        self._drop_matching(pattern)
        await self._far.publish(CHANNEL, self._encoder.encode(Stale(self._name, pattern=pattern)))
        return count

    async def increment(self, key: str, by: int = 1, ttl_seconds: float | None = None) -> int:
        count = await self._far.increment(key, by, ttl_seconds)
        await self._tell(key)
        return count

    async def tokens(self, key: str, rate_per_second: float, burst: int, cost: int = 1) -> float:
        return await self._far.tokens(key, rate_per_second, burst, cost)

    async def publish(self, channel: str, message: bytes) -> None:
        await self._far.publish(channel, message)

    def subscribe(self, channel: str) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        return self._far.subscribe(channel)

    def lock(self, name: str, *, hold_seconds: float = 10.0, wait_seconds: float = 5.0) -> AbstractAsyncContextManager[None]:
        return held(self, name, hold_seconds, wait_seconds)

    async def close(self) -> None:
        self._listening.cancel()
        with suppress(asyncio.CancelledError):
            await self._listening
        await self._far.close()

    def _near_value(self, key: str) -> bytes | None:
        entry = self._near.get(key)
        if entry is None:
            self.near.misses += 1
            return None
        self.near.hits += 1
        return entry.value

    def _keep(self, key: str, value: bytes | None, seen: int) -> None:
        """Near, unless something was invalidated since the reader asked: it may have been this."""
        if value is not None and key.startswith(CACHE) and seen == self._invalidations and self._hears.is_set():
            self._near.put(key, value, self._now() + self._near_seconds)

    async def _tell(self, *keys: str) -> None:
        """Drops the copies among the keys here and everywhere."""
        copies = [key for key in keys if key.startswith(CACHE)]
        self._drop(copies)
        for at in range(0, len(copies), MOST_KEYS_A_MESSAGE):
            told = Stale(self._name, tuple(copies[at : at + MOST_KEYS_A_MESSAGE]))
            await self._far.publish(CHANNEL, self._encoder.encode(told))

    def _drop(self, copies: Sequence[str]) -> None:
        if copies:
            self._invalidations += 1
        for key in copies:
            self._near.drop(key)

    def _drop_matching(self, pattern: str) -> None:
        self._invalidations += 1
        self._near.drop_matching(expression(pattern))

    async def _listen(self) -> None:
        """Hears what others changed; after every loss of the channel it begins with an empty memory."""
        while True:
            with suppress(KvAway):
                try:
                    async with self._far.subscribe(CHANNEL) as messages:
                        self._forget_all()
                        self._hears.set()
                        async for message in messages:
                            self._heard(message)
                finally:
                    self._hears.clear()
                    self._forget_all()
            await pause(*RETRY_SECONDS)

    def _forget_all(self) -> None:
        self._invalidations += 1
        self._near.clear()

    def _heard(self, message: bytes) -> None:
        try:
            stale = self._decoder.decode(message)
        except DecodeError:  # of another version of the program
            self._forget_all()
            return
        if stale.teller == self._name:
            return
        self._drop(stale.keys)
        if stale.pattern:
            self._drop_matching(stale.pattern)
