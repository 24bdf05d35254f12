"""How the mastering is set, and the unmastered sound, over a real wire: told to every front, sent only while one of them wants it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from dsp.presets import PRESETS, RADIO
from server.clock import SystemClock
from server.commands import Answer, Command, Done, Master
from server.insert.plug_in import InsertStanding, InsertState
from server.relay.relay import Relay
from server.wire.wire import PROTOCOL, Hello, MasteringStanding, PresetTold, Preview, WantPreview
from server.wire.wire_engine import WireEngine
from server.wire.wire_front import follow
from tests.server.until import until

HELLO = Hello(PROTOCOL, "main", "Main", "", "", 1_800_000_000.0, 1, 1_800_000_100.0, [])
INSERT = InsertStanding(InsertState.DRY, ("Reverb",), "they crashed (SIGSEGV)", 2, 7, 1_680)
STANDING = MasteringStanding(
    960, "radio", False, RADIO.to_table(), [PresetTold(one.name, one.why) for one in PRESETS.values()], INSERT, insert_wanted=True
)


class Engine:
    """What stands behind the wire."""

    def __init__(self) -> None:
        self.asked: list[Command] = []
        self.wanted: list[bool] = []

    async def obey(self, command: Command) -> Answer:
        self.asked.append(command)
        return Done(command.id, 960)


@asynccontextmanager
async def front(path: Path) -> AsyncIterator[Relay]:
    relay = Relay("main", SystemClock(), asyncio.get_running_loop())
    following = asyncio.create_task(follow(path, relay))
    try:
        await until(lambda: relay.connected)
        yield relay
    finally:
        following.cancel()
        await asyncio.wait([following])
        relay.close()


async def test_every_front_is_told_how_the_mastering_is_set_also_when_it_comes_later(tmp_path: Path) -> None:
    path, engine = tmp_path / "main.wire", Engine()
    async with WireEngine(path, HELLO, engine.obey) as wire, front(path) as early:
        wire.publish(STANDING)
        await until(lambda: early.mastering is not None)
        async with front(path) as late:
            await until(lambda: late.mastering is not None)
            assert early.mastering == late.mastering == STANDING


async def test_a_wish_of_the_mastering_goes_up_whole(tmp_path: Path) -> None:
    path, engine = tmp_path / "main.wire", Engine()
    wish = Master("1", "loud", {"servo": {"target_lufs": -15.0}, "exciter": {"bypass": True}}, insert=False)
    async with WireEngine(path, HELLO, engine.obey), front(path) as relay:
        assert await relay.ask(wish) == Done("1", 960)
    assert engine.asked == [wish]


async def test_the_engine_is_told_when_the_first_front_wants_the_preview_and_when_none_does(tmp_path: Path) -> None:
    path, engine = tmp_path / "main.wire", Engine()
    heard: list[Preview] = []
    async with WireEngine(path, HELLO, engine.obey, preview=engine.wanted.append) as wire, AsyncExitStack() as fronts:
        first, second = [await fronts.enter_async_context(front(path)) for _ in range(2)]
        end = first.on_preview(heard.append)
        for relay in (first, second):
            relay.say(WantPreview(True))
        await until(lambda: engine.wanted == [True])
        wire.publish(Preview(1, 1_152, [b"one", b"two"]))
        await until(lambda: heard == [Preview(1, 1_152, [b"one", b"two"])])
        end()
        first.say(WantPreview(False))
        second.say(WantPreview(True))
        assert await second.ask(Master("2")) == Done("2", 960)
        assert engine.wanted == [True], "the other front has somebody who listens"
        second.say(WantPreview(False))
        await until(lambda: engine.wanted == [True, False])


async def test_a_front_that_is_gone_wants_nothing_any_more(tmp_path: Path) -> None:
    path, engine = tmp_path / "main.wire", Engine()
    async with WireEngine(path, HELLO, engine.obey, preview=engine.wanted.append):
        async with front(path) as relay:
            relay.say(WantPreview(True))
            await until(lambda: engine.wanted == [True])
        await until(lambda: engine.wanted == [True, False])
