"""A shared store that never fails: while it does not answer, this process helps itself from its own memory.

The first question that is not answered in time opens the breaker; from then on nothing waits for the store but one probe. Limits go on
locally, each process by itself. On the return, before anything is read there again, it is told what was changed meanwhile: state is
written back with the life it has left, copies are deleted, since another process may have changed what they were copied from.
Counts and buckets go on where the store has them.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final, TypeVar

import structlog

from control.kv.channels import Channels
from control.kv.kv import CACHE, Kv, KvAway
from control.kv.ledger import Changes, Ledger
from control.kv.lock import held
from control.kv.memory import MemoryKv
from control.kv.pause import pause
from control.kv.statistics import Statistics

ANSWER_SECONDS: Final = 0.15
"""What a caller waits at most for the store before he is helped from memory."""
PROBE_SECONDS: Final = 2.0
BETWEEN_PROBES_SECONDS: Final = (0.2, 0.4)
CALM_SECONDS: Final = 5.0
"""A store that fails again within this time of its return is not probed at once."""
PROBE: Final = "probe"
PROBE_LIFE_SECONDS: Final = 10.0
WRITE_BACK_KEYS: Final = 500

T = TypeVar("T")
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Relay:
    """One subscription at the store for all readers of a channel in this process."""

    tried: asyncio.Event
    """Set when it stands, or when it could not be had at once."""
    task: asyncio.Task[None]
    readers: int = 0


class ResilientKv:
    """See Kv; raises KvAway never. Made inside a running event loop; owns `shared` and `local`."""

    def __init__(self, shared: Kv, local: MemoryKv, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._shared = shared
        self._local = local
        self._answer_seconds = answer_seconds
        self._ledger = Ledger()
        self._channels = Channels()
        self._relays: dict[str, _Relay] = {}
        self._probing: asyncio.Task[None] | None = None
        self._reason = ""
        self._returned = -CALM_SECONDS

    @property
    def away(self) -> bool:
        return self._probing is not None

    @property
    def reason(self) -> str:
        return self._reason

    @property
    def statistics(self) -> Statistics:
        return self._shared.statistics

    async def get(self, key: str) -> bytes | None:
        return await self._ask(lambda kv: kv.get(key))

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        return await self._ask(lambda kv: kv.get_many(keys))

    async def set(self, key: str, value: bytes, ttl_seconds: float | None = None) -> None:
        await self._ask(lambda kv: kv.set(key, value, ttl_seconds), key)

    async def set_many(self, values: Mapping[str, bytes], ttl_seconds: float | None = None) -> None:
        await self._ask(lambda kv: kv.set_many(values, ttl_seconds), *values)

    async def add(self, key: str, value: bytes, ttl_seconds: float | None = None) -> bool:
        return await self._ask(lambda kv: kv.add(key, value, ttl_seconds), key)

    async def take(self, key: str) -> bytes | None:
        return await self._ask(lambda kv: kv.take(key), key)

    async def delete(self, *keys: str) -> int:
        return await self._ask(lambda kv: kv.delete(*keys), *keys)

    async def delete_if(self, key: str, value: bytes) -> bool:
        return await self._ask(lambda kv: kv.delete_if(key, value), key)

    async def delete_matching(self, pattern: str) -> int:
        """Long, but each step has the store's own limit; whether it answers at all is asked first."""
        await self.get(PROBE)
        if not self.away:
            try:
                return await self._shared.delete_matching(pattern)
            except KvAway as error:
                self._open(error)
        self._ledger.swept(pattern)
        return await self._local.delete_matching(pattern)

    async def increment(self, key: str, by: int = 1, ttl_seconds: float | None = None) -> int:
        return await self._ask(lambda kv: kv.increment(key, by, ttl_seconds))

    async def tokens(self, key: str, rate_per_second: float, burst: int, cost: int = 1) -> float:
        return await self._ask(lambda kv: kv.tokens(key, rate_per_second, burst, cost))

    async def publish(self, channel: str, message: bytes) -> None:
        """While the store is away only this process hears it."""
        if not self.away:
            with suppress(KvAway):
                await self._in_time(self._shared.publish(channel, message))
                return
        self._channels.publish(channel, message)

    @asynccontextmanager
    async def subscribe(self, channel: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """Subscribes anew after every loss; what was published meanwhile elsewhere is missed."""
        with self._channels.box(channel) as box:
            relay = self._relays.get(channel)
            if relay is None:
                tried = asyncio.Event()
                relay = self._relays[channel] = _Relay(tried, asyncio.create_task(self._relay(channel, tried), name=f"kv {channel}"))
            relay.readers += 1
            try:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._answer_seconds):
                        await relay.tried.wait()
                yield aiter(box)
            finally:
                relay.readers -= 1
                if not relay.readers:
                    del self._relays[channel]
                    await _end(relay.task)

    def lock(self, name: str, *, hold_seconds: float = 10.0, wait_seconds: float = 5.0) -> AbstractAsyncContextManager[None]:
        return held(self, name, hold_seconds, wait_seconds)

    async def close(self) -> None:
        if self._probing is not None:
            await _end(self._probing)
        with suppress(KvAway):
            await self._shared.close()
        await self._local.close()

    async def _ask(self, ask: Callable[[Kv], Awaitable[T]], *changes: str) -> T:
        """The store's answer, or the local memory's. `changes`: the keys that the question changes."""
        if not self.away:
            with suppress(KvAway):
                return await self._in_time(ask(self._shared))
        self._ledger.changed(*changes)
        return await ask(self._local)

    async def _in_time(self, answer: Awaitable[T]) -> T:
        """Raises KvAway, and the store is away from then on."""
        try:
            async with asyncio.timeout(self._answer_seconds):
                return await answer
        except KvAway as error:
            self._open(error)
            raise
        except TimeoutError:
            silent = KvAway(f"no answer within {self._answer_seconds:g} s")
            self._open(silent)
            raise silent from None

    def _open(self, error: KvAway) -> None:
        if self._probing is None:
            self._reason = str(error)
            log.warning("kv away", reason=self._reason)
            self._probing = asyncio.create_task(self._await_return(), name="kv probe")

    async def _await_return(self) -> None:
        """The first probe comes at once, so that a stall of this process costs a moment only."""
        loop = asyncio.get_running_loop()
        opened = loop.time()
        if opened - self._returned < CALM_SECONDS:
            await pause(*BETWEEN_PROBES_SECONDS)
        while True:
            if await self._is_back():
                break
            await pause(*BETWEEN_PROBES_SECONDS)
        self._local.clear()
        self._returned = loop.time()
        self._reason, self._probing = "", None
        log.info("kv back", away_seconds=round(self._returned - opened, 3))

    async def _is_back(self) -> bool:
        """Whether it takes a write and now knows all changes: nothing changes between the last look into the ledger and the return."""
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await self._shared.set(PROBE, b"", PROBE_LIFE_SECONDS)
            while self._ledger:
                await self._tell(self._ledger.take())
        except (KvAway, TimeoutError) as error:
            self._reason = str(error) or self._reason
            return False
        return True

    async def _tell(self, changes: Changes) -> None:
        """Raises KvAway, with the changes in the ledger again."""
        try:
            for pattern in ["*"] if changes.everything else changes.patterns:
                await self._shared.delete_matching(pattern)
            keys = list(changes.keys)
            for at in range(0, len(keys), WRITE_BACK_KEYS):
                await self._write_back(keys[at : at + WRITE_BACK_KEYS])
        except BaseException:
            self._ledger.put_back(changes)
            raise

    async def _write_back(self, keys: Sequence[str]) -> None:
        living = {key: value for key in keys if not key.startswith(CACHE) and (value := await self._local.get(key)) is not None}
        await self._shared.delete(*(key for key in keys if key not in living))
        for key, value in living.items():
            await self._shared.set(key, value, self._local.life_left(key))

    async def _relay(self, channel: str, tried: asyncio.Event) -> None:
        while True:
            with suppress(KvAway):
                async with self._shared.subscribe(channel) as messages:
                    tried.set()
                    async for message in messages:
                        self._channels.publish(channel, message)
            tried.set()
            await pause(*BETWEEN_PROBES_SECONDS)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
