"""The radio preset once more, as a graph of FFmpeg's own filters: the same stages in the same order, by the hands of others.

Its limiter works at 192 kHz, which is how it gets nearest to true peak.
"""

from typing import Final

import numpy as np
from av import AudioFrame
from av.filter import Graph
from av.filter.context import FilterContext

from dsp.block import CHANNELS, SAMPLE_RATE, Samples, silence
from dsp.gain import db_to_gain
from dsp.presets import RADIO

NARROWEST: Final = 0.016
"""FFmpeg's stereotools makes nothing narrower than that."""


class FFmpegChain:
    """The radio preset as a filter graph. What it holds back comes later; before that it gives silence."""

    def __init__(self) -> None:
        self._graph = Graph()
        self._filters: dict[str, FilterContext] = {}
        self._source = self._graph.add_abuffer(sample_rate=SAMPLE_RATE, format="fltp", layout="stereo")
        last = self._source
        for name, kind, options in self._before():
            last = self._add(name, kind, options, last)
        cuts = RADIO.crossover
        split = self._add("crossover", "acrossover", f"split={cuts.low_hz} {cuts.mid_hz} {cuts.high_hz}:order=4th", last)
        total = self._add("sum", "amix", "inputs=4:normalize=0")
        for place, (band, width) in enumerate(zip(RADIO.compressor.bands, self._widths(), strict=True)):
            options = (
                f"threshold={db_to_gain(band.threshold_db)}:ratio={band.ratio}:knee={db_to_gain(band.knee_db)}:attack={band.attack_ms}"
                f":release={band.release_ms}:makeup={max(1.0, db_to_gain(band.gain_db))}:link=maximum"
            )
            compressor = self._add(f"compressor {place}", "acompressor", options)
            split.link_to(compressor, place, 0)
            self._add(f"width {place}", "stereotools", f"slev={width}", compressor).link_to(total, 0, place)
        last = total
        for name, kind, options in self._behind():
            last = self._add(name, kind, options, last)
        self._sink = self._add("sink", "abuffersink", None, last)
        self._graph.configure()
        self._position = 0
        self._made = silence(0)

    @staticmethod
    def _widths() -> tuple[float, float, float, float]:
        width = RADIO.width
        return max(width.low, NARROWEST), width.low_mid, width.high_mid, width.high

    @staticmethod
    def _before() -> tuple[tuple[str, str, str], ...]:
        return (
            ("pre_gain", "volume", "volume=1.0:precision=float"),
            ("rumble", "highpass", f"f={RADIO.rumble.cutoff_hz}"),
            ("deesser", "deesser", f"f={RADIO.deesser.split_hz / (SAMPLE_RATE / 2)}"),
        )

    @staticmethod
    def _behind() -> tuple[tuple[str, str, str], ...]:
        limiter = RADIO.limiter
        return (
            ("exciter", "aexciter", f"amount={RADIO.exciter.amount}:freq=5000"),
            ("servo", "volume", "volume=1.0:precision=float"),
            ("lowpass", "lowpass", "f=20000"),
            ("up", "aresample", f"{4 * SAMPLE_RATE}"),
            (
                "limiter",
                "alimiter",
                f"limit={db_to_gain(limiter.ceiling_dbtp)}:attack=5:release={limiter.release_ms}:level=disabled:latency=1",
            ),
            ("down", "aresample", f"{SAMPLE_RATE}"),
            ("format", "aformat", "sample_fmts=fltp:channel_layouts=stereo"),
        )

    def _add(self, name: str, kind: str, options: str | None, after: FilterContext | None = None) -> FilterContext:
        context = self._filters[name] = self._graph.add(kind, options)
        if after is not None:
            after.link_to(context)
        return context

    def command(self, name: str, command: str, value: float) -> None:
        """Changes a setting of one filter."""
        self._filters[name].process_command(command, f"{value:.9g}")

    def process(self, block: Samples) -> Samples:
        """As many frames as went in."""
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(block), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = SAMPLE_RATE, self._position
        self._position += block.shape[1]
        self._source.push(frame)
        parts = [self._made]
        while True:
            try:
                pulled = self._sink.pull()
            except BlockingIOError:
                break
            assert isinstance(pulled, AudioFrame)
            parts.append(np.asarray(pulled.to_ndarray(), np.float32))
        made = np.concatenate(parts, axis=1)
        if made.shape[1] < block.shape[1]:
            made = np.concatenate((np.zeros((CHANNELS, block.shape[1] - made.shape[1]), np.float32), made), axis=1)
        self._made = made[:, block.shape[1] :]
        return made[:, : block.shape[1]]
