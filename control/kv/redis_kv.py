"""Keys and values on a Redis or Valkey server, or behind Sentinels. Nothing is tried twice here: who must not fail is in resilient.py.

Every failure of the server's is KvAway, whatever it was: refused, silent, read-only after a failover, out of memory, wrong password.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Any, Final

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.connection import ConnectionPool
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import MasterNotFoundError, Sentinel
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from control.kv import bucket, scripts
from control.kv.kv import CONNECTIONS, PREFIX, KvAway
from control.kv.lock import held
from control.kv.pattern import redis_glob
from control.kv.statistics import Statistics

SOCKET_SECONDS: Final = 0.5
"""The longest that one command may take."""
SENTINEL_SECONDS: Final = 0.15
"""The longest that one Sentinel may take before the next is asked."""
PULSE_SECONDS: Final = 0.5
"""A subscription that was silent so long is asked whether it lives, and has as long to answer."""
SWEEP_KEYS: Final = 500
"""About how many keys one step of a sweep looks at."""

OPTIONS: Final[Mapping[str, Any]] = {
    "socket_timeout": None,
    "socket_connect_timeout": SOCKET_SECONDS,
    "retry": Retry(NoBackoff(), 0),
    "protocol": 2,
    "driver_info": None,
}
"""RESP 2 and no CLIENT SETINFO: a new connection costs no round trip before its first command. The time is kept here: with a timeout the
client sends by `wait_for`, which can swallow a cancellation in Python 3.11."""


def connect(url: str) -> Redis:
    """A client of the server at `redis://`, `rediss://` or `unix://`; connects at its first use. Raises ValueError for another scheme."""
    return Redis.from_pool(ConnectionPool.from_url(url, **OPTIONS))


def connect_by_sentinels(sentinels: Sequence[tuple[str, int]], service: str, username: str | None, password: str | None) -> Redis:
    """A client of the master that the Sentinels name; connects at its first use, and anew after a failover."""
    account = {"username": username or None, "password": password or None}
    asking = {**OPTIONS, "socket_timeout": SENTINEL_SECONDS, "socket_connect_timeout": SENTINEL_SECONDS}
    watchers: Any = Sentinel(list(sentinels), sentinel_kwargs=asking, **OPTIONS, **account)  # type: ignore[no-untyped-call]
    master: Redis = watchers.master_for(service)
    return master


class RedisKv:
    """See Kv. Owns the client. At most `connections` commands run at a time; further ones wait their turn."""

    def __init__(self, client: Redis, prefix: str = PREFIX, connections: int = CONNECTIONS) -> None:
        self._client = client
        self._prefix = prefix
        self._turns = asyncio.Semaphore(connections)
        self._statistics = Statistics()
        self._delete_if = client.register_script(scripts.DELETE_IF)
        self._increment = client.register_script(scripts.INCREMENT)
        self._tokens = client.register_script(scripts.TOKENS)

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
        value: bytes | None = await self._ask("GET", self._full(key))
        return value

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        if not keys:
            return []
        values: list[bytes | None] = await self._ask("MGET", *map(self._full, keys))
        return values

    async def set(self, key: str, value: bytes, ttl_seconds: float | None = None) -> None:
        await self._ask("SET", self._full(key), value, *_life(ttl_seconds))

    async def set_many(self, values: Mapping[str, bytes], ttl_seconds: float | None = None) -> None:
        life = _life(ttl_seconds)
        async with self._turn(), self._client.pipeline(transaction=True) as pipeline:
            for key, value in values.items():
                pipeline.execute_command("SET", self._full(key), value, *life)
            await pipeline.execute()

    async def add(self, key: str, value: bytes, ttl_seconds: float | None = None) -> bool:
        return bool(await self._ask("SET", self._full(key), value, *_life(ttl_seconds), "NX"))

    async def take(self, key: str) -> bytes | None:
        value: bytes | None = await self._ask("GETDEL", self._full(key))
        return value

    async def delete(self, *keys: str) -> int:
        return int(await self._ask("UNLINK", *map(self._full, keys))) if keys else 0

    async def delete_if(self, key: str, value: bytes) -> bool:
        async with self._turn():
            return bool(await self._delete_if(keys=[self._full(key)], args=[value]))

    async def delete_matching(self, pattern: str) -> int:
        """In steps (SCAN, never KEYS), so that nobody else waits for it."""
        deleted, cursor = 0, 0
        while True:
            cursor, keys = await self._ask("SCAN", cursor, "MATCH", redis_glob(self._full(pattern)), "COUNT", SWEEP_KEYS)
            deleted += int(await self._ask("UNLINK", *keys)) if keys else 0
            if not int(cursor):
                return deleted

    async def increment(self, key: str, by: int = 1, ttl_seconds: float | None = None) -> int:
        life = _life(ttl_seconds)
        async with self._turn():
            return int(await self._increment(keys=[self._full(key)], args=[by, life[1] if life else ""]))

    async def tokens(self, key: str, rate_per_second: float, burst: int, cost: int = 1) -> float:
        wish = bucket.draw(rate_per_second, burst, cost)
        async with self._turn():
            return int(await self._tokens(keys=[self._full(key)], args=[wish.cost, wish.depth])) / bucket.MICRO

    async def publish(self, channel: str, message: bytes) -> None:
        await self._ask("PUBLISH", self._full(channel), message)

    @asynccontextmanager
    async def subscribe(self, channel: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """The iterator raises KvAway when the connection is lost: what is published from then on is missed."""
        async with self._client.pubsub() as subscription:
            with _failures():
                await subscription.subscribe(self._full(channel))
                if await subscription.get_message(timeout=SOCKET_SECONDS) is None:
                    raise KvAway("a subscription was not confirmed")
            yield _messages(subscription)

    def lock(self, name: str, *, hold_seconds: float = 10.0, wait_seconds: float = 5.0) -> AbstractAsyncContextManager[None]:
        return held(self, name, hold_seconds, wait_seconds)

    async def close(self) -> None:
        with _failures():
            await self._client.aclose()

    async def _ask(self, *command: bytes | str | int) -> Any:
        async with self._turn():
            return await self._client.execute_command(*command)  # type: ignore[no-untyped-call]

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """One command's time, waiting for a free connection included."""
        with _failures():
            async with asyncio.timeout(SOCKET_SECONDS), self._turns:
                yield

    def _full(self, key: str) -> str:
        return self._prefix + key


async def _messages(subscription: PubSub) -> AsyncIterator[bytes]:
    asked = False
    while True:
        with _failures():
            message = await subscription.get_message(timeout=PULSE_SECONDS)
            if message is None:
                if asked:
                    raise KvAway("a subscription has gone silent")
                await subscription.ping()
            asked = message is None
        if message is not None and message["type"] == "message":
            yield message["data"]


@contextmanager
def _failures() -> Iterator[None]:
    """Turns whatever the client raises into KvAway; a count that is none into ValueError."""
    try:
        yield
    except ResponseError as error:
        if "not an integer" in str(error):
            raise ValueError(str(error)) from None
        raise KvAway(str(error)) from error
    except MasterNotFoundError:  # its text describes every Sentinel's client
        raise KvAway("no Sentinel that answers knows the master") from None
    except (RedisError, OSError) as error:
        raise KvAway(str(error) or type(error).__name__) from error


def _life(ttl_seconds: float | None) -> tuple[str, int] | tuple[()]:
    if ttl_seconds is None:
        return ()
    if ttl_seconds <= 0:
        raise ValueError(f"a life of {ttl_seconds:g} s")
    return ("PX", max(1, round(ttl_seconds * 1_000)))
