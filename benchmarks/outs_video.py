"""What the picture for YouTube, Twitch and Kick costs, beside FFmpeg's own visualisers with the same x264 at the same settings.

Each of our looks, showfreqs and showcqt show the same piece in turns, a few seconds each, so that whatever else the machine does hits all
of them alike. CPU is user plus system time in seconds of one core. Ours decodes the station's AAC, FFmpeg reads a WAV.
"""

import asyncio
import os
import subprocess
import time
import wave
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np

from benchmarks import tracks
from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import program, progress
from dsp.block import SAMPLE_RATE, Samples, frames_of
from server.clock import PART_FRAMES
from server.encoding.encoder import Encoder, rendition_of
from server.encoding.ladder import LADDER
from server.video.bill import Bill, Turn, artwork_of
from server.video.canvas import HEIGHT, PICTURES_A_SECOND, WIDTH
from server.video.encoder import KEYFRAME_PICTURES, VideoEncoder, options
from server.video.looks import LOOKS
from server.video.warm_up import warm_up
from server.video.waveform import Hearing
from server.wire.wire import Rendition

PIECE: Final = 4
TURN_SECONDS: Final = 8
TURNS: Final = 3
KILOBITS: Final = 3_000
PRESET: Final = "veryfast"
RECIPE: Final = next(recipe for recipe in LADDER if recipe.name == "aac_128")
PEERS: Final = ("showfreqs", "showcqt")
BILL: Final = Bill("SonicForge Radio", "A Slow Theory of Tides (Extended Mix)", "Orchestra of the Night", "00000000deadbeef")

COST: Final = Bar("picture for RTMP: CPU of the dearest look beside ffmpeg showfreqs", "x", most=1.0)
DEFAULT: Final = Bar("picture for RTMP: CPU of the look `horizon` beside ffmpeg showfreqs", "x", most=0.9)


async def measure() -> list[Row]:
    """In a thread, since it is busy all the time."""
    return await asyncio.to_thread(_measure)


def _measure() -> list[Row]:
    ffmpeg = program("ffmpeg")
    warm_up()
    cores: dict[str, float] = dict.fromkeys((*LOOKS, *PEERS), 0.0)
    with TemporaryDirectory() as folder:
        for turn in range(TURNS):
            progress(f"pictures, turn {turn + 1} of {TURNS}")
            sound = np.ascontiguousarray(tracks.piece(PIECE + turn, TURN_SECONDS).T.astype(np.float32))
            path = Path(folder) / f"{turn}.wav"
            _write(path, sound)
            packets = _encoded(sound)
            for look in LOOKS:
                cores[look] += _ours(look, packets)
            for peer in PEERS:
                cores[peer] += _ffmpegs(ffmpeg, peer, path)
    cores = {name: seconds / (TURNS * TURN_SECONDS) for name, seconds in cores.items()}
    note = ", ".join(f"{name} {core:.3f} core" for name, core in cores.items())
    dearest = max(cores[look] for look in LOOKS)
    ratios = f"; beside showcqt: horizon {cores['horizon'] / cores['showcqt']:.2f}x, the dearest {dearest / cores['showcqt']:.2f}x"
    freqs = cores["showfreqs"]
    return [COST.row(dearest / freqs, 1.0, note + ratios), DEFAULT.row(cores["horizon"] / freqs, 1.0)]


def _encoded(sound: Samples) -> tuple[Rendition, int, list[bytes]]:
    encoder, packets, first = Encoder(RECIPE, 0), list[bytes](), 0
    for start in range(0, sound.shape[1], PART_FRAMES):
        position, made = encoder.feed(sound[:, start : start + PART_FRAMES])
        first = first if packets else position
        packets += made
    return rendition_of(RECIPE), first, packets


def _ours(look: str, coded: tuple[Rendition, int, list[bytes]]) -> float:
    """CPU seconds from packets to access units, setting the look up included."""
    rendition, position, packets = coded
    before = time.thread_time()
    hearing, encoder = Hearing(), VideoEncoder(KILOBITS, PRESET)
    shown = LOOKS[look](BILL, artwork_of(BILL.track_id, None))
    for start in range(0, len(packets), 4):
        for heard in hearing.take(rendition, 1, position + start * rendition.packet_frames, packets[start : start + 4]):
            shown.draw(encoder.canvas, heard, Turn(heard.position / SAMPLE_RATE, TURN_SECONDS))
            encoder.encode(heard.position)
    return time.thread_time() - before


def _ffmpegs(ffmpeg: str, visualiser: str, sound: Path) -> float:
    """CPU seconds of the whole process."""
    drawing = f"[0:a]{visualiser}=s={WIDTH}x{HEIGHT}:r={PICTURES_A_SECOND},format=yuv420p[v]"
    one_thread = ("-filter_threads", "1", "-filter_complex_threads", "1")
    command = [ffmpeg, "-v", "error", "-nostdin", *one_thread, "-i", str(sound), "-filter_complex", drawing, "-map", "[v]", *_x264()]
    child = subprocess.Popen([*command, "-f", "null", "-"], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"ffmpeg {visualiser} ended with {child.returncode}")
    return used.ru_utime + used.ru_stime


def _x264() -> Sequence[str]:
    given = [("-c:v", "libx264"), ("-b:v", f"{KILOBITS}k"), ("-g", str(KEYFRAME_PICTURES)), ("-threads", "1")]
    named = {"profile": "profile:v"}
    given += [(f"-{named.get(name, name)}", value) for name, value in options(KILOBITS, PRESET).items()]
    return [word for pair in given for word in pair]


def _write(path: Path, sound: Samples) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((sound[:, : frames_of(TURN_SECONDS)].T * 32_767).astype("<i2").tobytes())


MEASUREMENT: Final = Measurement((COST, DEFAULT), measure, 600.0)
