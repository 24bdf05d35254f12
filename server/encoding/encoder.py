"""One encoder of one rendition: sound in, packets with their positions out.

It owns the codec's priming: a packet's position is that of the programme which a decoder plays at its start, and every packet of a
rendition lies on one grid of the station's clock (`position % packet_frames == 0`), whenever the encoder was started. So the emergency
loop, a takeover and the programme fit together packet by packet. It knows no clock, no thread and no other rendition.
"""

from fractions import Fraction
from typing import Final

import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.codec.context import CodecContext

from dsp.block import CHANNELS, SAMPLE_RATE, Samples, silence
from server.encoding.ladder import Recipe
from server.wire.wire import Rendition

_TIME_BASE: Final = Fraction(1, SAMPLE_RATE)


def _open(recipe: Recipe) -> AudioCodecContext:
    context = CodecContext.create(recipe.encoder, "w")
    assert isinstance(context, AudioCodecContext)
    context.sample_rate = SAMPLE_RATE
    context.layout = "stereo"
    context.format = recipe.sample_format
    context.bit_rate = recipe.bitrate
    context.time_base = _TIME_BASE
    context.options = dict(recipe.options)
    context.open()
    return context


def rendition_of(recipe: Recipe) -> Rendition:
    """How the fronts are told of what `recipe` makes."""
    header = b"" if recipe.codec == "mp3" else bytes(_open(recipe).extradata or b"")
    return Rendition(recipe.name, recipe.codec, recipe.bitrate, recipe.packet_frames, header)


class Encoder:
    """Encodes from `start` on; whoever has a hole in his sound makes a new one behind it."""

    def __init__(self, recipe: Recipe, start: int) -> None:
        """`start` is the position of the first frame that will be fed; a multiple of the packet's length gives the first packet there."""
        self._recipe = recipe
        self._context = _open(recipe)
        self._gain = np.float32(10 ** (recipe.trim_db / 20))
        self._start = start
        lead_frames = (start - recipe.delay_frames) % recipe.packet_frames
        self._fed = start - lead_frames
        if lead_frames:
            self._encode(silence(lead_frames))

    def feed(self, samples: Samples) -> tuple[int, list[bytes]]:
        """Encodes float32 [2, n], any n, which follow the last ones. Returns the first packet's position, and the packets."""
        return self._encode(samples * self._gain if self._recipe.trim_db else samples)

    def _encode(self, samples: Samples) -> tuple[int, list[bytes]]:
        if self._recipe.sample_format == "flt":
            samples = samples.T.reshape(1, -1)
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples), format=self._recipe.sample_format, layout="stereo")
        frame.sample_rate = SAMPLE_RATE
        frame.time_base = _TIME_BASE
        frame.pts = self._fed
        self._fed += samples.size // CHANNELS
        made = [packet for packet in self._context.encode(frame) if packet.pts is not None and packet.pts >= self._start]
        first = made[0].pts if made else None
        return (self._fed if first is None else first), [bytes(packet) for packet in made]
