"""DJs over the wire: real sockets between fronts and an engine's floor."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

from server.clock import SystemClock
from server.live.entrance import Entrance
from server.live.floor import Floor
from server.live.session import Mode, Seat, Session, State
from server.relay.relay import Relay
from server.wire.wire import LiveClose, LiveOpen, LiveSound, LiveStanding, frame
from server.wire.wire_engine import WireEngine
from server.wire.wire_front import follow
from tests.server.live.dj import session
from tests.server.until import until
from tests.server.wire.test_wire_engine import hello, obey

BLOCK = bytes(3_840)


class Guests:
    """A floor that remembers what it was told and refuses whom it is told to."""

    def __init__(self) -> None:
        self.told: list[tuple[str, ...]] = []
        self.refuses: set[str] = set()
        self.sounds = 0

    def open(self, one: Session) -> bool:
        self.told.append(("open", one.id[0], one.title))
        return one.id[0] not in self.refuses

    def sound(self, _: str, samples: bytes) -> None:
        assert samples == BLOCK
        self.sounds += 1

    def close(self, session_id: str) -> None:
        self.told.append(("close", session_id[0]))


@asynccontextmanager
async def front(path: Path) -> AsyncIterator[tuple[Relay, Entrance]]:
    relay = Relay("main", SystemClock(), asyncio.get_running_loop())
    entrance = Entrance(relay, 8, SystemClock())
    following = asyncio.create_task(follow(path, relay))
    try:
        yield relay, entrance
    finally:
        following.cancel()
        await asyncio.wait([following])
        relay.close()


async def test_a_dj_is_let_in_heard_changed_and_seen_off(tmp_path: Path) -> None:
    guests, path = Guests(), tmp_path / "main.wire"
    async with WireEngine(path, hello(), obey, guests), front(path) as (relay, entrance):
        await until(lambda: relay.connected)
        line = entrance.open(session("a"))
        for _ in range(10):
            line.sound(BLOCK)
        line.change(title="One")
        line.close()
        await until(lambda: guests.told[-1:] == [("close", "a")])
        assert guests.told == [("open", "a", ""), ("open", "a", "One"), ("close", "a")]
        assert guests.sounds == 10


async def test_a_front_that_hangs_up_takes_its_djs_with_it_and_no_others(tmp_path: Path) -> None:
    guests, path = Guests(), tmp_path / "main.wire"
    async with WireEngine(path, hello(), obey, guests), front(path) as (stays, theirs):
        await until(lambda: stays.connected)
        theirs.open(session("b"))
        async with front(path) as (goes, ours):
            await until(lambda: goes.connected)
            ours.open(session("a"))
            await until(lambda: len(guests.told) == 2)
        await until(lambda: ("close", "a") in guests.told)
        assert ("close", "b") not in guests.told


async def test_a_new_engine_is_told_at_once_who_is_in(tmp_path: Path) -> None:
    first, second, path = Guests(), Guests(), tmp_path / "main.wire"
    async with front(path) as (relay, entrance):
        line = entrance.open(session("a"))
        assert relay.unsaid_total == 1
        async with WireEngine(path, hello(), obey, first):
            await until(lambda: first.told == [("open", "a", "")])
            line.change(title="On")
        await until(lambda: not relay.connected)
        line.sound(BLOCK)
        assert relay.unsaid_total == 2
        async with WireEngine(path, hello(), obey, second):
            await until(lambda: second.told == [("open", "a", "On")])
            line.sound(BLOCK)
            await until(lambda: second.sounds == 1)


async def test_nobody_speaks_for_the_dj_of_another_front_and_nonsense_ends_no_connection(tmp_path: Path) -> None:
    floor, path = Floor(1, 0.5, 2.0, map(str, count())), tmp_path / "main.wire"
    async with WireEngine(path, hello(), obey, floor) as wire, front(path) as (relay, entrance):
        await until(lambda: relay.connected)
        entrance.open(session("a"))
        _, other = await asyncio.open_unix_connection(str(path))
        nonsense = [
            LiveSound("a" * 16, BLOCK),
            LiveClose("a" * 16),
            LiveClose("nobody"),
            LiveOpen(session("b")),
            LiveSound("b" * 16, BLOCK),
            LiveOpen(session("c", priority=5_000)),
        ]
        other.write(b"".join(frame(message) for message in nonsense))
        await until(lambda: floor.refused_total == 2)
        assert wire.fronts == 2
        other.write(frame(LiveClose("a" * 16)))
        entrance.lines[0].change(mode=Mode.TALK_OVER)
        entrance.lines[0].sound(bytes(4_000))
        await until(lambda: floor.refused_total == 2)
        floor.advance(0, 0)
        assert [seat.session.id[0] for seat in floor.seats] == ["a"]
        other.close()


async def test_a_dj_whose_front_comes_back_before_it_was_missed_stays(tmp_path: Path) -> None:
    guests, path = Guests(), tmp_path / "main.wire"
    async with WireEngine(path, hello(), obey, guests) as wire:
        _, old = await asyncio.open_unix_connection(str(path))
        old.write(frame(LiveOpen(session("a"))))
        await until(lambda: len(guests.told) == 1)
        _, new = await asyncio.open_unix_connection(str(path))
        new.write(frame(LiveOpen(session("a"))))
        await until(lambda: len(guests.told) == 2)
        old.close()
        await until(lambda: wire.fronts == 1)
        assert ("close", "a") not in guests.told
        new.close()
        await until(lambda: ("close", "a") in guests.told)


async def test_every_front_is_told_who_is_live_now_and_when_it_comes_later(tmp_path: Path) -> None:
    path, told = tmp_path / "main.wire", list[LiveStanding]()
    standing = LiveStanding(960, [Seat(session("a"), State.ON_AIR, 480, -12.5)])
    async with WireEngine(path, hello(), obey) as wire, front(path) as (relay, _):
        await until(lambda: relay.connected)
        forget = relay.on_live(told.append)
        wire.publish(standing)
        await until(lambda: told == [standing])
        forget()
        async with front(path) as (late, entrance):
            await until(lambda: late.live == standing)
            assert entrance.find("a" * 16) is None
        wire.publish(LiveStanding(1_920, []))
        await until(lambda: relay.live == LiveStanding(1_920, []))
        assert len(told) == 1


async def test_an_engine_that_does_not_read_loses_sound_but_no_word(tmp_path: Path) -> None:
    path = tmp_path / "main.wire"
    read_on = asyncio.Event()
    got = bytearray()

    async def engine(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(frame(hello()))
        await read_on.wait()
        while data := await reader.read(65_536):
            got.extend(data)
        writer.close()

    server = await asyncio.start_unix_server(engine, str(path), limit=4_096)
    async with server, front(path) as (relay, entrance):
        await until(lambda: relay.connected)
        line = entrance.open(session("a"))
        for _ in range(500):
            line.sound(BLOCK)
        line.change(title="Heard all the same")
        assert 0 < relay.unsaid_total < 500
        read_on.set()
        await until(lambda: b"Heard all the same" in got)
