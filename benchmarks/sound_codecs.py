"""Item 15 of the fifteen: how high what listeners decode rises, for every rendition of the ladder and for some that stations add.

The sound is mastered as loud as a preset goes, from records driven 8 dB over; the encoder is the station's own, its trim included. What
it made is decoded to float by FFmpeg's decoders, which clip nothing, and judged at sixteen points a sample.
"""

import asyncio
from dataclasses import replace
from functools import cache
from typing import Final

import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.codec.context import CodecContext
from av.packet import Packet

from benchmarks import tracks
from benchmarks.instruments import true_peak_dbtp
from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.sound_settings import in_blocks
from benchmarks.unmeasured import progress
from dsp.block import Samples, silence
from dsp.gain import db_to_gain
from dsp.mastering import Mastering
from dsp.presets import PRESETS
from server.clock import PART_FRAMES
from server.encoding.encoder import Encoder, rendition_of
from server.encoding.ladder import LADDER, MASTERED_DBTP, Recipe, ceiling_dbtp
from tests.dsp.sounds import hostile, padded

PIECES: Final = (0, 4, 7, 9)
PIECE_SECONDS: Final = 15.0
DRIVEN_DB: Final = 8.0
MORE_RATES: Final = (("mp3_192", 128_000), ("mp3_192", 320_000), ("opus_128", 64_000), ("opus_128", 96_000))
"""Renditions that are not in the ladder: a recipe of it at another rate, with the trim of that rate."""
DECODERS: Final = {"aac": "aac", "mp3": "mp3float", "opus": "opus"}


def _other(name: str, bitrate: int) -> Recipe:
    recipe = next(one for one in LADDER if one.name == name)
    trim_db = min(0.0, ceiling_dbtp(bitrate) - MASTERED_DBTP)
    return replace(recipe, name=f"{recipe.codec}_{bitrate // 1000}", bitrate=bitrate, trim_db=trim_db)


RECIPES: Final = (*LADDER, *(_other(name, bitrate) for name, bitrate in MORE_RATES))


def bar(recipe: Recipe) -> Bar:
    """One rendition's."""
    return Bar(f"fifteen 15 {recipe.name}: decoded true peak", "dBTP", most=0.0)


def decoded(recipe: Recipe, sound: Samples) -> Samples:
    """What a listener gets of `sound` in that rendition, float32 [2, frames], a little late."""
    encoder, rendition = Encoder(recipe, 0), rendition_of(recipe)
    decoder = CodecContext.create(DECODERS[recipe.codec], "r")
    assert isinstance(decoder, AudioCodecContext)
    if rendition.header:
        decoder.extradata = rendition.header
    packets: list[bytes] = []
    for start in range(0, sound.shape[1], PART_FRAMES):
        packets += encoder.feed(sound[:, start : start + PART_FRAMES])[1]
    heard = []
    for packet in [*map(Packet, packets), None]:
        for frame in decoder.decode(packet):
            plane = frame.to_ndarray()
            heard.append(plane if plane.shape[0] == 2 else plane.reshape(-1, 2).T)
    return np.ascontiguousarray(np.concatenate(heard, axis=1), np.float32)


@cache
def loud_records() -> Samples:
    """Mastered with the preset `loud`, driven 8 dB over."""
    sound = np.concatenate([tracks.piece(number, PIECE_SECONDS).T for number in PIECES], axis=1).astype(np.float32)
    return _mastered(sound * np.float32(db_to_gain(DRIVEN_DB)))


@cache
def loud_hostility() -> Samples:
    """The hostile set, mastered likewise: what no record is."""
    return _mastered(np.concatenate([padded(sound, 0.1) for sound in hostile().values()], axis=1))


def row(recipe: Recipe) -> Row:
    """Of records, the source's own peak beside it; the hostile set's in the note."""
    source = true_peak_dbtp(loud_records())
    peak = true_peak_dbtp(decoded(recipe, loud_records()))
    hostility = true_peak_dbtp(decoded(recipe, loud_hostility()))
    note = f"mastered {source:.2f} dBTP, trim {recipe.trim_db:+.1f} dB, so {peak - source - recipe.trim_db:+.2f} by the codec"
    return bar(recipe).row(peak, note=f"{note}; of the hostile set {hostility:.2f}")


def _mastered(sound: Samples) -> Samples:
    whole = np.concatenate((sound, silence(PART_FRAMES)), axis=1)
    return in_blocks(Mastering(PRESETS["loud"].settings).process, whole)


def _measurement(recipe: Recipe) -> Measurement:
    async def rows() -> list[Row]:
        progress(f"decoded {recipe.name}")
        return [await asyncio.to_thread(row, recipe)]

    return Measurement((bar(recipe),), rows, 120.0)


MEASUREMENTS: Final = tuple(_measurement(recipe) for recipe in RECIPES)
