"""FFmpeg's `ebur128` as the referee of loudness: the same sound, measured by somebody else's code, in this process (PyAV)."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from av.audio.frame import AudioFrame
from av.error import BlockingIOError, EOFError  # noqa: A004 -- PyAV's own, which a graph raises
from av.filter.graph import Graph

from dsp.block import SAMPLE_RATE, Samples
from dsp.gain import gain_to_db

HOP_FRAMES: Final = 4800
"""How often it reads: every 100 ms, and it cannot be asked for more."""
PUSH_FRAMES: Final = 4800


@dataclass(frozen=True, slots=True)
class Heard:
    """What it read. Loudness is LUFS, peaks are dBTP at four times the rate."""

    momentary: list[tuple[float, float]]
    """(seconds, LUFS) every 100 ms."""
    short_term: list[tuple[float, float]]
    integrated_lufs: float
    range_lu: float
    true_peak_dbtp: float


def hear(sound: Samples, with_peaks: bool = True) -> Heard:
    """All its readings of a whole sound."""
    graph = Graph()
    source = graph.add_abuffer(sample_rate=SAMPLE_RATE, format="fltp", layout="stereo", time_base=Fraction(1, SAMPLE_RATE))
    meter = graph.add("ebur128", f"metadata=1:peak={'true' if with_peaks else 'none'}")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    found: list[dict[str, str]] = []
    for start in range(0, sound.shape[1], PUSH_FRAMES):
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(sound[:, start : start + PUSH_FRAMES]), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
        graph.push(frame)
        _pull(graph, found)
    graph.push(None)
    _pull(graph, found)
    return _heard(found)


def _pull(graph: Graph, found: list[dict[str, str]]) -> None:
    while True:
        try:
            frame = graph.pull()
        except (BlockingIOError, EOFError):
            return
        if "lavfi.r128.M" in frame.metadata:
            found.append(dict(frame.metadata))


def _heard(found: list[dict[str, str]]) -> Heard:
    """A reading stands at the end of its 100 ms."""
    times = [(number + 1) * HOP_FRAMES / SAMPLE_RATE for number in range(len(found))]
    last = found[-1]
    peaks = [float(value) for key, value in last.items() if key.startswith("lavfi.r128.true_peaks_ch")]
    return Heard(
        [(at, float(one["lavfi.r128.M"])) for at, one in zip(times, found, strict=True)],
        [(at, float(one["lavfi.r128.S"])) for at, one in zip(times, found, strict=True)],
        float(last["lavfi.r128.I"]),
        float(last["lavfi.r128.LRA"]),
        gain_to_db(max(peaks, default=0.0)),
    )
