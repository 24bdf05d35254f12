"""An ingest of the tests' own, without a socket: it answers as it is told to, and keeps what it was sent."""

from dataclasses import dataclass, field

from server.rtmp.amf0 import Value, decode, encode
from server.rtmp.chunks import ChunkReader, ChunkWriter, Kind, Message


@dataclass(frozen=True)
class Manner:
    """How it behaves."""

    refuse_connect: Value = None
    """Instead of a result to `connect`: an error with this."""
    refuse_publish: Value = None
    """Instead of Publish.Start: a status with this."""
    silent_after: str = ""
    """It says nothing more once it has been told this: handshake, connect, createStream, publish."""
    ends_after_messages: int = 0
    """It hangs up after so many tags."""


class Ingest:
    """One connection's other end."""

    def __init__(self, manner: Manner | None = None) -> None:
        self.manner = manner or Manner()
        self.commands: list[list[Value]] = []
        self.tags: list[Message] = []
        """Sound, pictures and data, in order."""
        self.acknowledgements: list[int] = []
        self.pongs: list[bytes] = []
        self.hung_up = False
        self._greeting = bytearray()
        self._greeted = False
        self._reader = ChunkReader()
        self._writer = ChunkWriter()
        self._silent = self.manner.silent_after == "handshake"

    def receive(self, data: bytes) -> bytes:
        """What it answers."""
        if self._silent:
            return b""
        answer = b""
        if not self._greeted:
            self._greeting += data
            if len(self._greeting) < 1537:
                return b""
            c1 = bytes(self._greeting[1:1537])
            if len(self._greeting) == 1537 and not self.commands:
                self.commands.append(["handshake"])
                answer = b"\3" + bytes(4) + bytes(4) + bytes(range(256)) * 5 + bytes(248) + c1
            if len(self._greeting) < 1537 + 1536:
                return answer
            self._greeted = True
            data = bytes(self._greeting[1537 + 1536 :])
        for message in self._reader.put(data):
            answer += self._take(message)
        return answer

    def say(self, name: str, transaction: float, *values: Value) -> bytes:
        """A command of its own."""
        return self._writer.cut(3, Kind.COMMAND, 0, 0, encode(name, transaction, *values))

    def control(self, kind: Kind, body: bytes) -> bytes:
        """A control message of its own."""
        return self._writer.cut(2, kind, 0, 0, body)

    def metadata(self) -> list[dict[str, Value]]:
        """What onMetaData said, each time."""
        said = [decode(tag.body) for tag in self.tags if tag.kind == Kind.DATA]
        assert all(values[:2] == ["@setDataFrame", "onMetaData"] for values in said)
        return [values[2] for values in said if isinstance(values[2], dict)]

    def _take(self, message: Message) -> bytes:
        match message.kind:
            case Kind.COMMAND:
                values = decode(message.body)
                self.commands.append(values)
                if self._silent or values[0] == self.manner.silent_after:
                    self._silent = True
                    return b""
                return self._answer(str(values[0]), values[1])
            case Kind.ACKNOWLEDGEMENT:
                self.acknowledgements.append(int.from_bytes(message.body, "big"))
            case Kind.USER_CONTROL:
                self.pongs.append(message.body)
            case Kind.AUDIO | Kind.VIDEO | Kind.DATA:
                self.tags.append(message)
                self.hung_up |= 0 < self.manner.ends_after_messages <= len(self.tags)
        return b""

    def _answer(self, name: str, transaction: Value) -> bytes:
        assert isinstance(transaction, float)
        if name == "connect" and self.manner.refuse_connect is not None:
            return self.say("_error", transaction, None, self.manner.refuse_connect)
        if name == "connect":
            return self.say("_result", transaction, {"fmsVer": "FMS/3"}, {"code": "NetConnection.Connect.Success"})
        if name == "createStream":
            return self.say("_result", transaction, None, 7.0)
        if name == "publish":
            refused = self.manner.refuse_publish
            return self.say("onStatus", 0.0, None, refused or {"level": "status", "code": "NetStream.Publish.Start"})
        return b""


@dataclass
class Ingests:
    """The house in which they are: each new connection takes the manner that is next, the last one for ever."""

    manners: list[Manner] = field(default_factory=lambda: [Manner()])
    came: list[Ingest] = field(default_factory=list)

    def next(self) -> Ingest:
        """Who takes the next connection."""
        ingest = Ingest(self.manners[min(len(self.came), len(self.manners) - 1)])
        self.came.append(ingest)
        return ingest
