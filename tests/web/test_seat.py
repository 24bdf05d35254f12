"""What is kept for one client, and what is not."""

import asyncio

from aiohttp import WSMsgType

from web.seat import EVENTS_KEPT, FRAMES_KEPT, Seat


async def test_events_come_in_order_and_before_frames() -> None:
    seat = Seat()
    seat.show(b"frame")
    seat.tell(b"first")
    seat.tell(b"second")
    assert [await seat.next() for _ in range(3)] == [
        (WSMsgType.TEXT, b"first"),
        (WSMsgType.TEXT, b"second"),
        (WSMsgType.BINARY, b"frame"),
    ]


async def test_frames_that_come_at_one_blow_are_all_sent() -> None:
    seat = Seat()
    for number in range(FRAMES_KEPT):
        seat.show(b"frame %d" % number)
    assert [(await seat.next())[1] for _ in range(FRAMES_KEPT)] == [b"frame %d" % number for number in range(FRAMES_KEPT)]


async def test_who_is_behind_gets_only_the_newest_frame() -> None:
    seat = Seat()
    for number in range(FRAMES_KEPT + 1):
        seat.show(b"frame %d" % number)
    assert await seat.next() == (WSMsgType.BINARY, b"frame %d" % FRAMES_KEPT)
    waiting = asyncio.ensure_future(seat.next())
    seat.show(b"another")
    assert await asyncio.wait_for(waiting, 1) == (WSMsgType.BINARY, b"another")


async def test_past_the_bound_the_client_is_given_up_and_nothing_more_is_kept() -> None:
    seat = Seat()
    for number in range(EVENTS_KEPT):
        seat.tell(b"%d" % number)
    assert not seat.overrun
    seat.tell(b"one too many")
    assert seat.overrun
    kept = [(await seat.next())[1] for _ in range(EVENTS_KEPT)]
    assert kept == [b"%d" % number for number in range(EVENTS_KEPT)]


async def test_who_does_not_draw_gets_no_frames() -> None:
    seat = Seat()
    seat.wants_spectrum = False
    seat.show(b"frame")
    seat.tell(b"event")
    assert await seat.next() == (WSMsgType.TEXT, b"event")
    waiting = asyncio.ensure_future(seat.next())
    seat.show(b"frame")
    seat.tell(b"another")
    assert await asyncio.wait_for(waiting, 1) == (WSMsgType.TEXT, b"another")
