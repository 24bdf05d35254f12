"""An untrusted sound file, opened and read by FFmpeg: for the inside of a sandbox only.

Owns what may be opened (container, codec, rate, channels) and what counts as sound. It opens no path and reaches no network: it gets
an open file, and FFmpeg gets no protocol. Of a file's tags it passes on four, and those that say how to air it, as they stand in the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, cast

import av
from av import AudioFrame, AudioStream
from av.audio.codeccontext import AudioCodecContext
from av.container import InputContainer
from av.error import ArgumentError, FFmpegError, InvalidDataError
from av.error import EOFError as EndOfFile
from av.error import MemoryError as TooLarge

from dsp.block import Samples
from server.intake.resampling import Resampling
from server.intake.tags import ANNOTATIONS

OPTIONS: Final = {"format_whitelist": "mp3,flac,ogg,wav,mov,aac,aiff", "protocol_whitelist": "none"}
"""Both bind: without them a playlist or a session description that is named .mp3 opens other files and addresses."""
CODECS: Final = frozenset({"mp3", "mp3float", "flac", "vorbis", "opus", "aac", "alac"})
PCM: Final = frozenset(
    f"pcm_{kind}" for kind in ("u8", "s8", "s16le", "s16be", "s24le", "s24be", "s32le", "s32be", "f32le", "f32be", "f64le", "f64be")
)
RATES: Final = range(8_000, 192_001)
MOST_CHANNELS: Final = 8
OLD_TAGS: Final = "cp1252"
"""What old taggers write where UTF-8 belongs."""
TAGS: Final = ("title", "artist", "album", "genre")
_LONGEST_ANNOTATION: Final = 32
_LONGEST_TAG: Final = 1024
_BROKEN_SHARE: Final = 0.02
"""Real files have a broken packet at a cut; noise that passes for a file has one after the other."""


class UnplayableError(Exception):
    """The file is not fit to air; the message says why, as the end of a sentence that begins with "it"."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a file says of itself."""

    container: str
    codec: str
    sample_rate: int
    channels: int
    seconds: float
    """0 if it does not say. Often a guess, sometimes a lie."""
    tags: dict[str, str]
    annotations: dict[str, str]
    """Those that it has of ANNOTATIONS (server/intake/tags.py)."""


class UntrustedFile:
    """One sound file. `file` is raw and open for reading."""

    def __init__(self, file: object) -> None:
        """Raises UnplayableError or FFmpegError."""
        try:
            self._container = cast("InputContainer", av.open(file, options=OPTIONS, metadata_errors="surrogateescape"))
        except ArgumentError as error:
            raise UnplayableError("is of a kind that is not allowed; mp3, flac, ogg, wav, m4a, aac and aiff are") from error
        except (InvalidDataError, EndOfFile) as error:
            raise UnplayableError("is not a sound file, or too damaged to be one") from error
        streams = self._container.streams.audio
        if not streams:
            raise UnplayableError("holds no sound")
        self._stream: AudioStream = streams[0]
        context = cast("AudioCodecContext | None", self._stream.codec_context)
        if context is None:
            raise UnplayableError("is in a coding that nobody here knows")
        context.thread_count = 1
        if context.name not in CODECS | PCM:
            raise UnplayableError(f"is coded as {context.name}, which is not allowed")
        _check_form(context.sample_rate, context.channels)

    def claims(self) -> Claims:
        """What the headers say."""
        context = self._stream.codec_context
        microseconds = self._container.duration or 0
        found = self._metadata()
        return Claims(
            container=self._container.format.name,
            codec=context.name,
            sample_rate=context.sample_rate,
            channels=context.channels,
            seconds=max(0.0, microseconds / av.time_base),
            tags={name: _text(found.get(name, "")) for name in TAGS},
            annotations={name: _text(found[name])[:_LONGEST_ANNOTATION] for name in ANNOTATIONS if name in found},
        )

    def sound(self) -> Iterator[Samples]:
        """The whole sound at 48 kHz, float32 [2, frames] each. Raises UnplayableError at what is no sound, FFmpegError."""
        resampling: Resampling | None = None
        for frame in self._frames():
            if resampling is None or not resampling.fits(frame):
                if resampling is not None:
                    yield from resampling.convert(None)
                _check_form(frame.sample_rate, frame.layout.nb_channels)
                resampling = Resampling(frame)
            yield from resampling.convert(frame)
        if resampling is not None:
            yield from resampling.convert(None)

    def _frames(self) -> Iterator[AudioFrame]:
        packets = broken = 0
        demuxed = self._container.demux(self._stream)
        while True:
            try:
                packet = next(demuxed, None)
            except TooLarge:
                raise
            except FFmpegError:
                packet = None  # cut off in the middle: what came before is sound
            if packet is None:
                break
            packets += 1
            try:
                frames = packet.decode()
            except TooLarge:
                raise
            except FFmpegError:
                broken += 1
                continue
            for frame in frames:
                assert isinstance(frame, AudioFrame)
                yield frame
        if broken > max(1, packets * _BROKEN_SHARE):
            raise UnplayableError(f"is damaged: {broken} of {packets} packets cannot be decoded")

    def _metadata(self) -> dict[str, str]:
        # Ogg keeps them with the stream, the others with the container.
        found = {key.lower(): value for source in (self._stream, self._container) for key, value in source.metadata.items()}
        found.setdefault("artist", found.get("album_artist", ""))
        return found


def _check_form(sample_rate: int, channels: int) -> None:
    if sample_rate not in RATES:
        raise UnplayableError(f"has a rate of {sample_rate} Hz; allowed are {RATES[0]} to {RATES[-1]} Hz")
    if not 1 <= channels <= MOST_CHANNELS:
        raise UnplayableError(f"has {channels} channels; allowed are 1 to {MOST_CHANNELS}")


def _text(value: str) -> str:
    raw = value[:_LONGEST_TAG].encode("utf-8", "surrogateescape")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode(OLD_TAGS, "replace")
