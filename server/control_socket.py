"""The control socket: who may write into the state folder may steer the station. A Unix socket of mode 0600, one JSON line each way.

It turns requests into commands and asks the desk, as every front does; it decides nothing. Bounded in everything a stranger could
stretch: connections, line length, time. `converse` is the other end, for the command line.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from uuid import uuid4

import msgspec
import structlog
from msgspec import MsgspecError

from server.air import Moment
from server.commands import Answer, Command, Cue, Master, Refused, Remove, Reorder, Skip, Start, Stop, Veto
from server.control_requests import (
    AddRequest,
    Change,
    Changed,
    Failure,
    Found,
    Mastered,
    MasteringRequest,
    MasterRequest,
    Question,
    Queued,
    QueueRequest,
    RemoveRequest,
    ReorderRequest,
    Response,
    SkipRequest,
    StartRequest,
    Status,
    StatusRequest,
    StopRequest,
    TracksRequest,
    VetoRequest,
)
from server.programme.programme import Situation
from server.track import Track

LONGEST_LINE: Final = 64 * 1024
MOST_CONNECTIONS: Final = 16
MOST_FOUND: Final = 100
_IDLE_SECONDS: Final = 30.0
_ANSWER_SECONDS: Final = 5.0
_log = structlog.get_logger(__name__)


class ControlSocketError(Exception):
    """The control socket cannot be opened or spoken to; the message says why."""


@dataclass(frozen=True, slots=True)
class Steered:
    """What the socket sees of a station."""

    ask: Callable[[Command], Awaitable[Answer]]
    latest: Callable[[], Moment | None]
    situation: Callable[[], Situation]
    mastered: Callable[[], Mastered]
    tracks: Callable[[], Iterable[Track]]


class ControlSocket:
    """`async with ControlSocket(path, station): ...`"""

    def __init__(self, path: Path, station: Steered, answer_seconds: float = _ANSWER_SECONDS) -> None:
        """`answer_seconds`: how long a command may wait for its tick."""
        self._path = path
        self._answer_seconds = answer_seconds
        self._station = station
        self._talks: set[asyncio.Task[None]] = set()
        self._decoder = msgspec.json.Decoder(Change | Question)
        self._encoder = msgspec.json.Encoder()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        """Listens. Raises ControlSocketError."""
        self._server = await asyncio.start_unix_server(self._talk, sock=_listener(self._path), limit=LONGEST_LINE)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._server is not None
        self._server.close()
        for talk in list(self._talks):
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        self._path.unlink(missing_ok=True)

    async def answer(self, line: bytes) -> Response:
        """What one line is answered; never an error."""
        try:
            request = self._decoder.decode(line)
        except (MsgspecError, UnicodeDecodeError, RecursionError) as error:
            return Failure(f"not understood: {error}")
        if isinstance(request, Question):
            return self._tell(request)
        try:
            async with asyncio.timeout(self._answer_seconds):
                answer = await self._station.ask(_command(request))
        except TimeoutError:
            return Failure(f"the station did not answer within {self._answer_seconds:g} s")
        if isinstance(answer, Refused):
            return Failure(answer.reason)
        return Changed(answer.id, answer.position, answer.entry_id)

    def _tell(self, question: Question) -> Response:
        match question:
            case StatusRequest():
                return self._status()
            case QueueRequest():
                situation = self._station.situation()
                return Queued(list(situation.queue.entries), situation.cued)
            case MasteringRequest():
                return self._station.mastered()
            case TracksRequest(find=find):
                return _found(self._station.tracks(), find)

    def _status(self) -> Response:
        moment = self._station.latest()
        if moment is None:
            return Failure("the station is not on air yet")
        return Status(
            position=moment.position,
            sitting=moment.sitting,
            stopped=self._station.situation().stopped,
            airing=moment.airing,
            upcoming=list(moment.upcoming),
            segue=moment.segue,
            levels=moment.levels,
            standing=moment.standing,
        )

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            if len(self._talks) > MOST_CONNECTIONS:
                await self._say(writer, Failure("too many connections"))
                return
            while True:
                async with asyncio.timeout(_IDLE_SECONDS):
                    line = await reader.readuntil()
                await self._say(writer, await self.answer(line))
        except asyncio.LimitOverrunError:
            with suppress(OSError, TimeoutError):
                await self._say(writer, Failure(f"a line may have {LONGEST_LINE} bytes"))
        except (asyncio.IncompleteReadError, TimeoutError, OSError):
            return  # gone, or idle for too long
        finally:
            self._talks.discard(task)
            writer.close()

    async def _say(self, writer: asyncio.StreamWriter, response: Response) -> None:
        writer.write(self._encoder.encode(response) + b"\n")
        async with asyncio.timeout(_IDLE_SECONDS):
            await writer.drain()


def converse(path: Path, request: dict[str, Any], timeout_seconds: float = 10.0) -> dict[str, Any]:
    """Asks one thing of the station at `path` and waits for the answer. Raises ControlSocketError."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(timeout_seconds)
        try:
            connection.connect(str(path))
            connection.sendall(msgspec.json.encode(request) + b"\n")
            with connection.makefile("rb") as answers:
                line = answers.readline()
        except (FileNotFoundError, ConnectionRefusedError):
            raise ControlSocketError(f"no station is on air at {path}") from None
        except PermissionError:
            raise ControlSocketError(f"the station at {path} belongs to another user") from None
        except TimeoutError:
            raise ControlSocketError(f"the station did not answer within {timeout_seconds:.0f} s") from None
        except OSError as error:
            raise ControlSocketError(f"the station cannot be reached: {error}") from error
    if not line:
        raise ControlSocketError("the station hung up without an answer")
    answer: dict[str, Any] = msgspec.json.decode(line)
    return answer


def _command(request: Change) -> Command:
    identity = request.id or uuid4().hex
    match request:
        case SkipRequest(entry_id=entry_id):
            return Skip(identity, entry_id)
        case AddRequest(track_id=track_id, index=index):
            return Cue(identity, track_id, index)
        case RemoveRequest(entry_id=entry_id):
            return Remove(identity, entry_id)
        case ReorderRequest(entry_ids=entry_ids):
            return Reorder(identity, entry_ids)
        case VetoRequest(track_id=track_id):
            return Veto(identity, track_id)
        case StopRequest():
            return Stop(identity)
        case StartRequest():
            return Start(identity)
        case MasterRequest(preset=preset, changes=changes, insert=insert):
            return Master(identity, preset, changes, insert)


def _found(tracks: Iterable[Track], find: str) -> Found:
    wanted = find.casefold()
    found = [track for track in tracks if wanted in f"{track.id} {track.artist} {track.title}".casefold()]
    found.sort(key=lambda track: (track.artist.casefold(), track.title.casefold(), track.id))
    return Found(found[:MOST_FOUND], len(found))


def _listener(path: Path) -> socket.socket:
    """A bound socket at `path` that only its owner may use. Raises ControlSocketError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1.0)
        with suppress(OSError):
            probe.connect(str(path))
            raise ControlSocketError(f"another engine of this station is on air at {path}")
    listener = socket.socket(socket.AF_UNIX)
    try:
        path.unlink(missing_ok=True)
        listener.bind(str(path))
        # Nobody can connect before it listens, so nobody comes in before the mode is set.
        path.chmod(0o600)
    except OSError as error:
        listener.close()
        raise ControlSocketError(f"the control socket cannot be opened at {path}: {error}") from error
    listener.setblocking(False)
    return listener
