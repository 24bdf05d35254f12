"""The studio's socket: by those who may open it, those who take nothing, and those who talk."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError
from aiohttp.web import Application, AppRunner, TCPSite

from control.api.problems import clear_refusals
from control.permissions import Role
from control.principal import Principal
from server.route import add_routes
from tests.control.stations.obedient import guard, person
from web.bookings import WATCHERS_AT_ONCE, BookingSockets
from web.seat import EVENTS_KEPT, Seat

DEADLINE_SECONDS = 20.0
ADDRESS = "/ws/pipeline/main"


@dataclass
class Feed:
    """Bookings of cardboard."""

    seats: dict[Seat, Principal] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    more: int = 0

    def __len__(self) -> int:
        return len(self.seats) + self.more

    def sit(self, seat: Seat, asker: Principal) -> None:
        self.seats[seat] = asker
        seat.tell(b'{"event":"booking"}')
        self.changed.set()

    def rise(self, seat: Seat) -> None:
        del self.seats[seat]
        self.changed.set()

    async def until(self, watchers: int) -> None:
        async with asyncio.timeout(DEADLINE_SECONDS):
            while len(self.seats) != watchers:
                self.changed.clear()
                await self.changed.wait()


@dataclass
class House:
    feed: Feed
    sockets: BookingSockets
    session: ClientSession

    async def watch(self, role: Role = Role.USER, address: str = ADDRESS) -> ClientWebSocketResponse:
        return await self.session.ws_connect(address, headers={"Authorization": f"Bearer {role.value}"})


@asynccontextmanager
async def house(send_seconds: float = 10.0) -> AsyncIterator[House]:
    feed = Feed()
    sockets = BookingSockets({"main": feed}, send_seconds)
    application = Application(middlewares=[clear_refusals])
    add_routes(application, sockets.routes(), guard)
    runner = AppRunner(application, shutdown_timeout=1)
    await runner.setup()
    try:
        await TCPSite(runner, "127.0.0.1", 0).start()
        async with ClientSession(f"http://127.0.0.1:{runner.addresses[0][1]}") as session:
            yield House(feed, sockets, session)
            await sockets.close()
    finally:
        await runner.cleanup()


async def test_a_watcher_sits_as_himself_hears_and_rises() -> None:
    async with house() as one:
        client = await one.watch()
        [(seat, asker)] = one.feed.seats.items()
        assert asker == person(Role.USER)
        assert (await client.receive()).data == '{"event":"booking"}'
        seat.tell(b'{"event":"away"}')
        assert (await client.receive()).data == '{"event":"away"}'
        await client.close()
        await one.feed.until(0)


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.API_CLIENT, 403)])
async def test_who_may_not_book_may_not_watch(role: Role, status: int) -> None:
    async with house() as one:
        with pytest.raises(WSServerHandshakeError) as refused:
            await one.watch(role)
        assert refused.value.status == status
        assert not one.feed.seats


async def test_no_station_of_that_name_and_too_many_watchers() -> None:
    async with house() as one:
        with pytest.raises(WSServerHandshakeError) as refused:
            await one.watch(address="/ws/pipeline/nowhere")
        assert refused.value.status == 404
        one.feed.more = WATCHERS_AT_ONCE
        with pytest.raises(WSServerHandshakeError) as refused:
            await one.watch()
        assert refused.value.status == 503


async def test_who_talks_is_shown_out() -> None:
    async with house() as one:
        client = await one.watch()
        await client.send_str("hello")
        async with asyncio.timeout(DEADLINE_SECONDS):
            while (message := await client.receive()).type is WSMsgType.TEXT:
                pass
        assert (message.type, client.close_code) == (WSMsgType.CLOSE, 1008)
        await one.feed.until(0)


async def test_who_falls_behind_loses_his_line() -> None:
    async with house() as one:
        client = await one.watch()
        [seat] = one.feed.seats
        for _ in range(EVENTS_KEPT + 2):
            seat.tell(b'{"event":"booking"}')
        assert seat.overrun
        async with asyncio.timeout(DEADLINE_SECONDS):
            while (await client.receive()).type is WSMsgType.TEXT:
                pass
        await one.feed.until(0)


async def test_the_house_says_goodbye() -> None:
    async with house() as one:
        client = await one.watch()
        closing = asyncio.create_task(one.sockets.close())
        async with asyncio.timeout(DEADLINE_SECONDS):
            while (await client.receive()).type is WSMsgType.TEXT:
                pass
        await closing
        assert client.close_code == 1001
