"""What the office asks of a store of keys and values. Truth is in PostgreSQL: all of this may be gone at any moment.

Three kinds of things live in it: copies under `cache:` (control/kv/cached.py), counts and buckets (limits), and small state with a short
life (tickets, revocations, locks). A copy may be remembered near the reader for a second or two; everything else is always read
where it is true. A key is text of at most 512 bytes, a value is bytes; counts and buckets are bytes too, in their own notation.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol

from control.errors import Conflict, Unavailable
from control.kv.statistics import Statistics

CACHE: Final = "cache:"
"""Keys that begin so are copies of what can be made again."""
PREFIX: Final = "sonicforge:"
"""Of every key and channel in a shared store."""
CONNECTIONS: Final = 32
"""To a shared store, of one process."""


class KvAway(Unavailable):
    """The store of keys and values does not answer"""

    code = "kv-away"


class LockTaken(Conflict):
    """Somebody else is doing this just now; try again in a moment"""

    code = "lock-taken"


class Kv(Protocol):
    """A store of keys and values. Raises KvAway where it is a server's and the server does not answer.

    `ttl_seconds`: how long the key lives; None is for ever. It must be above 0.
    """

    @property
    def away(self) -> bool:
        """Whether the shared store does not answer and this process helps itself."""

    @property
    def reason(self) -> str:
        """Why it is away, in one line for the operator; empty while it is not."""

    @property
    def statistics(self) -> Statistics:
        """Hits and misses of what was read through `cached`."""

    async def get(self, key: str) -> bytes | None:
        """The value, or None."""

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """The values in the order of the keys; one round trip."""

    async def set(self, key: str, value: bytes, ttl_seconds: float | None = None) -> None:
        """Replaces value and life."""

    async def set_many(self, values: Mapping[str, bytes], ttl_seconds: float | None = None) -> None:
        """Sets all of them at once; one round trip."""

    async def add(self, key: str, value: bytes, ttl_seconds: float | None = None) -> bool:
        """Sets a key that is absent. Of many at the same time exactly one is told True."""

    async def take(self, key: str) -> bytes | None:
        """The value, and the key is gone. Of many at the same time exactly one is given the value."""

    async def delete(self, *keys: str) -> int:
        """How many of them there were."""

    async def delete_if(self, key: str, value: bytes) -> bool:
        """Deletes the key if this is its value; whether it was."""

    async def delete_matching(self, pattern: str) -> int:
        """How many there were. `*` stands for any characters, every other character for itself."""

    async def increment(self, key: str, by: int = 1, ttl_seconds: float | None = None) -> int:
        """The count after it; an absent one is 0. A life is given only to a count that has none, so a window never grows.

        Raises ValueError where the value is no count.
        """

    async def tokens(self, key: str, rate_per_second: float, burst: int, cost: int = 1) -> float:
        """Takes `cost` tokens out of a bucket of `burst` that fills at `rate_per_second`: 0.0 if granted, else the seconds to wait.

        What is refused costs nothing. Raises ValueError where no wait would ever be enough.
        """

    async def publish(self, channel: str, message: bytes) -> None:
        """Tells those who are subscribed now; nobody else will ever hear of it."""

    def subscribe(self, channel: str) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """What is published from the moment the context is entered. A reader who is 1,000 messages behind loses the oldest."""

    def lock(self, name: str, *, hold_seconds: float = 10.0, wait_seconds: float = 5.0) -> AbstractAsyncContextManager[None]:
        """Alone inside it, for at most `hold_seconds`. Raises LockTaken if it was not free within `wait_seconds`."""

    async def close(self) -> None:
        """Ends its tasks and connections."""
