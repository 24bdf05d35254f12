"""Copies of what is dear to make: a function whose answer is remembered for a while, and made once however many ask at the same time.

    read = cached(kv, key="nowplaying:{station}", ttl_seconds=2)(self._read)
    ...
    await invalidate(kv, f"nowplaying:{station}")

Before it works, a maker leaves a mark (a lease); who invalidates removes it. So an answer that became old while it was being made is
thrown away, on whatever machine that was, and of several machines one keeps its answer. A store that is away costs a call, never an error.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from functools import wraps
from inspect import signature
from typing import Any, Final, Generic, ParamSpec, TypeVar, get_type_hints
from urllib.parse import quote

from msgspec import DecodeError
from msgspec.msgpack import Decoder, Encoder

from control.kv.kv import CACHE, Kv

LEASE: Final = "lease:"
LEASE_SECONDS: Final = 10.0
"""The longest that a maker may work and still have his answer kept."""

P = ParamSpec("P")
T = TypeVar("T")


def cached(
    kv: Kv, *, key: str, ttl_seconds: float, returns: Any = None
) -> Callable[[Callable[P, Awaitable[T]]], Callable[P, Awaitable[T]]]:
    """Remembers the answers of an async function.

    `key` is a template of its arguments (`tracks:{genre}:{page}`); text in them is quoted, so no two calls share a key by accident. What
    stands before the first colon is the family that hits are counted under. The answer is whatever msgspec can write and read as
    `returns` (default: the return annotation): dataclasses, Structs, lists, dates, None.
    """

    def decorate(make: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
        shape = returns if returns is not None else get_type_hints(make)["return"]
        parameters = signature(make)
        copies: _Copies[T] = _Copies(kv, key.partition(":")[0], ttl_seconds, shape)

        @wraps(make)
        async def read(*arguments: P.args, **named: P.kwargs) -> T:
            bound = parameters.bind(*arguments, **named)
            bound.apply_defaults()
            name = key.format_map({name: quote(str(value), safe="") for name, value in bound.arguments.items()})
            return await copies.read(name, lambda: make(*arguments, **named))

        return read

    return decorate


async def invalidate(kv: Kv, *patterns: str) -> None:
    """Makes copies old, by key or with `*` for any characters, here and everywhere. Call it after the change is committed."""
    for pattern in patterns:
        delete = kv.delete_matching if "*" in pattern else kv.delete
        await delete(LEASE + pattern)  # before the copy: who makes one now must find that his lease is gone
        await delete(CACHE + pattern)


class _Copies(Generic[T]):
    """The copies that one function makes."""

    def __init__(self, kv: Kv, family: str, ttl_seconds: float, shape: Any) -> None:
        self._kv = kv
        self._family = family
        self._ttl_seconds = ttl_seconds
        self._encoder, self._decoder = Encoder(), Decoder(shape)
        self._making: dict[str, asyncio.Future[T]] = {}

    async def read(self, name: str, make: Callable[[], Awaitable[T]]) -> T:
        """The copy, or what is being made just now, or what is made for it."""
        while True:
            packed = await self._kv.get(CACHE + name)
            if packed is not None:
                try:
                    value: T = self._decoder.decode(packed)
                except DecodeError:  # written by another version of the program
                    pass
                else:
                    self._kv.statistics.hit(self._family)
                    return value
            under_way = self._making.get(name)
            if under_way is None:
                return await self._make_for_all(name, make)
            await asyncio.wait([under_way])
            if not under_way.cancelled():
                self._kv.statistics.hit(self._family)
                return under_way.result()

    async def _make_for_all(self, name: str, make: Callable[[], Awaitable[T]]) -> T:
        """Those who ask meanwhile get the same answer or the same error.

        They ask anew if this caller goes away, or if the answer became old while it was being made: they may know of the change already.
        """
        self._kv.statistics.miss(self._family)
        promise = self._making[name] = asyncio.get_running_loop().create_future()
        try:
            value, fresh = await self._make(name, make)
            if fresh:
                promise.set_result(value)
        except Exception as error:
            promise.set_exception(error)
            promise.exception()  # it is raised here; that nobody else waited is no complaint
            raise
        finally:
            promise.cancel()
            del self._making[name]
        return value

    async def _make(self, name: str, make: Callable[[], Awaitable[T]]) -> tuple[T, bool]:
        """The answer, and whether nobody invalidated it meanwhile, as far as this maker knows."""
        lease = secrets.token_bytes(12)
        leads = await self._kv.add(LEASE + name, lease, LEASE_SECONDS)
        kept = False
        try:
            value = await make()
            if leads:
                await self._kv.set(CACHE + name, self._encoder.encode(value), self._ttl_seconds)
                kept = True
        finally:
            fresh = not leads or await self._kv.delete_if(LEASE + name, lease)
            if kept and not fresh:
                await self._kv.delete(CACHE + name)
        return value, fresh
