"""Packets back into sound, as a player does it that follows the codec's priming."""

from fractions import Fraction

import av
import numpy as np

from dsp.block import Samples
from server.wire.wire import Rendition

DECODERS = {"aac": "aac", "mp3": "mp3float", "opus": "libopus"}


def decoded(rendition: Rendition, packets: list[bytes]) -> Samples:
    """float32 [2, n]: its first frame is what sounds at the first packet's position. An undecodable packet raises."""
    context = av.CodecContext.create(DECODERS[rendition.codec], "r")
    context.sample_rate, context.layout = 48_000, "stereo"
    if rendition.codec == "aac":
        context.extradata = rendition.header
    sound = []
    for number, data in enumerate(packets):
        packet = av.Packet(data)
        packet.pts, packet.time_base = number * rendition.packet_frames, Fraction(1, 48_000)
        for frame in context.decode(packet):
            samples = frame.to_ndarray()
            if not frame.format.is_planar:
                samples = samples.reshape(-1, 2).T
            sound.append(samples / 32_768 if samples.dtype == np.int16 else samples)
    return np.concatenate(sound, axis=1).astype(np.float32)


def distance_db(sound: Samples, original: Samples) -> float:
    """How far the error lies below the original."""
    error = sound - original
    return float(10 * np.log10(np.mean(original**2) / np.mean(error**2)))
