"""A decoder child seen from outside: a source's bytes in, its sound and titles out, while everybody else goes on.

Owns the child's process from its start to its end, which comes with the block in which it was opened. Checks what the child says and
judges how it ended. Both ways are pipes with a bound: whoever does not read holds up whoever writes, never the front.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import msgspec
from msgspec import Struct

from dsp.block import SAMPLE_RATE
from server.intake.tags import clean
from server.live.decoder_child import PARCEL_HEAD, Kind

CHILD: Final = (sys.executable, "-P", "-s", "-m", "server.live.decoder_child")
MEMORY_BYTES: Final = 160 << 20
"""Of one child, resident."""
LONGEST_PARCEL: Final = 64 << 10
WAITING_BYTES: Final = 32 << 10
"""Of a source, that wait for the child in this process; as much again waits in the pipe."""
_HOUSE: Final = Path(__file__).resolve().parents[2]
_FRAME_BYTES: Final = 4


class Undecodable(Exception):
    """The stream cannot be played any further. `reason` is a sentence for the DJ."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class DecoderFailed(Exception):
    """The house could not decode it; the stream is not to blame."""


class Title(Struct, frozen=True):
    """What the stream says it plays now, as it may be shown; empty where it does not say."""

    title: str = ""
    artist: str = ""


@dataclass(frozen=True, slots=True)
class Sound:
    """int16 little-endian, interleaved stereo at 48 kHz."""

    samples: bytes

    @property
    def seconds(self) -> float:
        return len(self.samples) / (_FRAME_BYTES * SAMPLE_RATE)


Heard: TypeAlias = Sound | Title


class Decoder:
    """One child. Made by `decoder`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin
        assert process.stdout
        self._process = process
        self._in = process.stdin
        self._out = process.stdout

    @property
    def pid(self) -> int:
        return self._process.pid

    async def feed(self, data: bytes) -> None:
        """Hands on what the source sent; waits while the child has enough. A child that is gone takes everything: `next` says why."""
        with suppress(ConnectionError):
            self._in.write(data)
            await self._in.drain()

    def finish(self) -> None:
        """The source sends no more."""
        with suppress(ConnectionError):
            self._in.close()

    async def next(self) -> Heard | None:
        """What is heard next; None when all has been heard. Raises Undecodable, DecoderFailed."""
        head = await self._read(PARCEL_HEAD.size)
        if head is None:
            await self._judge()
            return None
        kind, length = PARCEL_HEAD.unpack(head)
        if length > LONGEST_PARCEL or kind.decode("latin1") not in set(Kind):
            raise Undecodable("Its decoder gave no sensible answer.")
        content = await self._read(length)
        if content is None:
            raise Undecodable("Its decoder broke off in the middle of a word.")
        return _understood(Kind(kind.decode()), content)

    async def _read(self, count: int) -> bytes | None:
        try:
            return await self._out.readexactly(count)
        except asyncio.IncompleteReadError:
            return None

    async def _judge(self) -> None:
        """Raises Undecodable or DecoderFailed unless the child ended well."""
        status = await self._process.wait()
        if status in {-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP}:
            raise DecoderFailed(f"The decoder was ended by {signal.Signals(-status).name}.")
        if status < 0:
            raise Undecodable(f"It crashed its decoder ({signal.Signals(-status).name}).")
        if status > 0:
            # Whatever a stream does to its decoder, the child reports; so this is an installation that does not work.
            raise DecoderFailed(f"The decoder ended with status {status}.")


@asynccontextmanager
async def decoder(command: Sequence[str] = CHILD, memory_bytes: int = MEMORY_BYTES) -> AsyncIterator[Decoder]:
    """A child that lives as long as the block, at most. Raises DecoderFailed if none can be started."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            *(str(os.getpid()), str(memory_bytes)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=LONGEST_PARCEL,
            cwd="/",
            # Nothing of this process's environment: it may hold secrets. One thread, so that the sandbox shuts in all.
            env={"PYTHONPATH": str(_HOUSE), "OPENBLAS_NUM_THREADS": "1"},
            # Ctrl-C in a terminal is meant for the station, which ends its children in its own order.
            process_group=0,
        )
    except OSError as error:
        raise DecoderFailed(f"No decoder can be started: {error}.") from error
    opened = Decoder(process)
    assert process.stdin
    process.stdin.transport.set_write_buffer_limits(high=WAITING_BYTES)
    try:
        yield opened
    finally:
        await asyncio.shield(_ended(process))


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Ends it now. What it still said is read: a pipe that is not at its end stays open."""
    assert process.stdin
    assert process.stdout
    with suppress(ProcessLookupError):
        process.kill()
    process.stdin.close()
    while await process.stdout.read(LONGEST_PARCEL):
        pass
    await process.wait()


def _understood(kind: Kind, content: bytes) -> Heard:
    match kind:
        case Kind.SOUND:
            return Sound(content[: len(content) // _FRAME_BYTES * _FRAME_BYTES])
        case Kind.TITLE:
            try:
                said = msgspec.json.decode(content, type=Title)
            except msgspec.MsgspecError:
                return Title()
            return Title(clean(said.title), clean(said.artist))
        case Kind.REFUSED:
            raise Undecodable(f"It {clean(content.decode(errors='replace'))}.")
        case Kind.FAILED:
            raise DecoderFailed(clean(content.decode(errors="replace")))
