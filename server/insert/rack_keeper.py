"""The rack's keeper: has a process with the operator's plug-ins running whenever one can run, and says how it stands.

It starts one, waits until the plug-ins are loaded, hands its line to the tick, and watches: a rack that ends, that no longer answers,
or whose sound the tick refused is ended and started again, each time a little later. What happens on the air meanwhile is the rack's
own affair (rack.py): nothing here is waited for by anybody.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec
import structlog

from server.insert.line import Line
from server.insert.plug_in import InsertStanding, InsertState, PlugIn, Ready, Said, Unfit
from server.insert.rack import Rack
from server.insert.ring import Ring, shared_memory

CHILD: Final = (sys.executable, "-P", "-s", "-m", "server.insert.rack_child")
LOAD_SECONDS: Final = 60.0
"""Some plug-ins look for their licence first."""
LOOK_SECONDS: Final = 0.5
HUNG_LOOKS: Final = 10
"""A rack that owes an answer and gives none for so many looks, 5 s, is ended."""
PAUSES_SECONDS: Final = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Before each new start; a rack that was well for longer than the last of these begins with the first again."""
_PASSED_ON: Final = ("HOME", "LANG", "PATH", "DISPLAY", "XDG_RUNTIME_DIR")
"""Of this process's environment, which may hold secrets, what plug-ins may need."""
_HOUSE: Final = Path(__file__).resolve().parents[2]
_LONGEST_WORD: Final = 4_096

log = structlog.get_logger(__name__)


class NoInsert:
    """How a station without plug-ins stands."""

    standing: Final = InsertStanding(InsertState.OFF)


class RackKeeper:
    """Keeps one station's rack."""

    def __init__(
        self,
        rack: Rack,
        plug_ins: Sequence[PlugIn],
        room_frames: int,
        monotonic: Callable[[], float],
        command: Sequence[str] = CHILD,
        pauses_seconds: Sequence[float] = PAUSES_SECONDS,
    ) -> None:
        self._rack = rack
        self._plug_ins = tuple(plug_ins)
        self._room_frames = room_frames
        self._monotonic = monotonic
        self._command = command
        self._pauses = tuple(pauses_seconds)
        self._starts = 0
        self._reason = ""
        self._state = InsertState.LOADING
        self._pid: int | None = None

    @property
    def pid(self) -> int | None:
        """Of the process that runs now."""
        return self._pid

    @property
    def standing(self) -> InsertStanding:
        """How the insert stands, now."""
        state = self._state
        if state is InsertState.IN and not self._rack.is_in:
            state = InsertState.DRY
        return InsertStanding(
            state=state,
            plug_ins=tuple(plug_in.title for plug_in in self._plug_ins),
            reason=self._reason,
            starts_total=self._starts,
            late_blocks_total=self._rack.late_blocks_total,
            latency_frames=self._rack.latency_frames,
        )

    async def run(self) -> None:
        """Goes on until cancelled."""
        failures = 0
        try:
            while True:
                began = self._monotonic()
                self._reason = await self._life()
                if self._monotonic() - began > self._pauses[-1]:
                    failures = 0
                pause = self._pauses[min(failures, len(self._pauses) - 1)]
                failures += 1
                self._state = InsertState.WAITING
                log.warning("the insert's plug-ins are out, the sound goes past them", reason=self._reason, again_in_seconds=pause)
                await asyncio.sleep(pause)
                self._close_returned()
        finally:
            self._close_returned()

    async def _life(self) -> str:
        """One process from its start to its end; why it ended."""
        self._state = InsertState.LOADING
        self._starts += 1
        try:
            process, line = await self._start()
        except OSError as error:
            return f"no process can be started: {error}"
        self._pid = process.pid
        try:
            said = await _first_word(process)
            if not isinstance(said, Ready):
                line.close()
                return said.reason
            log.info("the insert's plug-ins are loaded", latency_frames=said.latency_frames)
            self._state = InsertState.IN
            self._rack.offer(line)
            return await self._watch(process, line)
        except asyncio.CancelledError:
            line.unfit = line.unfit or "they were sent away"
            raise
        finally:
            self._pid = None
            await asyncio.shield(_ended(process))

    async def _start(self) -> tuple[asyncio.subprocess.Process, Line]:
        memory = shared_memory()
        posts_out, posts_in = os.pipe()
        answers_out, answers_in = os.pipe()
        try:
            line = Line(Ring(memory), posts_in, answers_out)
            process = await asyncio.create_subprocess_exec(
                *self._command,
                *(str(memory), str(answers_in), str(self._room_frames), msgspec.json.encode(self._plug_ins).decode()),
                stdin=posts_out,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                pass_fds=(memory, answers_in),
                limit=_LONGEST_WORD,
                env={"PYTHONPATH": str(_HOUSE), **{name: os.environ[name] for name in _PASSED_ON if name in os.environ}},
                start_new_session=True,
            )
        except BaseException:
            for descriptor in (posts_in, answers_out):
                os.close(descriptor)
            raise
        finally:
            for descriptor in (memory, posts_out, answers_in):
                os.close(descriptor)
        return process, line

    async def _watch(self, process: asyncio.subprocess.Process, line: Line) -> str:
        """Returns when the rack is no use any more; why."""
        ended = asyncio.ensure_future(process.wait())
        looks_without_answer, answered = 0, 0
        try:
            while True:
                done, _ = await asyncio.wait([ended], timeout=LOOK_SECONDS)
                if done:
                    return await _last_word(process, ended.result())
                if line.unfit:
                    return line.unfit
                owes = line.posted > line.answered and line.answered == answered
                looks_without_answer, answered = (looks_without_answer + 1 if owes else 0), line.answered
                if looks_without_answer >= HUNG_LOOKS:
                    line.unfit = line.unfit or "they no longer answered"
        finally:
            ended.cancel()
            with suppress(asyncio.CancelledError):
                await ended

    def _close_returned(self) -> None:
        for line in self._rack.returned():
            line.close()


async def _first_word(process: asyncio.subprocess.Process) -> Said:
    """What it says when it has loaded the plug-ins, or has not."""
    try:
        async with asyncio.timeout(LOAD_SECONDS):
            word = await _word(process)
    except TimeoutError:
        return Unfit(f"they were not loaded within {LOAD_SECONDS:.0f} s")
    return word or Unfit(_crash(await process.wait()))


async def _last_word(process: asyncio.subprocess.Process, status: int) -> str:
    word = await _word(process)
    return word.reason if isinstance(word, Unfit) else _crash(status)


async def _word(process: asyncio.subprocess.Process) -> Said | None:
    assert process.stdout
    try:
        line = await process.stdout.readline()
        return msgspec.json.decode(line, type=Said) if line else None
    except (msgspec.MsgspecError, ValueError):
        return Unfit("their process talked nonsense")


def _crash(status: int) -> str:
    return f"they crashed ({signal.Signals(-status).name})" if status < 0 else "they ended"


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Ends it now, if it has not ended. What it still said is read: a pipe that is not at its end stays open."""
    assert process.stdout
    with suppress(ProcessLookupError):
        process.kill()
    while await process.stdout.read(_LONGEST_WORD):
        pass
    await process.wait()
