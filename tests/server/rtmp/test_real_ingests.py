"""Publishing over real sockets: to nginx, which records, through TLS, and to servers as nobody wants them."""

import asyncio
import random
import signal
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from server.rtmp.dial import Dialler, Number
from server.rtmp.publisher import NOTHING_YET, Means
from server.rtmp.publishing import Publishing
from server.rtmp.status import PushState, TargetStatus
from server.rtmp.target import Platform, Target
from tests.programs import program
from tests.server.rtmp.bad_servers import bad_server, resets, silent, slow, speaks_http, stops_reading
from tests.server.rtmp.nginx import Nginx, running_nginx
from tests.server.rtmp.real_programme import RealProgramme
from tests.server.rtmp.tls_proxy import tls_proxy

pytestmark = pytest.mark.real
LOOP_LAG_SECONDS = 0.25
"""On whatever machine the tests run; the figure that is promised is measured by the benchmarks."""


def target(name: str, address: str) -> Target:
    return Target(name, name, Platform.CUSTOM, address, f"key-of-{name}")


class OnAir:
    """A programme and whom it is published to."""

    def __init__(self, dial: Dialler) -> None:
        self.programme = RealProgramme()
        self.publishing = Publishing(self.programme.feed, Means(dial, time.time, random.random, lambda: None))

    def status(self, name: str) -> TargetStatus:
        return next(status for status in self.publishing.statuses if status.id == name)

    def told(self, name: str) -> bool:
        """Whether there is something to say of an attempt."""
        return self.status(name).reason not in ("", NOTHING_YET)

    def live(self, *names: str) -> bool:
        return all(self.status(name).state is PushState.LIVE for name in names)


@asynccontextmanager
async def on_air(dial: Dialler | None = None) -> AsyncIterator[OnAir]:
    found = OnAir(dial or Dialler(lambda _address, _number: True, ssl.create_default_context()))
    playing = asyncio.create_task(found.programme.go_on())
    try:
        yield found
    finally:
        await found.publishing.close()
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)


async def until(holds: Callable[[], bool], seconds: float) -> float:
    """How long it took."""
    began = time.monotonic()
    async with asyncio.timeout(seconds):
        for _ in iter(holds, True):
            await asyncio.sleep(0.02)
    return time.monotonic() - began


def judged(recording: Path) -> tuple[list[str], float]:
    """The codecs in a recording and its length; fails if a decoder finds anything wrong with it."""
    decoded = subprocess.run(
        [program("ffmpeg"), "-v", "warning", "-xerror", "-i", str(recording), "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (decoded.returncode, decoded.stderr) == (0, "")
    asked = ["-show_entries", "stream=codec_name:format=duration,start_time", "-of", "default=nw=1:nk=1"]
    told = subprocess.run([program("ffprobe"), "-v", "error", *asked, str(recording)], capture_output=True, text=True, check=True)
    *codecs, start, seconds = told.stdout.split()
    assert abs(float(start)) < 0.1, "each session's clock begins at 0"
    return codecs, float(seconds)


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[Nginx]:
    with running_nginx(tmp_path) as found:
        yield found


async def test_a_server_that_is_killed_is_published_to_again_and_its_recordings_decode(nginx: Nginx) -> None:
    async with on_air() as on:
        on.publishing.publish_to([target("a", nginx.address), target("b", nginx.address)])
        await until(lambda: on.live("a", "b"), 10)
        await until(lambda: on.status("a").sent_bytes > 300_000, 20)
        await asyncio.to_thread(nginx.stop, signal.SIGKILL)
        await until(lambda: not on.live("a") and not on.live("b"), 10)
        await asyncio.sleep(1.0)  # as long as it is away
        await asyncio.to_thread(nginx.start)
        assert await until(lambda: on.live("a", "b"), 10) < 2.0
        assert on.status("a").reconnects == 1
        sent = on.status("a").sent_bytes
        await until(lambda: on.status("a").sent_bytes > sent + 400_000, 20)
    recordings = nginx.recorded()
    assert len(recordings) == 4
    for recording in recordings:
        codecs, seconds = judged(recording)
        assert sorted(codecs) == ["aac", "h264"]
        assert seconds > 1.5


async def test_targets_come_and_go_without_the_others_noticing(nginx: Nginx) -> None:
    async with on_air() as on:
        stays = target("stays", nginx.address)
        on.publishing.publish_to([stays, target("goes", nginx.address)])
        await until(lambda: on.live("stays", "goes"), 10)
        on.publishing.publish_to([stays, target("comes", nginx.address)])
        await until(lambda: on.live("comes"), 10)
        await until(lambda: on.status("comes").sent_bytes > 200_000, 20)
        assert {status.id for status in on.publishing.statuses} == {"stays", "comes"}
        assert on.status("stays").reconnects == 0
        on.publishing.publish_to([Target("stays", "Another name", stays.platform, stays.address, stays.key)])
        assert on.live("stays"), "a name is no reason to begin a session"
        on.publishing.publish_to([Target("stays", "Another name", stays.platform, stays.address, "another-key")])
        await until(lambda: on.live("stays"), 10)
    names = [recording.name.split("-1")[0] for recording in nginx.recorded()]
    assert sorted(names) == sorted(["key-of-stays", "key-of-goes", "key-of-comes", "another-key"])


async def test_a_key_that_is_in_use_is_refused_in_words(nginx: Nginx) -> None:
    async with on_air() as on:
        first, second = target("first", nginx.address), Target("second", "x", Platform.CUSTOM, nginx.address, "key-of-first")
        on.publishing.publish_to([first])
        await until(lambda: on.live("first"), 10)
        on.publishing.publish_to([first, second])
        await until(lambda: on.status("second").state is PushState.REFUSED, 10)
        assert on.status("second").reason == "the platform refused the stream key (NetStream.Publish.BadName: Already publishing)"
        assert on.live("first")


async def test_rtmps_with_a_certificate_that_holds(nginx: Nginx, tmp_path: Path) -> None:
    async with tls_proxy(tmp_path, nginx.port) as proxy:

        def look_up(host: str, port: int) -> list[Number]:
            assert (host, port) == ("ingest.example.org", proxy.port)
            return [(2, 1, 6, "", ("127.0.0.1", proxy.port))]

        believing = ssl.create_default_context(cafile=str(proxy.authority))
        async with on_air(Dialler(lambda _address, _number: True, believing, look_up)) as on:
            on.publishing.publish_to([target("secret", f"rtmps://ingest.example.org:{proxy.port}/app")])
            await until(lambda: on.live("secret"), 10)
            await until(lambda: on.status("secret").sent_bytes > 400_000, 20)
        assert proxy.names == ["ingest.example.org"]
    codecs, seconds = judged(nginx.recorded()[0])
    assert sorted(codecs) == ["aac", "h264"]
    assert seconds > 1.5


@pytest.mark.parametrize(("host", "believed"), [("ingest.example.org", False), ("other.example.org", True)])
async def test_rtmps_with_a_certificate_that_does_not_hold(nginx: Nginx, tmp_path: Path, host: str, believed: bool) -> None:
    async with tls_proxy(tmp_path, nginx.port) as proxy:
        context = ssl.create_default_context(cafile=str(proxy.authority) if believed else None)
        numbers = [(2, 1, 6, "", ("127.0.0.1", proxy.port))]
        async with on_air(Dialler(lambda _address, _number: True, context, lambda _host, _port: list(numbers))) as on:
            on.publishing.publish_to([target("secret", f"rtmps://{host}:{proxy.port}/app")])
            await until(lambda: on.told("secret"), 15)
            assert on.status("secret").reason.startswith("the server's certificate does not hold")
    assert not any(path.stat().st_size for path in nginx.recorded())


async def test_a_server_that_speaks_no_tls_where_it_is_wanted() -> None:
    async with bad_server(speaks_http) as plain, on_air() as on:
        on.publishing.publish_to([target("secret", plain.replace("rtmp:", "rtmps:"))])
        await until(lambda: on.told("secret"), 15)
        assert on.status("secret").reason == "the server speaks no TLS that can be understood"


async def test_bad_servers_disturb_nobody_and_are_told_apart(nginx: Nginx) -> None:
    async with (
        bad_server(silent) as mute,
        bad_server(resets) as cutting,
        bad_server(slow) as narrow,
        bad_server(stops_reading) as stuck,
        on_air() as on,
    ):
        addresses = {"good": nginx.address, "mute": mute, "cutting": cutting, "narrow": narrow, "stuck": stuck}
        on.publishing.publish_to([target(name, address) for name, address in addresses.items()])
        await until(lambda: on.live("good", "stuck", "narrow"), 10)
        took = await until(lambda: on.status("stuck").reconnects == 1, 14)
        assert took < 11.0
        await until(lambda: on.status("cutting").reconnects >= 2, 10)
        await until(lambda: on.status("mute").reason == "no answer within 10 s", 15)
        await until(lambda: on.status("narrow").dropped_gops > 0, 15)
        assert on.status("good").reconnects == 0
        assert on.status("good").dropped_gops == 0
        assert on.programme.worst_lag_seconds < LOOP_LAG_SECONDS
    (recording,) = (path for path in nginx.recorded() if path.name.startswith("key-of-good"))
    codecs, seconds = judged(recording)
    assert sorted(codecs) == ["aac", "h264"]
    assert seconds > 8
