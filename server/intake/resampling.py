"""Decoded frames of any rate and layout, made into the house's own sound: 48 kHz, stereo, float32.

Owns the conversion, by the resampler inside FFmpeg. It knows no files and judges nothing. A mono track gets the same samples on both
sides, at its own level; more than two channels are mixed down by FFmpeg's matrix for their layout.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final, cast

import numpy as np
from av import AudioFrame
from av.error import BlockingIOError as NothingYet
from av.error import EOFError as Finished
from av.filter import Graph

from dsp.block import CHANNELS, SAMPLE_RATE, Samples

_RESAMPLER: Final = "filter_size=128:filter_type=kaiser:kaiser_beta=12:cutoff=0.96"
"""Flat to 20 kHz from 44.1 kHz up; measured images of tones up to 20 kHz: -123 dB. FFmpeg's default leaves -25 dB at 20 kHz."""
_CHUNK_FRAMES: Final = SAMPLE_RATE // 2


class Resampling:
    """Converts frames that all look alike. Frames that look otherwise need another one."""

    def __init__(self, first: AudioFrame, chunk_frames: int = _CHUNK_FRAMES) -> None:
        """Gives `chunk_frames` at a time, at 48 kHz. Raises FFmpegError if sound like `first` cannot be converted."""
        self._likeness = _likeness(first)
        self._mono = first.layout.nb_channels == 1
        rate = first.sample_rate
        self._graph = graph = Graph()
        graph.threads = 1
        self._source = graph.add_abuffer(sample_rate=rate, format=first.format.name, layout=first.layout.name, time_base=Fraction(1, rate))
        self._sink = graph.add("abuffersink")
        layout = "mono" if self._mono else "stereo"
        # Chunks instead of packets: each pass through Python costs more than the sound in it.
        graph.link_nodes(
            self._source,
            graph.add("aresample", f"{SAMPLE_RATE}:{_RESAMPLER}"),
            graph.add("aformat", f"sample_fmts=fltp:channel_layouts={layout}:sample_rates={SAMPLE_RATE}"),
            graph.add("asetnsamples", f"n={chunk_frames}:p=0"),
            self._sink,
        ).configure()

    def fits(self, frame: AudioFrame) -> bool:
        """Whether `frame` looks like the first one."""
        return _likeness(frame) == self._likeness

    def convert(self, frame: AudioFrame | None) -> Iterator[Samples]:
        """What is ready once `frame` is in, float32 [2, frames]; after the last frame, None yields the rest."""
        if frame is not None:
            frame.pts = None  # holes in time stamps are no sound
        self._source.push(frame)
        while True:
            try:
                ready = self._sink.pull()
            except (NothingYet, Finished):
                return
            assert isinstance(ready, AudioFrame)
            planes = cast("Samples", ready.to_ndarray())
            yield np.repeat(planes, CHANNELS, axis=0) if self._mono else planes


def _likeness(frame: AudioFrame) -> tuple[int, str, str]:
    return frame.sample_rate, frame.format.name, frame.layout.name
