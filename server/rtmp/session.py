"""One RTMP session as its publisher leads it, from the first byte of the handshake to the last word. Source: Adobe, RTMP 1.0.

No socket and no clock: what arrived goes into `receive`, what is to be sent comes out of `take_out`, and the times of pictures and sound
are arguments. The order of commands is the one of FMLE, which every ingest knows. `publish` is a step of its own, so that a session can
wait, connected, for the one before it to end.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, TypeAlias

from server.rtmp.amf0 import Amf0Broken, Value, decode, encode
from server.rtmp.chunks import ChunkReader, ChunksBroken, ChunkWriter, Kind, Message
from server.rtmp.refusals import worded
from server.rtmp.target import Address

VERSION: Final = 3
HANDSHAKE_BYTES: Final = 1536
RANDOM_BYTES: Final = HANDSHAKE_BYTES - 8
CHUNK_BYTES: Final = 60_000
"""Ours, told to the server: most pictures go out in one piece."""
FLASH_VERSION: Final = "FMLE/3.0 (compatible; SonicForge)"
"""Ingests look for the first word."""
LEAST_ACKNOWLEDGED_BYTES: Final = 2_500
_CONTROL, _COMMANDS, _SOUND, _PICTURES = 2, 3, 4, 6
"""Chunk streams, numbered as other encoders do."""
_CONNECT, _RELEASE, _FC_PUBLISH, _CREATE, _PUBLISH, _FC_UNPUBLISH, _DELETE = 1, 2, 3, 4, 5, 6, 7
"""Transactions: a session makes each once."""
_PING, _PONG = 6, 7


@dataclass(frozen=True, slots=True)
class Connected:
    """The server has let us in: `publish` may be called."""


@dataclass(frozen=True, slots=True)
class Published:
    """The server takes sound and pictures."""


@dataclass(frozen=True, slots=True)
class Over:
    """The server has ended it, or cannot be understood."""

    reason: str
    """In plain words, without the stream key."""
    refused: bool
    """It did not like address or key, so trying again will hardly help."""


Event: TypeAlias = Connected | Published | Over


class _Step(Enum):
    HANDSHAKE = auto()
    CONNECTING = auto()
    CONNECTED = auto()
    CREATING = auto()
    PUBLISHING = auto()
    PUBLISHED = auto()
    OVER = auto()


class Session:
    """A publisher's side. The first bytes lie ready to be taken out."""

    def __init__(self, address: Address, key: str, random: bytes) -> None:
        """`random`: RANDOM_BYTES bytes of anything."""
        self._address = address
        self._key = key
        self._step = _Step.HANDSHAKE
        self._out: list[bytes] = [bytes([VERSION]), bytes(8), random]
        self._handshake = bytearray()
        self._writer = ChunkWriter()
        self._reader = ChunkReader()
        self._stream_id = 0
        self._received = 0
        self._acknowledged = 0
        self._window = 0

    def take_out(self) -> bytes:
        """What is to be sent now; empty if nothing is."""
        out = b"".join(self._out)
        self._out.clear()
        return out

    def receive(self, data: bytes) -> list[Event]:
        """Takes what arrived. After an Over nothing happens any more."""
        if self._step is _Step.OVER:
            return []
        try:
            return self._shake_hands(data) if self._step is _Step.HANDSHAKE else self._read(data)
        except (ChunksBroken, Amf0Broken) as broken:
            return self._over(f"the server speaks no RTMP that can be understood: {broken}", refused=False)

    def publish(self) -> None:
        """Asks to publish; allowed once, after Connected."""
        assert self._step is _Step.CONNECTED
        self._step = _Step.CREATING
        self._command("releaseStream", _RELEASE, None, self._key)
        self._command("FCPublish", _FC_PUBLISH, None, self._key)
        self._command("createStream", _CREATE, None)

    def sound(self, milliseconds: int, body: bytes) -> None:
        """One FLV audio tag's body (server/rtmp/flv.py). Allowed after Published."""
        self._send(_SOUND, Kind.AUDIO, milliseconds, body)

    def picture(self, milliseconds: int, body: bytes) -> None:
        """One FLV video tag's body."""
        self._send(_PICTURES, Kind.VIDEO, milliseconds, body)

    def metadata(self, milliseconds: int, body: bytes) -> None:
        """One FLV script tag's body; it holds from this time on."""
        self._send(_SOUND, Kind.DATA, milliseconds, encode("@setDataFrame") + body)

    def say_goodbye(self) -> None:
        """The last words: the server need not wait for more. Nothing may be sent after it."""
        if self._step in (_Step.PUBLISHING, _Step.PUBLISHED):
            self._command("FCUnpublish", _FC_UNPUBLISH, None, self._key)
            self._command("deleteStream", _DELETE, None, float(self._stream_id))
        self._step = _Step.OVER

    def _shake_hands(self, data: bytes) -> list[Event]:
        self._handshake += data
        if self._handshake and self._handshake[0] != VERSION:
            return self._over("the server speaks no RTMP", refused=False)
        if len(self._handshake) < 1 + 2 * HANDSHAKE_BYTES:
            return []
        theirs, rest = self._handshake[1 : 1 + HANDSHAKE_BYTES], bytes(self._handshake[1 + 2 * HANDSHAKE_BYTES :])
        self._handshake.clear()
        self._out.append(bytes(theirs))
        self._control(Kind.CHUNK_SIZE, CHUNK_BYTES.to_bytes(4, "big"))
        self._writer.chunk_bytes = CHUNK_BYTES
        self._step = _Step.CONNECTING
        about: Value = {"app": self._address.app, "type": "nonprivate", "flashVer": FLASH_VERSION, "tcUrl": str(self._address)}
        self._command("connect", _CONNECT, about)
        return self._read(rest)

    def _read(self, data: bytes) -> list[Event]:
        self._received += len(data)
        events: list[Event] = []
        for message in self._reader.put(data):
            events += self._take(message)
            if self._step is _Step.OVER:
                return events
        if self._window and self._received - self._acknowledged >= self._window:
            self._acknowledged = self._received
            self._control(Kind.ACKNOWLEDGEMENT, (self._received & 0xFFFFFFFF).to_bytes(4, "big"))
        return events

    def _take(self, message: Message) -> list[Event]:
        number = int.from_bytes(message.body[:4], "big")
        match message.kind:
            case Kind.WINDOW_SIZE:
                self._window = max(LEAST_ACKNOWLEDGED_BYTES, number)
            case Kind.PEER_BANDWIDTH:
                self._control(Kind.WINDOW_SIZE, message.body[:4])
            case Kind.USER_CONTROL if int.from_bytes(message.body[:2], "big") == _PING:
                self._control(Kind.USER_CONTROL, _PONG.to_bytes(2, "big") + message.body[2:6])
            case Kind.COMMAND:
                return self._answer(decode(message.body))
        return []

    def _answer(self, values: list[Value]) -> list[Event]:
        name, transaction = values[0] if values else None, values[1] if len(values) > 1 else None
        about = values[3] if len(values) > 3 else None
        match name:
            case "_result":
                return self._result(transaction, about)
            case "_error" if transaction in (_CONNECT, _CREATE, _PUBLISH):
                return self._refused(about)
            case "onStatus":
                return self._status(about)
            case "close":
                return self._over("the platform ended the session", refused=False)
        return []

    def _result(self, transaction: Value, about: Value) -> list[Event]:
        if transaction == _CONNECT and self._step is _Step.CONNECTING:
            self._step = _Step.CONNECTED
            return [Connected()]
        if transaction == _CREATE and self._step is _Step.CREATING:
            if not isinstance(about, float) or not 0 <= about <= 0xFFFFFFFF:
                return self._over("the server gave the stream no number", refused=False)
            self._stream_id = int(about)
            self._step = _Step.PUBLISHING
            self._command("publish", _PUBLISH, None, self._key, "live", stream_id=self._stream_id)
        return []

    def _status(self, about: Value) -> list[Event]:
        code, level = (about.get("code"), about.get("level")) if isinstance(about, dict) else (None, None)
        if code == "NetStream.Publish.Start" and self._step is _Step.PUBLISHING:
            self._step = _Step.PUBLISHED
            return [Published()]
        if level == "error" or code in ("NetStream.Publish.BadName", "NetStream.Publish.Denied", "NetConnection.Connect.Closed"):
            return self._refused(about)
        return []

    def _refused(self, about: Value) -> list[Event]:
        """The server said no: to the address while we connect, to the key while we want to publish, to anything once we do."""
        match self._step:
            case _Step.CONNECTING | _Step.CONNECTED:
                said, refused = "the platform refused the connection", True
            case _Step.PUBLISHED:
                said, refused = "the platform ended the session", False
            case _:
                said, refused = "the platform refused the stream key", True
        return self._over(worded(said, about, self._key), refused=refused)

    def _over(self, reason: str, *, refused: bool) -> list[Event]:
        self._step = _Step.OVER
        return [Over(reason, refused)]

    def _command(self, name: str, transaction: int, *values: Value, stream_id: int = 0) -> None:
        body = encode(name, float(transaction), *values)
        self._out.append(self._writer.cut(_COMMANDS, Kind.COMMAND, stream_id, 0, body))

    def _control(self, kind: Kind, body: bytes) -> None:
        self._out.append(self._writer.cut(_CONTROL, kind, 0, 0, body))

    def _send(self, chunk_stream: int, kind: Kind, milliseconds: int, body: bytes) -> None:
        assert self._step is _Step.PUBLISHED
        self._out.append(self._writer.cut(chunk_stream, kind, self._stream_id, milliseconds, body))
