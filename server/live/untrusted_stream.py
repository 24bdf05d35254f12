"""An untrusted live stream, opened and decoded by FFmpeg: for the inside of a sandbox only.

Owns what a source may send (container, codec, rate, channels), and when what it sends counts as sound at all. It reaches no file and no
network: it reads from what it is given, and FFmpeg gets no protocol. It looks at as little as it can before it plays: a DJ waits for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias, cast

import av
from av import AudioFrame, AudioStream
from av.audio.codeccontext import AudioCodecContext
from av.container import InputContainer
from av.error import ArgumentError, FFmpegError, InvalidDataError
from av.error import MemoryError as TooLarge

from dsp.block import Samples
from server.intake.resampling import Resampling
from server.intake.untrusted import MOST_CHANNELS, RATES
from server.live.ogg_links import PATTERN, OggLinks, Raw
from server.live.session import SOUND_BLOCK_FRAMES

OPTIONS: Final = {
    "format_whitelist": "mp3,aac,ogg,flac,matroska,webm",
    "protocol_whitelist": "none",
    "probesize": "32768",
    "analyzeduration": "200000",
}
"""Both lists bind. With FFmpeg's own measure (5 MB, 5 s) an MP3 stream is looked at for more than a second; with this 0.4 s."""
CODECS: Final = frozenset({"mp3", "mp3float", "aac", "opus", "vorbis", "flac"})
TRIAL_PACKETS: Final = 5
"""Nothing airs before so many packets in a row have been decoded without an error."""
MOST_BROKEN: Final = 50
"""Packets that cannot be decoded, about a second, before as many good ones have come."""


class UnplayableStream(Exception):
    """It is no sound that may air; the message says why, as the end of a sentence that begins with "it"."""


@dataclass(frozen=True, slots=True)
class Titled:
    """What the stream says it plays now, as it stands there."""

    title: str
    artist: str


Heard: TypeAlias = Titled | Samples
"""A title, or float32 [2, frames] at 48 kHz."""


class _Begun:
    """What comes in, with its first bytes given back."""

    def __init__(self, raw: Raw, begun: bytes) -> None:
        self._raw = raw
        self._begun = begun

    def read(self, most: int) -> bytes:
        """At most so many bytes; none at the end."""
        if self._begun:
            given, self._begun = self._begun[:most], self._begun[most:]
            return given
        return self._raw.read(most)


def hear(raw: Raw) -> Iterator[Heard]:
    """All that a source sends, as it comes. Raises UnplayableStream, FFmpegError, MemoryError."""
    begun = b""
    while len(begun) < len(PATTERN):
        more = raw.read(len(PATTERN) - len(begun))
        if not more:
            raise UnplayableStream("ended before any sound came")
        begun += more
    conversion = _Conversion()
    if begun != PATTERN:
        yield from _hear_stream(_Begun(raw, begun), conversion)
    else:
        yield from _hear_links(OggLinks(raw, begun), conversion)
    yield from conversion.rest()


def _hear_links(links: OggLinks, conversion: "_Conversion") -> Iterator[Heard]:
    """One after the other. A link that cannot be played is left out if the one before it could."""
    good = False
    for link in links:
        try:
            yield from _hear_stream(link, conversion)
            good = True
        except UnplayableStream:
            if not good:
                raise
            good = False


def _hear_stream(raw: Raw, conversion: "_Conversion") -> Iterator[Heard]:
    container, stream = _opened(raw)
    with container:
        yield _titled(container, stream)
        for frame in _frames(container, stream):
            yield from conversion.converted(frame)


class _Conversion:
    """To the house's own sound, without a seam between links that look alike."""

    def __init__(self) -> None:
        self._resampling: Resampling | None = None

    def converted(self, frame: AudioFrame) -> Iterator[Samples]:
        if self._resampling is None or not self._resampling.fits(frame):
            yield from self.rest()
            _check_form(frame.sample_rate, frame.layout.nb_channels)
            self._resampling = Resampling(frame, SOUND_BLOCK_FRAMES)
        yield from self._resampling.convert(frame)

    def rest(self) -> Iterator[Samples]:
        if self._resampling is not None:
            yield from self._resampling.convert(None)
            self._resampling = None


def _opened(raw: Raw) -> tuple[InputContainer, AudioStream]:
    try:
        container = cast("InputContainer", av.open(raw, options=OPTIONS, metadata_errors="replace"))
    except ArgumentError as error:
        raise UnplayableStream("is of a kind that is not allowed; MP3, AAC (ADTS), Ogg (Opus, Vorbis, FLAC), FLAC and WebM are") from error
    except TooLarge:
        raise
    except FFmpegError as error:
        raise UnplayableStream("is not a stream of sound, or begins too damaged to be one") from error
    streams = container.streams.audio
    if not streams:
        raise UnplayableStream("holds no sound")
    context = cast("AudioCodecContext | None", streams[0].codec_context)
    if context is None or context.name not in CODECS:
        raise UnplayableStream("is in a coding that is not allowed; MP3, AAC, Opus, Vorbis and FLAC are")
    context.thread_count = 1
    _check_form(context.sample_rate, context.channels)
    return container, streams[0]


def _frames(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """Nothing is given before some packets in a row have been decoded: noise that passes for a stream breaks there."""
    trial: list[AudioFrame] = []
    good = broken = 0
    for frames in _decoded(container, stream):
        if frames is None:
            broken += 1
            if broken > MOST_BROKEN:
                raise UnplayableStream("holds no sound that can be decoded")
            if good < TRIAL_PACKETS:
                good, trial = 0, []
            continue
        good += 1
        trial += frames
        if good > MOST_BROKEN:
            broken = 0
        if good >= TRIAL_PACKETS:
            yield from trial
            trial = []
    yield from trial


def _decoded(container: InputContainer, stream: AudioStream) -> Iterator[list[AudioFrame] | None]:
    """What each packet holds; None for one that is broken. It goes on behind it: some end every link with an empty packet."""
    demuxed = container.demux(stream)
    while True:
        try:
            packet = next(demuxed, None)
            if packet is None:
                return
            yield [frame for frame in packet.decode() if isinstance(frame, AudioFrame)]
        except InvalidDataError:
            yield None
            demuxed = container.demux(stream)


def _titled(container: InputContainer, stream: AudioStream) -> Titled:
    # Ogg keeps tags with the stream, the others with the container.
    found = {key.lower(): value for source in (container, stream) for key, value in source.metadata.items()}
    return Titled(found.get("title", ""), found.get("artist", ""))


def _check_form(sample_rate: int, channels: int) -> None:
    if sample_rate not in RATES:
        raise UnplayableStream(f"has a rate of {sample_rate} Hz; allowed are {RATES[0]} to {RATES[-1]} Hz")
    if not 1 <= channels <= MOST_CHANNELS:
        raise UnplayableStream(f"has {channels} channels; allowed are 1 to {MOST_CHANNELS}")
