"""The breaker: one call's silence is only suspicious, a closed door is not, and it closes by itself."""

import asyncio

from control.database.breaker import Breaker


class Door:
    """A server that answers, or does not; counts who asked."""

    def __init__(self, answers: bool) -> None:
        self.answers = answers
        self.asked = 0
        self.heard = asyncio.Condition()

    async def probe(self) -> None:
        self.asked += 1
        async with self.heard:
            self.heard.notify_all()
        if not self.answers:
            raise ConnectionRefusedError

    async def is_asked(self, times: int) -> None:
        async with asyncio.timeout(5), self.heard:
            await self.heard.wait_for(lambda: self.asked >= times)


async def test_suspicion_alone_refuses_nobody() -> None:
    door = Door(answers=True)
    breaker = Breaker(door.probe, "a server")
    breaker.suspect()
    assert not breaker.open
    await door.is_asked(1)
    await breaker.close()
    assert not breaker.open
    assert breaker.opened == 0


async def test_suspicion_that_proves_true_opens_it() -> None:
    door = Door(answers=False)
    breaker = Breaker(door.probe, "a server")
    breaker.suspect()
    await door.is_asked(2)
    assert breaker.open
    assert breaker.opened == 1
    await breaker.close()


async def test_trips_at_once_and_closes_when_the_server_is_back() -> None:
    door = Door(answers=False)
    breaker = Breaker(door.probe, "a server")
    breaker.trip()
    assert breaker.open
    await door.is_asked(2)
    door.answers = True
    before = door.asked
    await door.is_asked(before + 1)
    await breaker.close()
    assert not breaker.open


async def test_many_suspicions_are_one_prober() -> None:
    door = Door(answers=False)
    breaker = Breaker(door.probe, "a server")
    for _ in range(1_000):
        breaker.suspect()
        breaker.trip()
    await door.is_asked(1)
    assert door.asked == 1
    assert breaker.opened == 1
    await breaker.close()
