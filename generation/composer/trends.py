"""What is liked elsewhere, asked once an hour. Who asks whom is handed in; a source that fails is asked again a while later, and what it
said last stands meanwhile, to a day."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from math import isfinite
from typing import Final

from generation.brief import GENRES
from generation.errors import StudioError

KEPT_SECONDS: Final = 3_600.0
RETRY_SECONDS: Final = 300.0
STALE_SECONDS: Final = 86_400.0


class TrendsAway(StudioError):
    """The source of trends does not answer."""


class Trends:
    """Genre -> its share of what is liked, 0 to 1, remembered for an hour."""

    def __init__(self, source: Callable[[], Awaitable[Mapping[str, float]]], now: Callable[[], float]) -> None:
        """`source` raises TrendsAway when it cannot be had; `now` counts seconds and never jumps."""
        self._source = source
        self._now = now
        self._known: dict[str, float] = {}
        self._learnt = float("-inf")
        self._next = float("-inf")
        self._asking = asyncio.Lock()
        self.failures_total = 0

    async def latest(self) -> Mapping[str, float]:
        """Never raises for a source that is away; empty while nothing is known. Many who ask at once ask the source once."""
        async with self._asking:
            now = self._now()
            if now >= self._next:
                try:
                    self._known = _shares(await self._source())
                    self._learnt, self._next = now, now + KEPT_SECONDS
                except TrendsAway:
                    self.failures_total += 1
                    self._next = now + RETRY_SECONDS
            return self._known if now - self._learnt < STALE_SECONDS else {}


def _shares(found: Mapping[str, float]) -> dict[str, float]:
    """Of the genres that there are; nothing else is believed."""
    known = {genre: float(found[genre]) for genre in GENRES if genre in found}
    known = {genre: amount for genre, amount in known.items() if isfinite(amount) and amount > 0}
    total = sum(known.values())
    return {genre: amount / total for genre, amount in known.items()} if total else {}
