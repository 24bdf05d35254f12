"""Stretch: a piece of sound at a slightly other speed, so that its beats meet those of another track.

Up to one percent it is simply read faster or slower, as from a turntable: the key moves by less than a sixth of a semitone, every
frame is where it should be, and the speed may glide. Beyond that it is stretched by a phase vocoder (dsp/vocoder.py), which keeps the
key but can not glide: here is cut what it is given, and fitted what comes of it. No whole track is ever treated so.
"""

from typing import Final

import numpy as np

from dsp.block import Samples, frames_of, silence
from dsp.varispeed import REACH, Varispeed

MOST: Final = 0.03
"""The largest change of speed that is done at all."""
TURNTABLE: Final = 0.01
"""Up to this change the key may move."""
CONTEXT_FRAMES: Final = frames_of(0.25)
"""What the vocoder hears before and behind the piece: its own edges are no good."""
JOIN_FRAMES: Final = frames_of(0.03)
_STEP_FRAMES: Final = 480
_SHIFT_FRAMES: Final = frames_of(0.002)
"""How far the stretched sound may be moved so that its waves meet those that it is joined to."""


def glide(sound: Samples, begin: float, begin_speed: float, end_speed: float, frames: int) -> Samples:
    """`frames` frames of `sound` from place `begin` on, read at a speed that goes evenly from one to the other.

    It ends at place `begin + frames * (begin_speed + end_speed) / 2`. Before and behind `sound`, float32 [2, n], is silence.
    """
    varispeed = Varispeed()
    first = int(begin) - REACH
    last = int(np.ceil(begin + frames * (begin_speed + end_speed) / 2)) + 2 * REACH
    piece, offset = cut(sound, first, last), begin - first
    steps = np.append(np.arange(0, frames, _STEP_FRAMES), frames).astype(np.float64)
    places = offset + steps * (begin_speed + (end_speed - begin_speed) * steps / (2 * frames))
    lengths = np.diff(steps).astype(int)
    speeds = np.diff(places) / lengths
    speeds[np.abs(speeds - 1.0) < 1e-9] = 1.0
    walks = zip(places[:-1].tolist(), speeds.tolist(), lengths.tolist(), strict=True)
    return np.concatenate([varispeed.read(piece, place, speed, count) for place, speed, count in walks], axis=1)


def cut(sound: Samples, begin: int, end: int) -> Samples:
    """A copy of `sound` from `begin` to `end`, with silence where it does not reach."""
    piece = silence(max(0, end - begin))
    first, last = max(0, begin), min(sound.shape[1], end)
    if first < last:
        piece[:, first - begin : last - begin] = sound[:, first:last]
    return piece


def piece_for(sound: Samples, begin: float, end: int) -> Samples:
    """What `vocode` is to be given so that `fitted` can make the piece of `sound` from `begin` to `end` of it."""
    return cut(sound, int(begin) - CONTEXT_FRAMES, end + CONTEXT_FRAMES)


def fitted(stretched: Samples, sound: Samples, begin: float, end: int, frames: int) -> Samples:
    """`frames` frames that stand for `sound` from `begin` to `end`, from what `vocode` made of its `piece_for`.

    The last 30 ms go over into the untouched sound, which goes on at `end`.
    """
    before = (CONTEXT_FRAMES + begin - int(begin)) * frames / (end - begin)
    untouched = cut(sound, end - JOIN_FRAMES, end)
    at = round(before)
    at += _shift(stretched, at + frames - JOIN_FRAMES, untouched)
    piece = cut(stretched, at, at + frames)
    rise = np.linspace(0.0, 1.0, JOIN_FRAMES, dtype=np.float32)
    piece[:, -JOIN_FRAMES:] = piece[:, -JOIN_FRAMES:] * (1 - rise) + untouched * rise
    return piece


def _shift(stretched: Samples, at: int, untouched: Samples) -> int:
    """By how many frames to move `at` so that `stretched` from there on is most like `untouched`."""
    around = cut(stretched, at - _SHIFT_FRAMES, at + untouched.shape[1] + _SHIFT_FRAMES).sum(axis=0)
    alike = np.correlate(around, untouched.sum(axis=0), "valid")
    energy = np.convolve(np.square(around), np.ones(untouched.shape[1]), "valid")
    return int(np.argmax(alike / np.sqrt(np.maximum(energy, 1e-9)))) - _SHIFT_FRAMES
