"""Engine to fronts and back: what crosses the Unix socket between them.

Down: Hello first, then the Loops, NowPlaying and the kept window of Packets (so that a new front has everything the old one had), then
live Packets, Meters, spectra and NowPlaying. Up: Commands. A frame is a 4-byte big-endian length and one msgpack value. Each front has a
bounded queue in the engine; a front that does not read loses its connection, is counted, reconnects and is filled from the window again.
"""

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from msgspec import DecodeError, Struct
from msgspec.msgpack import Decoder, Encoder

from server.air import Levels, Standing
from server.commands import Answer, Command
from server.insert.plug_in import InsertStanding
from server.live.session import Seat, Session
from server.segue_plan import SeguePlan
from server.track import Airing, Entry

PROTOCOL: Final = 1


class Rendition(Struct, frozen=True):
    """One encoding of the programme, made once and shared by all who want it."""

    name: str
    """aac_64, aac_128, aac_192, aac_320, mp3_192, opus_128: codec and kbit/s."""
    codec: str
    """aac (AAC-LC, raw access units), mp3 or opus (raw packets)."""
    bitrate: int
    """Nominal bits per second."""
    packet_frames: int
    """Frames a packet stands for: 1024, 1152, 960."""
    header: bytes
    """AudioSpecificConfig (aac), OpusHead (opus), empty (mp3)."""


class Hello(Struct, frozen=True, tag=True):
    """Who speaks. Always first."""

    protocol: int
    station: str
    title: str
    description: str
    genre: str
    epoch: float
    """UNIX seconds of position 0."""
    sitting: int
    started_at: float
    """UNIX seconds at which this engine went on air."""
    renditions: list[Rendition]


class Packets(Struct, frozen=True, tag=True):
    """Consecutive packets of one rendition."""

    rendition: str
    sitting: int
    position: int
    """What a decoder that follows the codec's priming rule plays at the start of the first packet is the programme at this position."""
    packets: list[bytes]


class Loop(Struct, frozen=True, tag=True):
    """The emergency loop in one rendition: what a front sends while it hears nothing from its engine. Plays round without a seam."""

    rendition: str
    packets: list[bytes]


class Spectrum(Struct, frozen=True, tag=True):
    """One spectrum frame of the mastered programme."""

    position: int
    """Of the frame's end: it may be shown when this position is heard."""
    frame: bytes
    """136 bytes, see dsp/spectrum.py."""


class Meters(Struct, frozen=True, tag=True):
    """How it sounds and stands, about four times a second."""

    position: int
    levels: Levels
    standing: Standing


class NowPlaying(Struct, frozen=True, tag=True):
    """Sent with the window and at every change of what airs or comes next."""

    position: int
    airing: Airing
    upcoming: list[Entry]
    history: list[Airing]
    """Ended airings, latest first, at most 20."""
    segue: SeguePlan | None = None
    """By which what airs will give way to the first of `upcoming`, if nothing intervenes."""


class LiveStanding(Struct, frozen=True, tag=True):
    """Sent with the window, at every change of who is live, and four times a second while somebody is in."""

    position: int
    seats: list[Seat]
    """In the order of their turn. The first one that is on air has the floor; those who talk over the music are heard beside him."""


class PresetTold(Struct, frozen=True):
    """A preset that may be chosen."""

    name: str
    why: str


class MasteringStanding(Struct, frozen=True, tag=True):
    """Sent with the window, at every change of how the mastering is set, and when the insert comes in or goes out."""

    position: int
    preset: str
    changed: bool
    """Whether something was changed in the preset since it was chosen."""
    settings: dict[str, Any]
    """All of them, as dsp/settings.py writes them."""
    presets: list[PresetTold]
    insert: InsertStanding
    insert_wanted: bool


class Preview(Struct, frozen=True, tag=True):
    """Consecutive packets of what mastering is given, encoded while some front wants them. Not kept for those who come later."""

    sitting: int
    position: int
    packets: list[bytes]


class WantPreview(Struct, frozen=True, tag=True):
    """Whether this front has somebody who listens to the unmastered sound. Said again to every new engine."""

    wanted: bool


class Ask(Struct, frozen=True, tag=True):
    """A command on its way up."""

    command: Command


class LiveOpen(Struct, frozen=True, tag=True):
    """A DJ has come in; or what is known of the session has changed: mode, priority, title. Said again to every new engine."""

    session: Session


class LiveSound(Struct, frozen=True, tag=True):
    """The next sound of a session."""

    session_id: str
    samples: bytes
    """int16 little-endian, interleaved stereo at 48 kHz, at most SOUND_BLOCK_FRAMES frames."""


class LiveClose(Struct, frozen=True, tag=True):
    """The DJ has gone. A front that dies says it by hanging up."""

    session_id: str


class Reply(Struct, frozen=True, tag=True):
    """Its answer on the way down; Answer.id tells to which."""

    answer: Answer


Down: TypeAlias = Hello | Packets | Loop | Spectrum | Meters | NowPlaying | LiveStanding | MasteringStanding | Preview | Reply
Up: TypeAlias = Ask | LiveOpen | LiveSound | LiveClose | WantPreview

FRAME_LIMIT: Final = 4 * 1024 * 1024
"""Bytes; the largest honest frame is a Loop of 320 kbit/s, 0.6 MB."""
_LENGTH_BYTES: Final = 4


class WireBroken(Exception):
    """What came over the wire is no frame of ours."""


_encoder: Final = Encoder()


def frame(message: Down | Up) -> bytes:
    """`message` as it crosses the wire. Safe in any thread."""
    content = _encoder.encode(message)
    return len(content).to_bytes(_LENGTH_BYTES, "big") + content


class Frames:
    """Cuts a byte stream into the contents of its frames. It holds at most one unfinished frame."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def cut(self, data: bytes) -> Iterator[bytes]:
        """The contents that `data` completes. Raises WireBroken for a frame beyond the limit."""
        rest = self._rest
        rest += data
        start = 0
        while len(rest) - start >= _LENGTH_BYTES:
            length = int.from_bytes(rest[start : start + _LENGTH_BYTES], "big")
            if length > FRAME_LIMIT:
                raise WireBroken(f"a frame of {length} bytes")
            end = start + _LENGTH_BYTES + length
            if len(rest) < end:
                break
            yield bytes(rest[start + _LENGTH_BYTES : end])
            start = end
        del rest[:start]


_down: Final[Decoder[Down]] = Decoder(Down)
_up: Final[Decoder[Up]] = Decoder(Up)


def read_down(content: bytes) -> Down:
    """A message of the engine. Raises WireBroken."""
    try:
        return _down.decode(content)
    except DecodeError as error:
        raise WireBroken(str(error)) from None


def read_up(content: bytes) -> Up:
    """A message of a front. Raises WireBroken."""
    try:
        return _up.decode(content)
    except DecodeError as error:
        raise WireBroken(str(error)) from None
