"""The intake child: decodes one untrusted file inside a sandbox and tells its parent what it is. `-m server.intake.intake_child N...`

It gets the file open as its standard input, two files to write the channels to (or none, to look only), and numbers; no path, no
name, no secret. It says one line of JSON and ends. Its parent believes nothing of it that the parent has not checked.
"""

import codecs
import io
import json
import math
import os
import sys
import time
import wave
from dataclasses import dataclass
from typing import Final

# All that a decode may need later must be here before the sandbox shuts: it opens no file after that.
import av
import av.subtitles.codeccontext
import av.subtitles.stream
import av.video.codeccontext
import av.video.stream
from av.error import FFmpegError

from dsp.block import CHANNELS, frames_of, seconds_of
from server.intake.prepared import Spool, SpoolError, spooled_bytes
from server.intake.sandbox import Limits, PeakMemory, confine
from server.intake.untrusted import OLD_TAGS, UnplayableError, UntrustedFile

SILENT_DBFS: Final = -60.0
"""What never gets louder than this is dead air."""
LOUDEST_DBFS: Final = 24.0
"""Float files may pass full scale; beyond this they hold no sound."""


@dataclass(frozen=True, slots=True)
class Task:
    """What the parent asks for, as the numbers of the command line."""

    parent: int
    left: int
    """Descriptor of the file for the left channel, which becomes the prepared track; -1: only look."""
    right: int
    """Descriptor of a file for the right channel, without a name."""
    shortest_seconds: int
    longest_seconds: int
    memory_bytes: int
    cpu_seconds: int


def decode(file: object, spool: Spool, task: Task) -> dict[str, object]:
    """Decodes all of `file` into `spool`. Raises UnplayableError, FFmpegError, MemoryError, SpoolError."""
    untrusted = UntrustedFile(file)
    claims = untrusted.claims()
    if claims.seconds > 2 * task.longest_seconds:  # a header guesses, but not wrong by double: no need to decode it all
        raise UnplayableError(f"is {claims.seconds / 60:.0f} minutes long; allowed are {task.longest_seconds // 60}")
    peak = 0.0
    for samples in untrusted.sound():
        # Largest and smallest tell of NaN and infinity too, without a second pass.
        loudest = max(float(samples.max()), -float(samples.min()), key=lambda level: math.inf if math.isnan(level) else level)
        if not math.isfinite(loudest):
            raise UnplayableError("holds values that are no sound (NaN or infinity)")
        peak = max(peak, loudest)
        spool.write(samples)
        if spool.frames > frames_of(task.longest_seconds):
            raise UnplayableError(f"is longer than {task.longest_seconds // 60} minutes")
    peak_dbfs = 20 * math.log10(max(peak, 1e-10))
    _judge(spool.frames, peak_dbfs, task)
    spool.finish()
    return {
        "frames": spool.frames,
        "peak_dbfs": peak_dbfs,
        "container": claims.container,
        "codec": claims.codec,
        "sample_rate": claims.sample_rate,
        "channels": claims.channels,
        "tags": claims.tags,
        "annotations": claims.annotations,
    }


def _judge(frames: int, peak_dbfs: float, task: Task) -> None:
    if frames < frames_of(task.shortest_seconds):
        raise UnplayableError(f"holds only {seconds_of(frames):.2f} s of sound")
    if peak_dbfs < SILENT_DBFS:
        raise UnplayableError(f"is silent: it never gets louder than {SILENT_DBFS:.0f} dBFS")
    if peak_dbfs > LOUDEST_DBFS:
        raise UnplayableError(f"reaches {peak_dbfs:.0f} dBFS, which is no sound")


def warm_up() -> None:
    """Decodes a built-in sound, so that FFmpeg, PyAV and numpy have loaded whatever they load late."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(CHANNELS)
        writer.setsampwidth(2)
        writer.setframerate(44_100)
        writer.writeframes(b"\x10\x20\x30\x00" * 4410)
    file.seek(0)
    task = Task(os.getppid(), -1, -1, 0, 1, 0, 0)
    decode(file, Spool(-1, -1), task)
    try:
        decode(io.BytesIO(b"no sound"), Spool(-1, -1), task)
    except (UnplayableError, FFmpegError):
        codecs.lookup(OLD_TAGS)


def verdict(task: Task) -> dict[str, object]:
    """What there is to say of the file: its report, why it is refused, or why nothing can be said."""
    file = open(0, "rb", buffering=0)  # noqa: SIM115 (the descriptor is the argument; it ends with the process)
    memory = PeakMemory()
    warm_up()
    written_bytes = spooled_bytes(frames_of(task.longest_seconds + 2))
    try:
        hold = confine(Limits(task.memory_bytes, task.cpu_seconds, written_bytes), task.parent)
    except OSError as error:
        return {"failed": f"The sandbox cannot be set up: {error}."}
    try:
        report = decode(file, Spool(task.left, task.right), task)
    except UnplayableError as error:
        return {"refused": str(error)}
    except SpoolError as error:
        return {"failed": f"The decoded sound cannot be written: {error}."}
    except MemoryError:
        return {"refused": f"needs more than {task.memory_bytes >> 20} MB of memory to decode"}
    except FFmpegError as error:
        return {"refused": f"cannot be decoded: {(error.strerror or 'unknown error').lower()}"}
    except OSError as error:
        return {"failed": f"The file cannot be read: {error.strerror}."}
    except Exception as error:  # noqa: BLE001 (whatever it is, the file has brought it about)
        return {"refused": f"broke its decoder: {type(error).__name__}"}
    return {"report": {**report, "hold": hold, "peak_memory_bytes": memory.bytes(), "cpu_seconds": time.process_time()}}


def main() -> None:
    """Answers on standard output; ends without tidying up, which would need files again."""
    av.logging.set_level(None)
    answer = verdict(Task(*map(int, sys.argv[1:])))
    os.write(1, json.dumps(answer).encode() + b"\n")
    os._exit(0)


if __name__ == "__main__":
    main()
