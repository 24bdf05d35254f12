"""What is kept for one client, and what is not."""

import asyncio

from aiohttp import WSMsgType

from web.seat import EVENTS_KEPT, Seat


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


async def test_of_the_spectrum_only_the_newest_frame_is_kept() -> None:
    seat = Seat()
    for number in range(1000):
        seat.show(b"frame %d" % number)
    assert await seat.next() == (WSMsgType.BINARY, b"frame 999")
    waiting = asyncio.ensure_future(seat.next())
    seat.show(b"frame 1000")
    assert await asyncio.wait_for(waiting, 1) == (WSMsgType.BINARY, b"frame 1000")


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
