"""A stream key goes to its platform and nowhere else: not into logs, statuses, reports, errors or what prints our objects."""

import asyncio
import random
from itertools import chain
from pathlib import Path

import pytest
from msgspec import structs
from structlog.testing import capture_logs

from server.rtmp.feed import Feed
from server.rtmp.presets import url_of
from server.rtmp.publisher import Means
from server.rtmp.publishing import Publishing
from server.rtmp.sealed import SealBroken, seal, unseal
from server.rtmp.status import PushReport, write_report
from server.rtmp.target import Platform, Target, UnfitTarget
from tests.server.rtmp.ingest import Ingests, Manner
from tests.server.rtmp.memory_line import MemoryDial
from tests.server.rtmp.programme import FORM, Programme
from tests.server.rtmp.virtual_time import virtually

KEY = "live_4711_SecretOfTheHouse"
TARGET = Target("t", "A target", Platform.CUSTOM, "rtmp://ingest.example.org/app", KEY)
TALKATIVE = [
    Manner(refuse_connect={"code": f"NetConnection.{KEY}", "description": f"rejected {KEY}"}),
    Manner(refuse_publish={"level": "error", "code": "NetStream.Publish.Denied", "description": f"/app/{KEY} is unknown"}),
    Manner(refuse_publish={"level": "error", KEY: KEY, "description": KEY.upper()}),
    Manner(silent_after="publish"),
    Manner(ends_after_messages=10),
]


def test_whatever_platforms_say_and_however_sessions_end(tmp_path: Path) -> None:
    async def story() -> str:
        loop, feed = asyncio.get_running_loop(), Feed(FORM)
        programme, texts = Programme(feed), list[str]()
        programme.play(2.5)
        dial = MemoryDial(Ingests(TALKATIVE), failures=[ConnectionResetError(KEY)])
        publishing = Publishing(feed, Means(dial, loop.time, random.Random(1).random, lambda: texts.append(repr(publishing.statuses))))
        publishing.publish_to([TARGET])
        await programme.go_on(60)
        assert len(dial.ingests.came) >= len(TALKATIVE)
        assert any(KEY in repr(ingest.commands) for ingest in dial.ingests.came), "the platform itself must be told"
        write_report(tmp_path / "report.json", PushReport(0.0, publishing.statuses))
        texts += [repr(vars(publishing)["_at_work"]), repr(asyncio.all_tasks()), (tmp_path / "report.json").read_text()]
        await publishing.close()
        return "\n".join(texts)

    with capture_logs() as logs:
        texts = virtually(story())
    told = (texts + "\n".join(map(repr, chain.from_iterable(log.items() for log in logs)))).casefold()
    assert "a target is not reached" in told
    assert "refused the stream key" in told
    assert KEY.casefold() not in told
    assert KEY[5:14].casefold() not in told


def test_errors_and_addresses() -> None:
    with pytest.raises(UnfitTarget) as unfit:
        url_of(structs.replace(TARGET, address=f"rtmp://{KEY}@host/app?{KEY}"))
    with pytest.raises(SealBroken) as broken:
        unseal(seal([TARGET], b"s" * 48, "main"), [b"t" * 48], "main")
    for text in (repr(unfit.value), repr(broken.value), url_of(TARGET), repr([TARGET]), f"{TARGET}"):
        assert KEY not in text
