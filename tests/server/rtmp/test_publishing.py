"""All targets of a station: they come, go and change, each for itself."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from typing import Any

from msgspec import structs

from server.rtmp.feed import Feed
from server.rtmp.publisher import Means
from server.rtmp.publishing import Publishing
from server.rtmp.status import PushState
from server.rtmp.target import Platform, Target
from tests.server.rtmp.memory_line import MemoryDial
from tests.server.rtmp.programme import FORM, Programme
from tests.server.rtmp.virtual_time import virtually

ONE = Target("one", "One", Platform.CUSTOM, "rtmp://one.example.org/app", "key-one")
TWO = Target("two", "Two", Platform.CUSTOM, "rtmp://two.example.org/app", "key-two")
Story = Callable[[Publishing, Programme, MemoryDial], Coroutine[Any, Any, None]]


def told(story: Story) -> MemoryDial:
    async def whole() -> MemoryDial:
        loop, dial, feed = asyncio.get_running_loop(), MemoryDial(), Feed(FORM)
        programme = Programme(feed)
        programme.play(2.5)
        publishing = Publishing(feed, Means(dial, loop.time, random.Random(1).random, lambda: None))
        try:
            await story(publishing, programme, dial)
        finally:
            await publishing.close()
        assert publishing.statuses == ()
        return dial

    return virtually(whole())


def test_each_target_has_its_own_session_and_all_say_goodbye() -> None:
    async def story(publishing: Publishing, programme: Programme, _dial: MemoryDial) -> None:
        publishing.publish_to([ONE, TWO])
        await programme.go_on(3)
        assert [status.id for status in publishing.statuses] == ["one", "two"]
        assert {status.state for status in publishing.statuses} == {PushState.LIVE}

    dial = told(story)
    keys = [ingest.commands[-3 - 2][3] for ingest in dial.ingests.came]
    assert sorted(map(str, keys)) == ["key-one", "key-two"]
    assert all(ingest.commands[-1][0] == "deleteStream" for ingest in dial.ingests.came)


def test_one_that_stays_as_it_was_is_not_touched_by_another_that_goes() -> None:
    async def story(publishing: Publishing, programme: Programme, dial: MemoryDial) -> None:
        publishing.publish_to([ONE, TWO])
        await programme.go_on(2)
        publishing.publish_to([structs.replace(ONE, name="Renamed")])
        await programme.go_on(2)
        assert len(dial.lines) == 2
        (status,) = publishing.statuses
        assert (status.id, status.state, status.reconnects) == ("one", PushState.LIVE, 0)

    told(story)


def test_a_new_key_begins_anew_after_the_old_session_has_said_goodbye() -> None:
    async def story(publishing: Publishing, programme: Programme, dial: MemoryDial) -> None:
        publishing.publish_to([ONE])
        await programme.go_on(2)
        publishing.publish_to([structs.replace(ONE, key="another")])
        await programme.go_on(2)
        old, new = dial.ingests.came
        assert old.commands[-1][0] == "deleteStream"
        assert new.commands[-1][3] == "another"

    told(story)


def test_off_and_on_again_in_one_breath() -> None:
    async def story(publishing: Publishing, programme: Programme, _dial: MemoryDial) -> None:
        for _ in range(5):
            publishing.publish_to([ONE])
            publishing.publish_to([])
        publishing.publish_to([ONE])
        await programme.go_on(3)
        (status,) = publishing.statuses
        assert status.state is PushState.LIVE

    told(story)


def test_one_on_a_stuck_line_holds_up_neither_the_others_nor_the_end() -> None:
    async def story(publishing: Publishing, programme: Programme, dial: MemoryDial) -> None:
        publishing.publish_to([ONE, TWO])
        await programme.go_on(2)
        dial.lines[0].bytes_a_second = 0
        await programme.go_on(4)
        began = asyncio.get_running_loop().time()
        await publishing.close()
        assert asyncio.get_running_loop().time() - began < 1.5

    told(story)
