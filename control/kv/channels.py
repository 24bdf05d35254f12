"""Published messages inside one process: each subscriber has a bounded box of its own; the slow one loses the oldest, and it is counted."""

from asyncio import Event
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Final

LONGEST_BOX: Final = 1_000


class Box:
    """What a subscriber has not read yet."""

    def __init__(self) -> None:
        self._messages: deque[bytes] = deque(maxlen=LONGEST_BOX)
        self._filled = Event()
        self.lost = 0
        """Messages that were dropped because the reader was too slow."""

    def put(self, message: bytes) -> None:
        if len(self._messages) == LONGEST_BOX:
            self.lost += 1
        self._messages.append(message)
        self._filled.set()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            while self._messages:
                yield self._messages.popleft()
            self._filled.clear()
            await self._filled.wait()


class Channels:
    """The boxes by channel."""

    def __init__(self) -> None:
        self._boxes: dict[str, set[Box]] = {}

    def publish(self, channel: str, message: bytes) -> None:
        for box in self._boxes.get(channel, ()):
            box.put(message)

    @contextmanager
    def box(self, channel: str) -> Iterator[Box]:
        """A box that is filled while the context is open."""
        box = Box()
        self._boxes.setdefault(channel, set()).add(box)
        try:
            yield box
        finally:
            self._boxes[channel].discard(box)
            if not self._boxes[channel]:
                del self._boxes[channel]
