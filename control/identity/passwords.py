"""Passwords: made into hashes, compared, judged. The only place that sees one.

bcrypt reads 72 bytes and refuses more, so it is given the base64 of the password's SHA-256: every byte of a long password counts, and
a zero byte ends nothing. A hash costs a core about a third of a second, by intention; one thread makes them all, so that a flood of
logins can never take the station's cores, and behind a short queue the rest are told to come again. An unknown account is compared
with a hash of nothing, at the same cost: the time of an answer tells nobody who has an account.
"""

import asyncio
from base64 import b64encode
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any, Final, TypeVar

import bcrypt
from zxcvbn import zxcvbn  # type: ignore[import-untyped]

from control.errors import Unavailable

COST: Final = 12
"""Of bcrypt: 2 ** 12 rounds."""
SHORTEST: Final = 8
LONGEST: Final = 256
LEAST_SCORE: Final = 3
"""Of zxcvbn's 0 to 4: safely unguessable, moderate protection from an offline attack."""
JUDGED_CHARACTERS: Final = 72
"""zxcvbn refuses more; its work grows with the square of them."""
RETRY_SECONDS: Final = 2.0
Result = TypeVar("Result")


class Passwords:
    """A bounded thread that hashes. Close it."""

    def __init__(self, workers: int = 1, queue: int = 20, cost: int = COST) -> None:
        """`queue` counts those who wait and those who are served. `cost` below COST is for tests."""
        self._workers = ThreadPoolExecutor(workers, thread_name_prefix="passwords")
        self._judges = ThreadPoolExecutor(1, thread_name_prefix="password-judge")
        self._queue = queue
        self._inside = 0
        self._cost = cost
        self._hash_of_nothing = f"$2b${cost:02}$" + 53 * "."

    async def hash(self, password: str) -> str:
        """To be stored. Raises Unavailable when too many wait."""
        return await self._in_thread(self._workers, lambda: bcrypt.hashpw(_condensed(password), bcrypt.gensalt(self._cost)).decode())

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Whether it is the password of the hash; with None never, at the same cost. Raises Unavailable when too many wait."""
        against = (hashed or self._hash_of_nothing).encode()
        same = await self._in_thread(self._workers, lambda: bcrypt.checkpw(_condensed(password), against))
        return same and hashed is not None

    async def judge(self, password: str, words: Sequence[str] = ()) -> list[str]:
        """What is wrong with a password that somebody wants, in sentences; nothing if it may be used.

        `words` (the e-mail address, the name) and their parts count as guessed first. Raises Unavailable when too many wait.
        """
        if not SHORTEST <= len(password) <= LONGEST:
            return [f"Use {SHORTEST} to {LONGEST} characters."]
        known = [part[:JUDGED_CHARACTERS] for word in words for part in (word, *word.replace("@", " ").replace(".", " ").split()) if part]
        found = await self._in_thread(self._judges, lambda: zxcvbn(password[:JUDGED_CHARACTERS], user_inputs=["sonicforge", *known]))
        if found["score"] >= LEAST_SCORE:
            return []
        said = [found["feedback"]["warning"], *found["feedback"]["suggestions"]]
        return [f"{sentence.removesuffix('.')}." for sentence in said if sentence] or ["It is too easy to guess."]

    async def close(self) -> None:
        """Waits for what is being made."""
        await asyncio.to_thread(self._workers.shutdown)
        await asyncio.to_thread(self._judges.shutdown)

    async def _in_thread(self, pool: ThreadPoolExecutor, work: Callable[[], Result]) -> Result:
        if self._inside >= self._queue:
            raise Unavailable("Too many are logging in at this moment.", retry_after_seconds=RETRY_SECONDS)
        self._inside += 1
        running = asyncio.get_running_loop().run_in_executor(pool, work)
        running.add_done_callback(self._left)
        return await running

    def _left(self, done: "asyncio.Future[Any]") -> None:
        del done
        self._inside -= 1


def _condensed(password: str) -> bytes:
    """44 bytes without a zero, whatever the password's length and letters."""
    return b64encode(sha256(password.encode("utf-8", "surrogatepass")).digest())
