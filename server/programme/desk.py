"""The desk: where commands wait for the tick, and where their answers are remembered.

Any thread may bring a command; only the tick takes them. A command whose id was answered before gets the first answer again and is
not obeyed again. The desk is bounded: when it is full the command is refused at once, by the one who brings it.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeAlias

from server.commands import Answer, Command, Refused

Reply: TypeAlias = Callable[[Answer], None]
"""Called by the ticking thread: must neither block nor raise."""

MOST_WAITING: Final = 256
MOST_A_TICK: Final = 16
MOST_REMEMBERED: Final = 1_000


class Desk:
    """The commands of one station."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Command, Reply]] = deque()
        self._answers: OrderedDict[str, Answer] = OrderedDict()

    def bring(self, command: Command, reply: Reply) -> None:
        """`reply` will be called once, by this thread at once if the desk is full, else by the ticking thread."""
        if len(self._waiting) >= MOST_WAITING:
            reply(Refused(command.id, "too many commands wait: ask again"))
        else:
            self._waiting.append((command, reply))

    async def ask(self, command: Command) -> Answer:
        """Brings a command and waits for its answer."""
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[Answer] = loop.create_future()

        def settle(answer: Answer) -> None:
            if not answered.done():
                answered.set_result(answer)

        def reply(answer: Answer) -> None:
            with suppress(RuntimeError):  # the loop has closed: nobody waits any more
                loop.call_soon_threadsafe(settle, answer)

        self.bring(command, reply)
        return await answered

    def obey(self, apply: Callable[[Command], Answer]) -> None:
        """Answers what waits, at most `MOST_A_TICK` of it: the tick's side. `apply` does not raise."""
        for _ in range(min(len(self._waiting), MOST_A_TICK)):
            command, reply = self._waiting.popleft()
            answer = self._answers.get(command.id)
            if answer is None:
                answer = self._answers[command.id] = apply(command)
                if len(self._answers) > MOST_REMEMBERED:
                    self._answers.popitem(last=False)
            reply(answer)
