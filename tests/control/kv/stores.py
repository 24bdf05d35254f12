"""Stores for tests: the same Kv by four ways, and waits with a deadline."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from control.kv.kv import Kv
from control.kv.layered import LayeredKv
from control.kv.memory import MemoryKv
from control.kv.redis_kv import RedisKv, connect
from control.kv.resilient import ResilientKv

DEADLINE_SECONDS = 10.0


def own_prefix() -> str:
    return f"test-{secrets.token_hex(6)}:"


def redis_kv(url: str, prefix: str = "") -> RedisKv:
    return RedisKv(connect(url), prefix or own_prefix())


def make(kind: str, url: str) -> Kv:
    """`memory`, `redis`, `layered` or `resilient`."""
    if kind == "memory":
        return MemoryKv()
    if kind == "redis":
        return redis_kv(url)
    layered = LayeredKv(redis_kv(url))
    return layered if kind == "layered" else ResilientKv(layered, MemoryKv(), answer_seconds=5.0)


@asynccontextmanager
async def opened(kind: str, url: str) -> AsyncIterator[Kv]:
    kv = make(kind, url)
    try:
        yield kv
    finally:
        await kv.close()


async def until(true: Callable[[], Awaitable[bool]], within_seconds: float = DEADLINE_SECONDS) -> None:
    """Looks again and again; raises TimeoutError."""
    async with asyncio.timeout(within_seconds):
        while True:
            if await true():
                return
            await asyncio.sleep(0.01)
