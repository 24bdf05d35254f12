"""A few seconds of sound, encoded as the station's own encoders do it."""

from fractions import Fraction
from functools import cache

import av
import numpy as np

from server.wire.wire import Rendition

CODECS = {
    "mp3": ("libmp3lame", "s16p", "mp3_192", 192_000, 1_152),
    "aac": ("aac", "fltp", "aac_128", 128_000, 1_024),
    "opus": ("libopus", "flt", "opus_128", 128_000, 960),
}


@cache
def encoded(codec: str, seconds: float = 8.0, hertz: float = 440.0) -> tuple[Rendition, tuple[bytes, ...]]:
    """A stereo tone (left `hertz`, right 1.5 times that) as a rendition and its packets; a little noise makes no two packets equal."""
    encoder_name, sample_format, name, bitrate, packet_frames = CODECS[codec]
    context = av.CodecContext.create(encoder_name, "w")
    context.sample_rate, context.layout, context.format = 48_000, "stereo", sample_format
    context.bit_rate, context.time_base = bitrate, Fraction(1, 48_000)
    if codec == "opus":
        context.options = {"vbr": "constrained", "frame_duration": "20"}
    context.open()
    time = np.arange(int(seconds * 48_000)) / 48_000
    sound = 0.25 * np.stack([np.sin(2 * np.pi * hertz * time), np.sin(3 * np.pi * hertz * time)])
    sound += np.random.default_rng(1).normal(0, 0.01, sound.shape)
    packets: list[bytes] = []
    for start in range(0, sound.shape[1] - packet_frames + 1, packet_frames):
        packets += [bytes(packet) for packet in context.encode(_frame(sound[:, start : start + packet_frames], sample_format, start))]
    return Rendition(name, codec, bitrate, packet_frames, bytes(context.extradata or b"")), tuple(packets)


def _frame(sound: np.ndarray, sample_format: str, pts: int) -> av.AudioFrame:
    samples = (sound * 32_767).astype(np.int16) if sample_format == "s16p" else sound.astype(np.float32)
    if sample_format == "flt":
        samples = np.ascontiguousarray(samples.T).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format=sample_format, layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = 48_000, pts, Fraction(1, 48_000)
    return frame
