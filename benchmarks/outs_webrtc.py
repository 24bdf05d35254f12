"""What a listener by WebRTC costs, what a crowd at the door does to those who are in, and what a browser makes of it.

The server is pinned to one core and everything that measures to another; the cost of a listener is the slope between few and many, in
user and system time of the server's process. Peers get the same listeners on the same core in the same run. A machine with other work
makes all of them dearer; the ratios suffer less.
"""

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from playwright.async_api import Page

from benchmarks import outs_webrtc_janus, station
from benchmarks.browser import blank_page
from benchmarks.measurement import Measurement
from benchmarks.outs_webrtc_crowd import Crowd, crowd
from benchmarks.processes import Process, answering, free_port, running
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import Unmeasured, progress
from server.clock import SystemClock
from server.relay.relay import Relay
from server.webrtc.fan import Fan
from server.wire.wire_front import follow
from sonicforge.folders import Folders

SERVER_CORE: Final = 0
MEASURING_CORE: Final = 1
MANY: Final = int(os.environ.get("SONICFORGE_BENCH_WEBRTC_LISTENERS", "400"))
FEW: Final = 20
ENCODED: Final = 30
"""As many as a core encodes for."""
WINDOW_SECONDS: Final = 8.0
SETTLE_SECONDS: Final = 3.0
AT_ONCE: Final = 100
BROWSER_SECONDS: Final = float(os.environ.get("SONICFORGE_BENCH_WEBRTC_SECONDS", "600"))
VISITS: Final = 5
ROOM: Final = {
    "STUDIO__ENABLED": "false",
    "LIVE__SOURCE_PORT": "0",
    "WEBRTC__MAX_LISTENERS": "10000",
    "WEBRTC__MAX_PER_ADDRESS": "10000",
    "SECURITY__REQUESTS_PER_MINUTE_PER_ADDRESS": "100000000",
    "SECURITY__REQUESTS_PER_MINUTE_PER_ACCOUNT": "100000000",
    "SECURITY__REQUESTS_PER_SECOND": "1000000",
}
"""Places for everybody: one visitor is hundreds."""

SHORT: Final = Bar("WHEP listeners on one core, packets of 20 ms", "listeners", least=1_000)
LONG: Final = Bar("WHEP listeners on one core, packets of 60 ms", "listeners", least=2_500)
ENCODING: Final = Bar("WHEP: beside encoding for each listener", "x", least=10)
JANUS: Final = Bar("WHEP: CPU of a listener beside Janus", "x", most=0.6)
UNHEARD: Final = Bar("WHEP: packets lost while measuring", "packets", most=0)
JOIN: Final = Bar("WHEP in Chromium: POST to connected", "ms", most=200)
CROWDED: Final = Bar("WHEP: 100 join at once, median", "ms", most=1_000)
OTHERS: Final = Bar("WHEP: longest gap of those who listen meanwhile", "ms", most=60)
LOST: Final = Bar("WHEP in Chromium: packets lost", "packets", most=0)
CONCEALED: Final = Bar("WHEP in Chromium: concealed after the join", "ms", most=0)
JITTER: Final = Bar("WHEP in Chromium: jitter buffer", "ms", most=60)
STEREO: Final = Bar("WHEP in Chromium: both channels, each its own", "channels", least=2)


@dataclass(frozen=True, slots=True)
class Cost:
    """Of a listener, in shares of a core."""

    share: float
    lost: int

    @property
    def a_core(self) -> float:
        """How many listeners fill one."""
        return 1 / self.share if self.share > 0 else float("inf")


async def _slope(server: Process, listeners: Crowd, few: int, many: int) -> Cost:
    """Between few and many connected."""
    await listeners.join(few)
    first, lost = await _share(server, listeners)
    await listeners.join(many - few)
    second, more_lost = await _share(server, listeners)
    return Cost((second - first) / (many - few), lost + more_lost)


async def _share(server: Process, listeners: Crowd) -> tuple[float, int]:
    """Of a core, while they listen; and the packets that they missed."""
    await asyncio.sleep(SETTLE_SECONDS)
    before, began = server.cpu_seconds(), time.monotonic()
    told = await listeners.count(WINDOW_SECONDS)
    if not told["fewest"]:
        raise Unmeasured("a listener got nothing")
    return (server.cpu_seconds() - before) / (time.monotonic() - began), told["lost"]


@asynccontextmanager
async def _pinned(folder: Path, milliseconds: int) -> AsyncIterator[station.Station]:
    """A station whose front has a core to itself."""
    home = folder / f"at_{milliseconds}"
    home.mkdir()
    (home / "config.toml").write_text(f"[webrtc]\npacket_milliseconds = {milliseconds}\n")
    async with station.on_air(home, **ROOM) as ours:
        for role, core in (("front", SERVER_CORE), ("engine", MEASURING_CORE)):
            _pin(ours.the(role).pid, core)
        yield ours


def _pin(pid: int, core: int) -> None:
    """All threads of a process to one core."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):
            os.sched_setaffinity(int(thread.name), {core})


async def _ours(folder: Path, milliseconds: int) -> Cost:
    progress(f"WHEP: {MANY} listeners, packets of {milliseconds} ms")
    async with (
        _pinned(folder, milliseconds) as ours,
        crowd("whep", f"{ours.address}/whep/main", MEASURING_CORE, folder / "crowd.log") as all_,
    ):
        return await _slope(ours.the("front"), all_, FEW, MANY)


async def _encoding(folder: Path) -> Cost:
    progress(f"WHEP: {ENCODED} listeners, encoded for each")
    port = free_port()
    command = ["taskset", "-c", str(SERVER_CORE), sys.executable, "-m", "benchmarks.outs_webrtc_encoding", str(port)]
    async with running(command, folder / "encoding.log", folder=station.HOUSE) as server:
        await answering(port, station.READY_SECONDS)
        process = Process.of(server.pid)
        assert process is not None
        async with crowd("whep", f"http://127.0.0.1:{port}/whep/main", MEASURING_CORE, folder / "crowd.log") as all_:
            return await _slope(process, all_, ENCODED // 6, ENCODED)


async def _janus(folder: Path) -> Cost:
    progress(f"WHEP: {MANY} listeners of {outs_webrtc_janus.version()}")
    home = folder / "for_janus"
    home.mkdir()
    async with station.on_air(home, **ROOM) as ours, outs_webrtc_janus.on_air(folder, SERVER_CORE) as janus:
        for role in ("front", "engine"):
            _pin(ours.the(role).pid, MEASURING_CORE)
        process = Process.of(janus.process.pid)
        assert process is not None
        async with _fed(ours, janus.sound_port), crowd("janus", janus.address, MEASURING_CORE, folder / "crowd.log") as all_:
            return await _slope(process, all_, FEW, MANY)


class _Plain:
    """A voice that sends RTP as it is, to Janus."""

    payload_type = outs_webrtc_janus.PAYLOAD_TYPE

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._port = port

    def send(self, packet: bytes) -> None:
        self._socket.sendto(packet, ("127.0.0.1", self._port))

    def report(self, unix_seconds: float, position: int) -> None:
        """Janus makes its own."""


class _Wire:
    """A crowd of them, unencrypted."""

    def __init__(self) -> None:
        self._voices: list[_Plain] = []

    def __len__(self) -> int:
        return len(self._voices)

    def add(self, voice: _Plain) -> None:
        self._voices.append(voice)

    def remove(self, voice: _Plain) -> None:
        self._voices.remove(voice)

    def send(self, packet: bytes) -> None:
        for voice in self._voices:
            voice.send(packet)


@asynccontextmanager
async def _fed(ours: station.Station, port: int) -> AsyncIterator[None]:
    """The station's Opus goes to that port."""
    clock, loop = SystemClock(), asyncio.get_running_loop()
    relay = Relay("main", clock, loop)
    fan = Fan(relay, 20, clock.monotonic, loop, _Wire)
    fan.join(_Plain(port))
    following = asyncio.create_task(follow(Folders(ours.state).wire("main"), relay))
    try:
        yield
    finally:
        following.cancel()
        await asyncio.wait([following])
        fan.close()
        relay.close()


async def measure_cost() -> list[Row]:
    """Ours twice, Janus, and encoding for each."""
    with station.scratch() as folder:
        at_20, at_60 = await _ours(folder, 20), await _ours(folder, 60)
        rows = [
            SHORT.row(at_20.a_core, note=f"{100 * at_20.share:.3f} % of a core each, {MANY} connected"),
            LONG.row(at_60.a_core, note=f"{100 * at_60.share:.3f} % of a core each, {MANY} connected"),
            UNHEARD.row(at_20.lost + at_60.lost),
        ]
        encoded = await _encoding(folder)
        rows.append(ENCODING.row(encoded.share / at_20.share, 1.0, f"{100 * encoded.share:.2f} % of a core each where all are encoded for"))
        try:
            janus = await _janus(folder)
        except Unmeasured as error:
            return [*rows, JANUS.unmeasured(str(error))]
        who = outs_webrtc_janus.version()
        return [*rows, JANUS.row(at_20.share / janus.share, 1.0, f"{who}: {100 * janus.share:.3f} % of a core each; event_loops = 1")]


async def measure_joins() -> list[Row]:
    """Twenty listen, a hundred come at once."""
    with station.scratch() as folder:
        async with _pinned(folder, 20) as ours:
            address = f"{ours.address}/whep/main"
            log = folder / "crowd.log"
            async with crowd("whep", address, MEASURING_CORE, log) as inside, crowd("whep", address, MEASURING_CORE, log) as comers:
                await inside.join(FEW)
                await asyncio.sleep(SETTLE_SECONDS)
                progress(f"WHEP: {AT_ONCE} join at once")
                counting = asyncio.create_task(inside.count(WINDOW_SECONDS))
                await asyncio.sleep(1)
                seconds = await comers.join(AT_ONCE, AT_ONCE)
                told = await counting
    note = f"fastest {1000 * min(seconds):.0f}, slowest {1000 * max(seconds):.0f}; {told['lost']} packets lost by the others"
    return [CROWDED.row(1000 * median(seconds), note=note), OTHERS.row(1000 * told["longest_gap"], valid=told["lost"] == 0)]


LISTEN: Final = """async (whep) => {
    const peer = new RTCPeerConnection();
    peer.addTransceiver("audio", { direction: "recvonly" });
    const offer = await peer.createOffer();
    offer.sdp = offer.sdp.replace("useinbandfec=1", "useinbandfec=1;stereo=1");
    await peer.setLocalDescription(offer);
    const sound = new Promise((heard) => { peer.ontrack = (event) => heard(new MediaStream([event.track])); });
    const connected = new Promise((done) => {
        peer.onconnectionstatechange = () => { if (peer.connectionState === "connected") done(performance.now()); };
    });
    const began = performance.now();
    const headers = { "Content-Type": "application/sdp" };
    const answer = await fetch(whep, { method: "POST", headers, body: peer.localDescription.sdp });
    if (answer.status !== 201) throw new Error(await answer.text());
    await peer.setRemoteDescription({ type: "answer", sdp: await answer.text() });
    const took = await connected - began;
    const stream = await sound;
    const audio = new Audio();
    audio.srcObject = stream;
    audio.autoplay = true;
    window.whep = { peer, stream, audio };
    return took;
}"""
"""Joins by WHEP as a player does; how long it took from the POST to the connection, in ms."""
WATCH: Final = """async () => {
    const found = [...(await window.whep.peer.getStats()).values()].find((one) => one.type === "inbound-rtp");
    return Object.fromEntries(Object.entries(found).filter(([, value]) => typeof value === "number"));
}"""
CHANNELS: Final = """async () => {
    const context = new AudioContext();
    await context.resume();
    const split = context.createChannelSplitter(2);
    context.createMediaStreamSource(window.whep.stream).connect(split);
    const ears = [0, 1].map((channel) => {
        const ear = new AnalyserNode(context, { fftSize: 8192 });
        split.connect(ear, channel);
        return ear;
    });
    const level = (wave) => Math.sqrt(wave.reduce((sum, value) => sum + value * value, 0) / wave.length);
    const loudest = { left: 0, right: 0, difference: 0 };
    for (let look = 0; look < 40; look++) {
        await new Promise((done) => setTimeout(done, 100));
        const [left, right] = ears.map((ear) => { const wave = new Float32Array(8192); ear.getFloatTimeDomainData(wave); return wave; });
        loudest.left = Math.max(loudest.left, level(left));
        loudest.right = Math.max(loudest.right, level(right));
        loudest.difference = Math.max(loudest.difference, level(left.map((value, at) => value - right[at])));
    }
    return loudest;
}"""
"""The levels of both channels and of what is between them (RMS, full scale is 1)."""


async def measure_browser() -> list[Row]:
    """Joins a few times, then stays."""
    with station.scratch() as folder:
        async with station.on_air(folder, LIVE__SOURCE_PORT="0") as ours, blank_page() as page:
            await page.goto(ours.address + "/docs")
            await page.click("body")
            whep = f"{ours.address}/whep/main"
            joins = [await page.evaluate(LISTEN, whep) for _ in range(VISITS)]
            await asyncio.sleep(SETTLE_SECONDS)
            settled = await page.evaluate(WATCH)
            channels = await page.evaluate(CHANNELS)
            ended = await _stay(page)
    emitted = ended["jitterBufferEmittedCount"] - settled["jitterBufferEmittedCount"]
    jitter = (ended["jitterBufferDelay"] - settled["jitterBufferDelay"]) / max(1, emitted)
    concealed = (ended["concealedSamples"] - settled["concealedSamples"]) / 48
    note = f"{BROWSER_SECONDS:g} s, {ended['packetsReceived']:.0f} packets"
    heard = sum(channels[side] > 0.003 for side in ("left", "right")) if channels["difference"] > 0.003 else 0
    levels = ", ".join(f"{side} {channels[side]:.3f}" for side in ("left", "right", "difference"))
    return [
        JOIN.row(median(joins), note=f"each: {', '.join(f'{join:.0f}' for join in joins)}"),
        LOST.row(ended["packetsLost"], note=note),
        CONCEALED.row(concealed, note=note),
        JITTER.row(1000 * jitter, note=note),
        STEREO.row(heard, note=f"RMS: {levels}"),
    ]


async def _stay(page: Page) -> dict[str, Any]:
    progress(f"WHEP: Chromium listens for {BROWSER_SECONDS:g} s")
    await asyncio.sleep(BROWSER_SECONDS)
    found: dict[str, Any] = await page.evaluate(WATCH)
    return found


COST: Final = Measurement((SHORT, LONG, UNHEARD, ENCODING, JANUS), measure_cost, 900.0)
JOINS: Final = Measurement((CROWDED, OTHERS), measure_joins, 180.0)
BROWSER: Final = Measurement((JOIN, LOST, CONCEALED, JITTER, STEREO), measure_browser, 240.0 + BROWSER_SECONDS)
MEASUREMENTS: Final = (COST, JOINS, BROWSER)
