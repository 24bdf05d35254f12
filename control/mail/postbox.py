"""The postbox: takes letters at once and sees to it that they go, so that nobody waits for a mail server, and the time of an answer
does not tell whether there was a letter.

It is bounded; when it is full a letter is not taken and the log says so. A letter that cannot go now is tried again, later each time,
without holding up the others. What waits is lost when the process ends: people can ask for another letter.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable, Sequence
from itertools import count
from time import monotonic
from typing import Final

import structlog

from control.mail.letter import Letter
from control.mail.sender import LetterRefused, MailAway, Sender

_log = structlog.get_logger(__name__)
ROOM: Final = 500
PAUSES_SECONDS: Final = (10.0, 60.0, 300.0, 1_800.0)
"""Before each further try."""


class Postbox:
    """One for a process. Whoever starts `run` awaits it."""

    def __init__(
        self, sender: Sender, *, room: int = ROOM, pauses_seconds: Sequence[float] = PAUSES_SECONDS, clock: Callable[[], float] = monotonic
    ) -> None:
        self._sender = sender
        self._room = room
        self._pauses = tuple(pauses_seconds)
        self._clock = clock
        self._new: deque[Letter] = deque()
        self._later: list[tuple[float, int, int, Letter]] = []
        """(due, number, tries, letter), the next one first."""
        self._numbers = count()
        self._arrived = asyncio.Event()
        self.lost = 0
        """Letters that were not taken, or could not be brought."""

    def post(self, letter: Letter) -> None:
        """Takes the letter, if there is room."""
        if len(self._new) + len(self._later) >= self._room:
            self._give_up(letter, "the postbox is full")
            return
        self._new.append(letter)
        self._arrived.set()

    async def run(self) -> None:
        """Sends until cancelled."""
        while True:
            letter, tries = await self._next()
            try:
                await self._sender.send(letter)
            except LetterRefused as error:
                self._give_up(letter, str(error))
            except MailAway as error:
                if tries >= len(self._pauses):
                    self._give_up(letter, str(error))
                else:
                    _log.warning("a letter must wait", subject=letter.subject, reason=str(error), pause_seconds=self._pauses[tries])
                    heapq.heappush(self._later, (self._clock() + self._pauses[tries], next(self._numbers), tries + 1, letter))

    async def _next(self) -> tuple[Letter, int]:
        """The next letter that may go, and how often it was tried."""
        while True:
            if self._new:
                return self._new.popleft(), 0
            wait_seconds = self._later[0][0] - self._clock() if self._later else None
            if wait_seconds is not None and wait_seconds <= 0:
                _, _, tries, letter = heapq.heappop(self._later)
                return letter, tries
            self._arrived.clear()
            try:
                async with asyncio.timeout(wait_seconds):
                    await self._arrived.wait()
            except TimeoutError:
                continue

    def _give_up(self, letter: Letter, reason: str) -> None:
        self.lost += 1
        _log.error("a letter will not be brought", subject=letter.subject, reason=reason)
