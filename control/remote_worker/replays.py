"""Which requests have been seen: one that comes a second time was recorded by somebody and is sent again.

A nonce is remembered as long as its request's time would let it pass. Only requests with a right signature get this far, so nobody but the
station can fill the memory; when it is full, new ones are refused and none is forgotten too early.
"""

from collections import deque
from typing import Final

from generation.remote.signing import WINDOW_SECONDS

MOST: Final = 200_000
"""300 calls a second throughout the window."""


class Replays:
    """Of one worker."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._seen: set[str] = set()
        self._forgotten_at: deque[tuple[float, str]] = deque()

    def first(self, nonce: str, now: float) -> bool:
        """Whether it comes for the first time, and can be remembered. `now`: monotonic seconds."""
        while self._forgotten_at and self._forgotten_at[0][0] <= now:
            self._seen.discard(self._forgotten_at.popleft()[1])
        if nonce in self._seen or len(self._seen) >= self._most:
            return False
        self._seen.add(nonce)
        self._forgotten_at.append((now + 2 * WINDOW_SECONDS, nonce))
        return True
