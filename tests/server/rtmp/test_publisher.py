"""One publisher's life, on a clock that costs nothing: silent, refusing, slow, stuck and short-lived ingests."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest

from server.rtmp.chunks import Kind
from server.rtmp.feed import Feed
from server.rtmp.publisher import Means, Publisher
from server.rtmp.rollover import LAST_PART_SECONDS, Rollover
from server.rtmp.status import PushState
from server.rtmp.target import Platform, Target
from tests.server.rtmp.ingest import Ingest, Ingests, Manner
from tests.server.rtmp.memory_line import MemoryDial
from tests.server.rtmp.programme import BEGIN, FORM, Programme, airing, on_air
from tests.server.rtmp.virtual_time import virtually

TARGET = Target("t", "A target", Platform.CUSTOM, "rtmp://ingest.example.org/app", "key_4711_secret")
WALL = 1_800_000_000.0


class Stage:
    """A publisher, what it is fed, and where it publishes to."""

    def __init__(self, dial: MemoryDial, rollover: Rollover | None, picture_bytes: int) -> None:
        loop = asyncio.get_running_loop()
        self.dial = dial
        self.began = loop.time()
        self.seen: list[tuple[float, PushState, str]] = []
        self.feed = Feed(FORM)
        self.programme = Programme(self.feed, picture_bytes=picture_bytes)
        means = Means(dial, lambda: WALL + loop.time() - self.began, random.Random(1).random, self._told)
        self.publisher = Publisher(TARGET, self.feed, means, rollover)

    def _told(self) -> None:
        status = self.publisher.status
        self.seen.append((round(status.since - WALL, 2), status.state, status.reason))

    @property
    def ingests(self) -> list[Ingest]:
        return self.dial.ingests.came

    @property
    def called_after(self) -> list[float]:
        """When each connection was asked for."""
        return [round(at - self.began, 2) for at in self.dial.called_at]


@asynccontextmanager
async def stage(dial: MemoryDial | None = None, rollover: Rollover | None = None, picture_bytes: int = 30_000) -> AsyncIterator[Stage]:
    found = Stage(dial or MemoryDial(), rollover, picture_bytes)
    found.feed.take_airing(on_air("First", "Nobody", 0))
    found.programme.play(1.0)
    task = asyncio.create_task(found.publisher.run())
    try:
        yield found
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert not task.exception() if not task.cancelled() else True


def pictures(ingest: Ingest) -> list[tuple[int, int]]:
    """Time and position of each picture; the header is none."""
    tags = [tag for tag in ingest.tags if tag.kind == Kind.VIDEO and tag.body[1] == 1]
    return [(tag.milliseconds, int(tag.body[10:].rstrip(b"p"))) for tag in tags]


def sounds(ingest: Ingest) -> list[tuple[int, int]]:
    tags = [tag for tag in ingest.tags if tag.kind == Kind.AUDIO and tag.body[1] == 1]
    return [(tag.milliseconds, int(tag.body[3:].rstrip(b"\0"))) for tag in tags]


def test_a_session_begins_with_its_headers_and_the_last_keyframe_at_zero() -> None:
    async def story() -> None:
        async with stage() as on:
            await on.programme.go_on(5)
            (ingest,) = on.ingests
            assert [tag.kind for tag in ingest.tags[:4]] == [Kind.DATA, Kind.VIDEO, Kind.AUDIO, Kind.VIDEO]
            assert [tag.body[1] for tag in ingest.tags[1:4]] == [0, 0, 1]
            (about,) = ingest.metadata()
            assert (about["title"], about["artist"], about["width"]) == ("First", "Nobody", 1280.0)
            seen = pictures(ingest)
            assert seen[0] == (0, BEGIN)
            assert seen[-1][1] > BEGIN + 5.8 * 48_000
            assert all(milliseconds == (position - BEGIN) // 48 for milliseconds, position in seen + sounds(ingest))
            assert [position for _, position in seen] == list(range(BEGIN, seen[-1][1] + 1, 1600))
            assert on.publisher.status.state is PushState.LIVE
            assert on.publisher.status.sent_bytes > 1_000_000

    virtually(story())


def test_nobody_is_called_before_there_is_anything_to_send() -> None:
    async def story() -> None:
        loop, dial, feed = asyncio.get_running_loop(), MemoryDial(), Feed(FORM)
        publisher = Publisher(TARGET, feed, Means(dial, loop.time, random.random, lambda: None))
        task = asyncio.create_task(publisher.run())
        await asyncio.sleep(60)
        assert dial.called_at == []
        assert publisher.status.reason == "the station sends nothing yet"
        programme = Programme(feed)
        await programme.go_on(3)
        assert publisher.status.state is PushState.LIVE
        task.cancel()
        await asyncio.wait((task,))

    virtually(story())


def test_it_says_goodbye_when_it_is_no_longer_wanted() -> None:
    async def story() -> list[object]:
        async with stage() as on:
            await on.programme.go_on(2)
        return [command[0] for command in on.ingests[0].commands[-2:]]

    assert virtually(story()) == ["FCUnpublish", "deleteStream"]


def test_a_title_comes_at_the_sound_it_belongs_to() -> None:
    async def story() -> None:
        async with stage() as on:
            change = BEGIN + 5 * 48_000
            await on.programme.go_on(2)
            on.feed.take_airing(on_air("Second \u2013 \u00e9t\u00e9", "Somebody", change, airing("First", "Nobody", 0)))
            await on.programme.go_on(1)
            assert len(on.ingests[0].metadata()) == 1
            await on.programme.go_on(3)
            data = [tag for tag in on.ingests[0].tags if tag.kind == Kind.DATA]
            assert on.ingests[0].metadata()[1]["title"] == "Second \u2013 \u00e9t\u00e9"
            assert abs(data[1].milliseconds - 5_000) <= 33

    virtually(story())


def test_patience_at_once_then_every_second_then_ever_longer() -> None:
    async def story() -> None:
        async with stage(MemoryDial(failures=[ConnectionRefusedError()] * 10_000)) as on:
            await on.programme.go_on(400)
            calls = on.called_after
            assert calls[:2] == [0.0, 0.0]
            assert calls[2:11] == [float(second) for second in range(1, 10)]
            pauses = [later - sooner for sooner, later in pairwise(calls[11:])]
            for pause, middle in zip(pauses, (2, 4, 8, 16, 30, 30, 30), strict=False):
                assert middle * 0.8 - 0.1 <= pause <= middle * 1.2 + 0.1
            assert on.publisher.status.state is PushState.WAITING
            assert on.publisher.status.reason == "connection refused"
            assert on.publisher.status.next_try_at is not None

    virtually(story())


def test_a_lost_line_is_up_again_as_soon_as_the_server_is() -> None:
    async def story() -> None:
        dial = MemoryDial()
        async with stage(dial) as on:
            await on.programme.go_on(20)
            dial.failures = [ConnectionRefusedError()] * 3
            dial.lines[-1].cut()
            await on.programme.go_on(3.05)
            assert len(on.ingests) == 2
            assert on.publisher.status.state is PushState.LIVE
            assert on.publisher.status.reconnects == 1
            first = pictures(on.ingests[1])[0]
            assert first[0] == 0
            assert first[1] % 96_000 == 0
            assert on.ingests[1].tags[0].kind == Kind.DATA
            assert "the server closed the connection" in [reason for _, _, reason in on.seen]

    virtually(story())


@pytest.mark.parametrize("silent_after", ["handshake", "connect", "createStream", "publish"])
def test_an_attempt_ends_after_ten_seconds_wherever_it_stands_still(silent_after: str) -> None:
    async def story() -> None:
        async with stage(MemoryDial(Ingests([Manner(silent_after=silent_after)]))) as on:
            await on.programme.go_on(21)
            assert on.called_after == [0.0, 10.0]
            assert on.publisher.status.state is PushState.WAITING
            await on.programme.go_on(3)
            assert len(on.called_after) == 3
            assert on.seen[1][2] == "no answer within 10 s"

    virtually(story())


def test_a_call_that_never_connects_ends_as_well() -> None:
    async def story() -> None:
        async with stage(MemoryDial(failures=[None, None])) as on:
            await on.programme.go_on(23)
            assert on.called_after[:2] == [0.0, 10.0]
            assert on.publisher.status.state is PushState.LIVE

    virtually(story())


def test_a_refused_key_is_told_in_plain_words_and_tried_again_rarely() -> None:
    async def story() -> None:
        refusing = Manner(refuse_publish={"level": "error", "code": "NetStream.Publish.BadName"})
        async with stage(MemoryDial(Ingests([refusing]))) as on:
            await on.programme.go_on(300)
            assert on.publisher.status.state is PushState.REFUSED
            assert on.publisher.status.reason == "the platform refused the stream key (NetStream.Publish.BadName)"
            assert 15 <= len(on.ingests) <= 25

    virtually(story())


def test_a_platform_that_hangs_up_on_the_key() -> None:
    async def story() -> None:
        dial = MemoryDial(Ingests([Manner(silent_after="publish")]))
        async with stage(dial) as on:
            await on.programme.go_on(1)
            dial.lines[0].cut()
            await on.programme.go_on(0.1)
            assert "when it was told the stream key" in on.seen[1][2]

    virtually(story())


def test_a_stuck_line_is_found_within_ten_seconds_and_holds_little() -> None:
    async def story() -> None:
        dial = MemoryDial()
        async with stage(dial) as on:
            await on.programme.go_on(30)
            dial.lines[0].bytes_a_second = 0
            await on.programme.go_on(10)
            assert len(on.ingests) == 2
            assert ("nothing has arrived there for 8 s") in [reason for _, _, reason in on.seen]
            assert dial.lines[0].most_waited < 200_000
            status = on.publisher.status
            assert status.dropped_gops >= 1  # the queue is 5 s long
            assert status.state is PushState.LIVE

    virtually(story())


def test_a_slow_line_loses_pictures_in_whole_groups_and_then_sound_in_order() -> None:
    async def story() -> None:
        dial = MemoryDial(bytes_a_second=60_000)
        async with stage(dial) as on:
            await on.programme.go_on(60)
            (ingest,) = on.ingests
            status = on.publisher.status
            assert status.state is PushState.LIVE
            assert status.reason == "the line is too slow: pictures are left out"
            assert status.dropped_gops > 5
            seen = [position for _, position in pictures(ingest)]
            for before, after in pairwise(seen):
                assert after == before + 1600 or after % 96_000 == 0
            heard = [position for _, position in sounds(ingest)]
            assert heard == sorted(heard)
            assert heard[-1] - heard[0] == (len(heard) - 1) * 1024, "a line that is wide enough for the sound loses none"

    virtually(story())


def test_a_line_of_ten_kilobits_stays_up_and_costs_no_memory() -> None:
    async def story() -> None:
        dial = MemoryDial(bytes_a_second=1_250)
        async with stage(dial) as on:
            await on.programme.go_on(120)
            assert on.publisher.status.dropped_sounds > 1_000
            assert all(line.most_waited < 300_000 for line in dial.lines)
            heard = [position for _, position in sounds(on.ingests[-1])]
            assert heard == sorted(heard)

    virtually(story())


def test_a_rollover_at_a_change_of_tracks_loses_nothing() -> None:
    async def story() -> None:
        rollover = Rollover(LAST_PART_SECONDS + 60.0)
        async with stage(rollover=rollover) as on:
            await on.programme.go_on(50)
            second = airing("Second", "B", on.programme.position + 48_000)
            on.feed.take_airing(on_air("Second", "B", second.started_position, airing("First", "Nobody", 0)))
            await on.programme.go_on(8)
            assert len(on.ingests) == 1, "too early"
            on.feed.take_airing(on_air("Third", "C", on.programme.position + 5 * 48_000, second))
            await on.programme.go_on(15)
            old, new = on.ingests
            assert old.commands[-1][0] == "deleteStream"
            assert pictures(new)[0][0] == 0
            assert pictures(new)[0][1] == pictures(old)[-1][1] + 1600
            assert sounds(new)[0][1] == sounds(old)[-1][1] + 1024
            assert new.metadata()[0]["title"] == "Third"
            status = on.publisher.status
            assert (status.state, status.rollovers, status.reconnects) == (PushState.LIVE, 1, 0)
            assert not any(state is PushState.WAITING for _, state, _ in on.seen)

    virtually(story())


def test_a_rollover_without_a_change_comes_before_the_limit_is_passed_and_needs_a_server() -> None:
    async def story() -> None:
        async with stage(rollover=Rollover(60.0)) as on:
            await on.programme.go_on(55)
            on.dial.failures = [ConnectionRefusedError()] * 3
            await on.programme.go_on(14)
            assert len(on.ingests) == 2
            assert len(on.dial.called_at) == 5
            assert pictures(on.ingests[1])[0][1] == pictures(on.ingests[0])[-1][1] + 1600, "the old one went on until there was a new one"
            await on.programme.go_on(60)
            assert len(on.ingests) == 3

    virtually(story())


def test_a_successor_that_is_lost_while_it_waits_for_its_turn() -> None:
    async def story() -> None:
        async with stage(rollover=Rollover(60.0)) as on:
            await on.programme.go_on(60)
            await on.programme.go_on(0.5)
            while len(on.dial.lines) < 2:
                await on.programme.go_on(0.1)
            on.dial.lines[1].cut()
            await on.programme.go_on(6)
            assert on.publisher.status.state is PushState.LIVE
            assert len(on.ingests) == 3
            assert not any("something is wrong here" in reason for _, _, reason in on.seen)

    virtually(story())


def test_a_jump_of_the_stations_clock_begins_a_new_session() -> None:
    async def story() -> None:
        async with stage() as on:
            await on.programme.go_on(15)
            on.programme.jump(-10 * 48_000)
            await on.programme.go_on(5)
            old, new = on.ingests
            assert pictures(new)[0][0] == 0
            for ingest in (old, new):
                times = [milliseconds for milliseconds, _ in pictures(ingest)]
                assert times == sorted(times)
                assert times[-1] < 20_000
            assert any("jump" in reason for _, _, reason in on.seen)

    virtually(story())


def test_a_session_that_dies_young_again_and_again_is_not_begun_every_second_for_ever() -> None:
    async def story() -> None:
        async with stage(MemoryDial(Ingests([Manner(ends_after_messages=20)]))) as on:
            await on.programme.go_on(300)
            assert len(on.ingests) < 30

    virtually(story())
