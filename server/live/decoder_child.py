"""The decoder child: a source's stream on standard input, its sound on standard output. `-m server.live.decoder_child PARENT MEMORY`

It decodes inside the same sandbox as intake; it gets no path, no name, no secret. What it says comes in parcels: a letter, a length, a
content. Its parent (decoder.py) believes nothing of it that the parent has not checked.
"""

import io
import json
import os
import struct
import sys
from enum import StrEnum
from typing import Final

# All that a decode may need later must be here before the sandbox shuts: it opens no file after that.
import av
import av.subtitles.codeccontext
import av.subtitles.stream
import av.video.codeccontext
import av.video.stream
import numpy as np
from av.audio import AudioStream
from av.error import FFmpegError

from dsp.block import CHANNELS, SAMPLE_RATE, Samples
from server.intake.sandbox import Limits, confine
from server.live.untrusted_stream import Heard, Titled, UnplayableStream, hear

PARCEL_HEAD: Final = struct.Struct(">cI")
"""Its kind and the length of its content in bytes."""
LONGEST_TITLE: Final = 1_024
"""Characters; the parent shortens further."""
CPU_SECONDS: Final = 4 * 3_600
"""Several weeks of a usual stream."""
_FULL_SCALE: Final = 32_767


class Kind(StrEnum):
    """What is in a parcel."""

    SOUND = "S"
    """int16 little-endian, interleaved stereo at 48 kHz."""
    TITLE = "T"
    """JSON: title and artist."""
    REFUSED = "R"
    """Why it plays no further, as the end of a sentence that begins with "it". The last parcel."""
    FAILED = "F"
    """Why it could not be tried, for which the stream is not to blame. The last parcel."""


def interleaved(samples: Samples) -> bytes:
    """float32 [2, frames] as int16; what is louder than full scale is clipped."""
    return np.rint(np.clip(samples, -1, 1).T * _FULL_SCALE).astype("<i2").tobytes()


def parcel(kind: Kind, content: bytes) -> bytes:
    """As it crosses the pipe."""
    return PARCEL_HEAD.pack(kind.encode(), len(content)) + content


def parcel_of(heard: Heard) -> bytes:
    """What was heard, as it crosses the pipe."""
    if isinstance(heard, Titled):
        said = {"title": heard.title[:LONGEST_TITLE], "artist": heard.artist[:LONGEST_TITLE]}
        return parcel(Kind.TITLE, json.dumps(said).encode())
    return parcel(Kind.SOUND, interleaved(heard))


def warm_up() -> None:
    """Decodes a built-in sound, so that FFmpeg, PyAV and numpy have loaded whatever they load late."""
    file = io.BytesIO()
    with av.open(file, "w", format="flac") as container:
        stream = container.add_stream("flac", rate=SAMPLE_RATE)
        assert isinstance(stream, AudioStream)
        stream.layout = "stereo"
        stream.codec_context.thread_count = 1
        for _ in range(8):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, CHANNELS * 4_608), np.int16), "s16", "stereo")
            frame.sample_rate = SAMPLE_RATE
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    for content in (file.getvalue(), b"no sound at all"):
        try:
            for heard in hear(io.BytesIO(content)):
                parcel_of(heard)
        except (UnplayableStream, FFmpegError):
            continue


def say(words: bytes) -> None:
    """Waits until the parent has room for it."""
    while words:
        words = words[os.write(1, words) :]


def decode(file: io.FileIO, memory_bytes: int) -> None:
    """Says all there is to hear in `file`, and at the end why there is no more, unless it simply ended."""
    try:
        for heard in hear(file):
            say(parcel_of(heard))
    except UnplayableStream as error:
        say(parcel(Kind.REFUSED, str(error).encode()))
    except MemoryError:
        say(parcel(Kind.REFUSED, f"needs more than {memory_bytes >> 20} MB of memory to decode".encode()))
    except FFmpegError as error:
        say(parcel(Kind.REFUSED, f"cannot be decoded any further: {(error.strerror or 'unknown error').lower()}".encode()))
    except BrokenPipeError:
        return
    except Exception as error:  # noqa: BLE001 (whatever it is, the stream has brought it about)
        say(parcel(Kind.REFUSED, f"broke its decoder: {type(error).__name__}".encode()))


def main() -> None:
    """Ends without tidying up, which would need files again."""
    av.logging.set_level(None)
    parent, memory_bytes = map(int, sys.argv[1:])
    file = io.FileIO(0, closefd=False)
    warm_up()
    try:
        confine(Limits(memory_bytes, CPU_SECONDS, written_bytes=0, niceness=0), parent)
    except OSError as error:
        say(parcel(Kind.FAILED, f"The sandbox cannot be set up: {error}.".encode()))
        os._exit(0)
    decode(file, memory_bytes)
    os._exit(0)


if __name__ == "__main__":
    main()
