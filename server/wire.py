"""Engine to fronts and back: what crosses the Unix socket between them.

Down: Hello first, then the kept window of Packets (so that a new front has everything the old one had), then live Packets, Levels,
spectra and NowPlaying. Up: Commands. Frames are a 4-byte big-endian length and one msgpack value. Each front has a bounded queue in
the engine; a front that does not read loses its connection, is counted, reconnects and is filled from the window again.
"""

from typing import Final, TypeAlias

from msgspec import Struct

from server.air import Levels, Standing
from server.commands import Answer, Command
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


class Ask(Struct, frozen=True, tag=True):
    """A command on its way up."""

    command: Command


class Reply(Struct, frozen=True, tag=True):
    """Its answer on the way down; Answer.id tells to which."""

    answer: Answer


Down: TypeAlias = Hello | Packets | Loop | Spectrum | Meters | NowPlaying | Reply
Up: TypeAlias = Ask
