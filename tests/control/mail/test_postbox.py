"""The postbox: takes at once, tries again, holds up nobody, and is never fuller than it may be."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from control.mail.letter import Letter
from control.mail.postbox import Postbox
from control.mail.sender import LetterRefused, MailAway, MailLink, SmtpSender
from tests.control.smtp import smtp_server

FIRST, SECOND = Letter("a@example.org", "first", "text"), Letter("b@example.org", "second", "text")


@dataclass
class Carrier:
    """Fails as often as it is told, by the letter's subject."""

    failures: dict[str, list[Exception]] = field(default_factory=dict)
    tried: list[str] = field(default_factory=list)
    brought: asyncio.Queue[str] = field(default_factory=asyncio.Queue)

    async def send(self, letter: Letter) -> None:
        self.tried.append(letter.subject)
        if waiting := self.failures.get(letter.subject):
            raise waiting.pop(0)
        self.brought.put_nowait(letter.subject)

    async def next(self) -> str:
        async with asyncio.timeout(5):
            return await self.brought.get()


@asynccontextmanager
async def running(postbox: Postbox) -> AsyncIterator[None]:
    task = asyncio.create_task(postbox.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 -- a letter that is given up tells nobody
            await asyncio.sleep(0)


def small(carrier: Carrier, pauses_seconds: Sequence[float] = (0.001, 0.001), room: int = 10) -> Postbox:
    return Postbox(carrier, room=room, pauses_seconds=pauses_seconds)


async def test_letters_go_in_their_order() -> None:
    carrier = Carrier()
    postbox = small(carrier)
    postbox.post(FIRST)
    async with running(postbox):
        assert await carrier.next() == "first"
        postbox.post(SECOND)
        assert await carrier.next() == "second"


async def test_one_that_must_wait_holds_up_nobody() -> None:
    carrier = Carrier({"first": [MailAway(), MailAway()]})
    postbox = small(carrier)
    postbox.post(FIRST)
    postbox.post(SECOND)
    async with running(postbox):
        assert [await carrier.next(), await carrier.next()] == ["second", "first"]
    assert carrier.tried.count("first") == 3
    assert postbox.lost == 0


async def test_after_the_last_try_it_is_given_up() -> None:
    carrier = Carrier({"first": [MailAway() for _ in range(3)]})
    postbox = small(carrier)
    async with running(postbox):
        postbox.post(FIRST)
        await until(lambda: postbox.lost == 1)
        postbox.post(SECOND)
        assert await carrier.next() == "second"
    assert carrier.tried.count("first") == 3


async def test_one_that_is_refused_is_not_tried_again() -> None:
    carrier = Carrier({"first": [LetterRefused()]})
    postbox = small(carrier)
    async with running(postbox):
        postbox.post(FIRST)
        await until(lambda: postbox.lost == 1)
    assert carrier.tried == ["first"]


async def test_a_full_one_takes_no_more_and_counts_them() -> None:
    carrier = Carrier()
    postbox = small(carrier, room=2)
    for _ in range(5):
        postbox.post(FIRST)
    assert postbox.lost == 3
    async with running(postbox):
        assert [await carrier.next(), await carrier.next()] == ["first", "first"]
        postbox.post(SECOND)
        assert await carrier.next() == "second"


async def test_those_that_wait_count_as_inside() -> None:
    carrier = Carrier({"first": [MailAway(), MailAway()]})
    postbox = Postbox(carrier, room=1, pauses_seconds=(60.0,))
    async with running(postbox):
        postbox.post(FIRST)
        await until(lambda: bool(carrier.tried))
        postbox.post(SECOND)
        assert postbox.lost == 1


@pytest.mark.real
async def test_a_server_that_comes_back_gets_what_waited() -> None:
    async with smtp_server("busy") as server:
        postbox = Postbox(
            SmtpSender(MailLink("127.0.0.1", "r@example.org", server.port, "none", timeout_seconds=1.0)), pauses_seconds=[0.01] * 50
        )
        async with running(postbox):
            postbox.post(FIRST)
            await until(lambda: server.conversations >= 2)
            server.mood = "good"
            assert (await server.next())["Subject"] == "first"
