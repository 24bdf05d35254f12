"""How often a door may be tried: by one address, for one account, for one mailbox.

Each kind has buckets of tries; a short one for the hasty, and a long one where somebody who keeps on must wait ever longer. A try counts
whether it succeeds or not and whether the account exists or not, so a refusal tells nothing. Beside the limits of the whole house.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Protocol

from control.errors import TooMany


@dataclass(frozen=True, slots=True)
class Tries:
    """So many at once, and as many again over that time."""

    times: int
    seconds: float


HASTY: Final = Tries(5, 60)
STUBBORN: Final = Tries(20, 3_600)
TRIES: Final[Mapping[str, Sequence[Tries]]] = {
    "login-account": (HASTY, STUBBORN),
    "login-client": (Tries(30, 60),),
    "proof": (HASTY, STUBBORN),
    "second-factor": (HASTY, STUBBORN),
    "register-client": (Tries(10, 600),),
    "refresh-client": (Tries(300, 60),),
    "code-client": (Tries(30, 60),),
    "mail-address": (Tries(3, 600),),
    "mail-client": (Tries(20, 3_600),),
}


class Limits(Protocol):
    """What the services ask."""

    async def allow(self, kind: str, subject: str) -> None:
        """Counts one try. Raises TooMany."""


class Buckets(Protocol):
    """What is needed of the Kv."""

    async def tokens(self, key: str, rate_per_second: float, burst: int, cost: int = 1) -> float: ...


class Throttle:
    """Limits kept in the Kv, so that they hold over all processes."""

    def __init__(self, buckets: Buckets, tries: Mapping[str, Sequence[Tries]] = TRIES) -> None:
        self._buckets = buckets
        self._tries = tries

    async def allow(self, kind: str, subject: str) -> None:
        """Counts one try of `subject`: an address of the net, a mailbox, an account. Raises TooMany."""
        digest = sha256(subject.casefold().encode("utf-8", "surrogatepass")).hexdigest()[:32]
        for number, tries in enumerate(self._tries[kind]):
            wait_seconds = await self._buckets.tokens(f"throttle:{kind}:{number}:{digest}", tries.times / tries.seconds, tries.times)
            if wait_seconds > 0:
                raise TooMany("Too many tries; wait a little.", retry_after_seconds=wait_seconds)
