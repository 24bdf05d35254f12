"""Both ends of the wire on a real Unix socket."""

import asyncio
import socket
import stat
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from server.clock import PART_FRAMES, SEGMENT_FRAMES, SystemClock
from server.commands import Answer, Command, Done, Skip
from server.relay.relay import EngineAway, Relay
from server.wire.wire import FRAME_LIMIT, PROTOCOL, Hello, Loop, NowPlaying, Packets, Rendition, Spectrum, frame
from server.wire.wire_engine import WireEngine, WireTaken
from server.wire.wire_front import follow
from tests.server.fake_station import airing, meters
from tests.server.until import DEADLINE_SECONDS, until

AAC = Rendition("aac_128", "aac", 128_000, 1024, b"asc")
OPUS = Rendition("opus_128", "opus", 128_000, 960, b"head")
POSITION = 50 * SEGMENT_FRAMES


def hello(protocol: int = PROTOCOL) -> Hello:
    return Hello(protocol, "main", "Main", "", "", 1_800_000_000.0, 1, 1_800_000_100.0, [AAC, OPUS])


def part(number: int, size: int = 200) -> Packets:
    return Packets("aac_128", 1, POSITION + number * PART_FRAMES, [number.to_bytes(4, "big") * (size // 4)] * 15)


async def obey(command: Command) -> Answer:
    return Done(command.id, 960)


class Output:
    """Keeps what the relay passes on."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, int, list[bytes]]] = []

    def packets(self, rendition: Rendition, _sitting: int, position: int, packets: list[bytes]) -> None:
        self.heard.append((rendition.name, position, packets))

    async def until_part(self, number: int) -> None:
        await until(lambda: ("aac_128", POSITION + number * PART_FRAMES) in [(name, at) for name, at, _ in self.heard])


@asynccontextmanager
async def front(path: Path, answer_seconds: float = 2.0) -> AsyncIterator[tuple[Relay, Output]]:
    relay, output = Relay("main", SystemClock(), asyncio.get_running_loop(), answer_seconds), Output()
    relay.attach(output)
    following = asyncio.create_task(follow(path, relay))
    try:
        yield relay, output
    finally:
        following.cancel()
        await asyncio.wait([following])
        relay.close()


async def test_a_front_hears_what_was_and_what_comes(tmp_path: Path) -> None:
    on_air = NowPlaying(POSITION, airing("One", POSITION), [], [])
    async with WireEngine(tmp_path / "main.wire", hello(), obey) as wire:
        wire.publish(on_air, meters(POSITION), *(part(number) for number in range(4)))
        async with front(tmp_path / "main.wire") as (relay, output):
            await output.until_part(3)
            wire.publish(part(4))
            await output.until_part(4)
            assert [at for _, at, _ in output.heard] == [POSITION + number * PART_FRAMES for number in range(5)]
            assert relay.hello == hello()
            assert relay.on_air == on_air
            assert relay.meters == meters(POSITION)
            assert wire.fronts == 1


async def test_the_loop_comes_before_the_window_so_that_a_new_window_can_begin_early(tmp_path: Path) -> None:
    async with WireEngine(tmp_path / "main.wire", hello(), obey) as wire:
        wire.publish(part(0), Loop("aac_128", [b"loop"] * 720))
        async with front(tmp_path / "main.wire") as (_, output):
            await output.until_part(0)
            assert output.heard[0][1] == POSITION - 6 * SEGMENT_FRAMES
            assert output.heard[0][2][0] == b"loop"


async def test_the_window_is_twenty_segments(tmp_path: Path) -> None:
    async with WireEngine(tmp_path / "main.wire", hello(), obey) as wire:
        wire.publish(*(part(number) for number in range(25 * 12)))
        async with front(tmp_path / "main.wire") as (_, output):
            await output.until_part(299)
            assert output.heard[0][1] == POSITION + 5 * SEGMENT_FRAMES


async def test_only_its_owner_may_use_the_socket_and_nothing_stays_behind(tmp_path: Path) -> None:
    path = tmp_path / "run" / "main.wire"
    async with WireEngine(path, hello(), obey):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with pytest.raises(WireTaken):
            await WireEngine(path, hello(), obey).__aenter__()
    assert not path.exists()


async def test_the_file_of_a_dead_engine_is_no_hindrance(tmp_path: Path) -> None:
    path = tmp_path / "main.wire"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    async with WireEngine(path, hello(), obey) as wire, front(path) as (_, output):
        wire.publish(part(0))
        await output.until_part(0)


async def test_a_front_outlives_its_engine_and_finds_the_next(tmp_path: Path) -> None:
    path = tmp_path / "main.wire"
    async with front(path) as (relay, output):
        async with WireEngine(path, hello(), obey) as wire:
            wire.publish(part(0))
            await output.until_part(0)
        await until(lambda: not relay.connected)
        async with WireEngine(path, hello(), obey) as wire:
            wire.publish(part(1))
            await output.until_part(1)
        assert relay.engine_losses_total >= 1


async def test_a_front_that_does_not_read_is_cut_off_and_the_others_hear_on(tmp_path: Path) -> None:
    path = tmp_path / "main.wire"
    async with WireEngine(path, hello(), obey) as wire, front(path) as (_, output):
        deaf, deaf_writer = await asyncio.open_unix_connection(str(path), limit=1024)
        await deaf.readexactly(10)
        deaf_writer.transport.pause_reading()
        wire.publish(part(0))
        await output.until_part(0)
        for first in range(1, 120, 10):
            wire.publish(*(part(number, size=8_000) for number in range(first, first + 10)))
            await output.until_part(first + 9)
        assert wire.cut_off_total == 1
        assert wire.fronts == 1
        deaf_writer.transport.abort()


async def test_any_thread_may_publish(tmp_path: Path) -> None:
    async with WireEngine(tmp_path / "main.wire", hello(), obey) as wire, front(tmp_path / "main.wire") as (_, output):

        def speak() -> None:
            for number in range(50):
                wire.publish(Spectrum(number, b"s" * 136), part(number))

        thread = threading.Thread(target=speak)
        thread.start()
        await output.until_part(49)
        thread.join()
        assert [at for _, at, _ in output.heard] == [POSITION + number * PART_FRAMES for number in range(50)]


async def test_a_loop_that_stands_still_bounds_the_outbox(tmp_path: Path) -> None:
    async with WireEngine(tmp_path / "main.wire", hello(), obey) as wire:
        wire.publish(*(Spectrum(number, b"") for number in range(5_000)))
        assert wire.lost_messages_total == 5_000 - 4_096


async def test_commands_go_up_and_answers_come_back(tmp_path: Path) -> None:
    async with WireEngine(tmp_path / "main.wire", hello(), obey), front(tmp_path / "main.wire") as (relay, _):
        assert await relay.ask(Skip("a")) == Done("a", 960)
        answers = await asyncio.gather(*(relay.ask(Skip(f"{number}")) for number in range(20)))
        assert [answer.id for answer in answers] == [f"{number}" for number in range(20)]


async def test_an_answer_that_does_not_come_is_not_waited_for_and_the_next_asker_asks_anew(tmp_path: Path) -> None:
    asked: list[Command] = []

    async def think(command: Command) -> Answer:
        asked.append(command)
        if len(asked) == 1:
            await asyncio.Event().wait()
        return Done(command.id, 960)

    async with front(tmp_path / "main.wire", answer_seconds=0.2) as (relay, _):
        engine = WireEngine(tmp_path / "main.wire", hello(), think)
        async with engine:
            await until(lambda: relay.connected)
            with pytest.raises(EngineAway):
                await relay.ask(Skip("a"))
            assert await relay.ask(Skip("a")) == Done("a", 960)


async def test_nobody_there_to_answer(tmp_path: Path) -> None:
    async with front(tmp_path / "main.wire", answer_seconds=0.05) as (relay, _):
        with pytest.raises(EngineAway, match=r"main has not answered within 0\.05 s"):
            await relay.ask(Skip("a"))


@pytest.mark.parametrize("noise", [(FRAME_LIMIT + 1).to_bytes(4, "big"), b"\0\0\0\x01\xc1", frame(part(0))])
async def test_a_front_that_talks_nonsense_is_cut_off(tmp_path: Path, noise: bytes) -> None:
    async with WireEngine(tmp_path / "main.wire", hello(), obey) as wire:
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / "main.wire"))
        writer.write(noise)
        async with asyncio.timeout(DEADLINE_SECONDS):
            with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
                await reader.readexactly(1_000_000)
        writer.transport.abort()
        assert wire.fronts == 0


async def test_an_engine_of_another_protocol_is_not_listened_to(tmp_path: Path) -> None:
    path = tmp_path / "main.wire"
    async with front(path) as (relay, output):
        async with WireEngine(path, hello(PROTOCOL + 1), obey) as wire:
            wire.publish(part(0))
            await until(lambda: wire.fronts > 0)
            await until(lambda: wire.fronts == 0)
            assert relay.hello is None
        async with WireEngine(path, hello(), obey) as wire:
            wire.publish(part(1))
            await output.until_part(1)
