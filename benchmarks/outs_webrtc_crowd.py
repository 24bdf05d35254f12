"""A process full of light listeners, ordered about by lines of JSON: `python -m benchmarks.outs_webrtc_crowd whep|janus ADDRESS`.

`{"join": N, "at_once": M}` answers how long each took from his request to his keys; `{"count": SECONDS}` answers what came in that time;
`{"leave": N}` sends the last ones away.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from aiohttp import ClientSession, ClientTimeout, TCPConnector

from benchmarks.outs_webrtc_listener import Identity, LightListener
from benchmarks.processes import last_lines
from benchmarks.unmeasured import Unmeasured

JOIN_SECONDS: Final = 30.0


class Crowd:
    """The other end of the pipe."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self.pid = process.pid
        self._process = process
        self._log = log

    async def join(self, count: int, at_once: int = 8) -> list[float]:
        """How long each took, in seconds. Raises Unmeasured if one did not get in."""
        seconds: list[float] = (await self._ask(join=count, at_once=at_once))["seconds"]
        return seconds

    async def count(self, seconds: float) -> dict[str, Any]:
        """`packets` and `lost` of all, the `longest_gap` and the `fewest` packets of one, in the next seconds."""
        return await self._ask(count=seconds)

    async def leave(self, count: int) -> None:
        await self._ask(leave=count)

    async def _ask(self, **order: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        line = await self._process.stdout.readline()
        told: dict[str, Any] = json.loads(line) if line else {"broke": last_lines(self._log)}
        if "broke" in told:
            raise Unmeasured(f"the listeners say: {told['broke']}")
        return told


@asynccontextmanager
async def crowd(kind: str, address: str, core: int, log: Path) -> AsyncIterator[Crowd]:
    """Listeners of `address` on one core, as long as the block lasts."""
    command = ["taskset", "-c", str(core), sys.executable, "-m", "benchmarks.outs_webrtc_crowd", kind, address]
    with log.open("ab") as said:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=said, limit=1 << 22)
    try:
        yield Crowd(process, log)
    finally:
        process.kill()
        await process.wait()


class _Joiner:
    """Brings listeners in; one a kind of server."""

    def __init__(self, http: ClientSession, address: str) -> None:
        self.http = http
        self.address = address
        self.identity = Identity()

    async def join(self) -> tuple[LightListener, float]:
        """Over WHEP: he offers."""
        connected = asyncio.Event()
        listener = LightListener(self.identity, True, connected.set)
        began = time.monotonic()
        headers = {"Content-Type": "application/sdp"}
        async with asyncio.timeout(JOIN_SECONDS):
            async with self.http.post(self.address, data=listener.offer(), headers=headers) as said:
                text = await said.text()
                if said.status != 201:
                    raise Unmeasured(f"{said.status}: {text[:200]}")
            listener.far(text)
            await connected.wait()
        return listener, time.monotonic() - began


class _JanusJoiner(_Joiner):
    async def join(self) -> tuple[LightListener, float]:
        """Janus offers; a session and a handle of its streaming plugin for each listener."""
        connected = asyncio.Event()
        listener = LightListener(self.identity, False, connected.set)
        began = time.monotonic()
        async with asyncio.timeout(JOIN_SECONDS):
            session = f"{self.address}/{(await self._say(self.address, janus='create'))['data']['id']}"
            attached = await self._say(session, janus="attach", plugin="janus.plugin.streaming")
            handle = f"{session}/{attached['data']['id']}"
            await self._say(handle, janus="message", body={"request": "watch", "id": 1})
            offer = (await self._hears(session))["jsep"]["sdp"]
            payload_type = next(int(line.split()[3]) for line in offer.splitlines() if line.startswith("m=audio"))
            mid = next(line[6:] for line in offer.splitlines() if line.startswith("a=mid:"))
            listener.far(offer)
            jsep = {"type": "answer", "sdp": listener.answer(mid, payload_type)}
            await self._say(handle, janus="message", body={"request": "start"}, jsep=jsep)
            await connected.wait()
        return listener, time.monotonic() - began

    async def _say(self, address: str, **words: Any) -> dict[str, Any]:
        async with self.http.post(address, json={"transaction": "t", **words}) as said:
            told: dict[str, Any] = await said.json(content_type=None)
        if told["janus"] == "error":
            raise Unmeasured(f"janus: {told['error']}")
        return told

    async def _hears(self, session: str) -> dict[str, Any]:
        while True:
            async with self.http.get(session, params={"maxev": "1"}) as said:
                told: dict[str, Any] = await said.json(content_type=None)
            if "jsep" in told:
                return told


async def _serve(joiner: _Joiner) -> None:
    listeners: list[LightListener] = []
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        order = json.loads(line)
        if "join" in order:
            doors = asyncio.Semaphore(order["at_once"])
            told = await _join(joiner, listeners, order["join"], doors)
        elif "leave" in order:
            for _ in range(order["leave"]):
                listeners.pop().close()
            told = {}
        else:
            told = await _count(listeners, order["count"])
        print(json.dumps(told), flush=True)


async def _join(joiner: _Joiner, listeners: list[LightListener], count: int, doors: asyncio.Semaphore) -> dict[str, Any]:
    async def one() -> float:
        async with doors:
            listener, seconds = await joiner.join()
        listeners.append(listener)
        return seconds

    try:
        return {"seconds": await asyncio.gather(*[one() for _ in range(count)])}
    except (Unmeasured, TimeoutError) as error:
        return {"broke": f"{type(error).__name__} {error}"}


async def _count(listeners: list[LightListener], seconds: float) -> dict[str, Any]:
    for listener in listeners:
        listener.count_anew()
    await asyncio.sleep(seconds)
    return {
        "packets": sum(listener.packets for listener in listeners),
        "lost": sum(listener.lost for listener in listeners),
        "longest_gap": max((listener.longest_gap_seconds for listener in listeners), default=0.0),
        "fewest": min((listener.packets for listener in listeners), default=0),
    }


async def main(kind: str, address: str) -> None:
    """Until standard input ends."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 65_536)), hard))
    async with ClientSession(connector=TCPConnector(limit=0), timeout=ClientTimeout(total=JOIN_SECONDS)) as http:
        await _serve((_JanusJoiner if kind == "janus" else _Joiner)(http, address))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
