"""Talking over: a voice above the music, and the music stepping back as long as somebody speaks.

A gate with two thresholds listens to the voice, so that neither a breath nor a pause for one moves the music; the gain glides along an
exponential in decibels, fast down and slowly up, from wherever it is. It knows no floor and no playout: it is told who talks.
"""

import math
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from dsp.block import SAMPLE_RATE, Samples, frames_of
from dsp.gain import db_to_gain
from server.programme.dead_air import mean_square
from server.programme.voice import Voice
from server.track import Entry

SPEAKS_DBFS: Final = -42.0
"""RMS of a block from which on somebody speaks."""
PAUSES_DBFS: Final = -50.0
HOLD_FRAMES: Final = frames_of(0.35)
"""A pause between two words is none."""
ATTACK_SECONDS: Final = 0.08
RELEASE_SECONDS: Final = 0.6
"""Until nine tenths of the way, in decibels."""
COME_FRAMES: Final = frames_of(0.02)
LEAVE_FRAMES: Final = frames_of(0.5)
"""What still lay ready of one who has left is heard to its end."""
_SPEAKS: Final = 10 ** (SPEAKS_DBFS / 10)
_PAUSES: Final = 10 ** (PAUSES_DBFS / 10)
_NINE_TENTHS: Final = math.log(10.0)
_THERE_DB: Final = 0.002
_NEPER: Final = math.log(10.0) / 20.0


class Talker(Protocol):
    """Who talks: a guest."""

    entry: Entry
    block: Samples
    """This tick's sound, float32 [2, frames]."""


class _Tap:
    """A talker's sound, whoever else reads it."""

    def __init__(self, talker: Talker) -> None:
        self.talker = talker
        self.entry = talker.entry

    def read(self, frames: int) -> Samples:
        return self.talker.block[:, :frames].copy()


class TalkOver:
    """The voices over one station's music."""

    def __init__(self, duck_db: float) -> None:
        """`duck_db`: how far the music steps back, below 0."""
        self.ducked_db = 0.0
        """How far the music stands back now."""
        self._duck_db = duck_db
        self._voices: list[Voice] = []
        self._talker: Talker | None = None
        self._speaks = False
        self._pause = 0

    def mix(self, music: Samples, talker: Talker | None) -> Samples:
        """`music`, float32 [2, frames], with this tick's sound of `talker` over it; `music` itself if there is nothing to be done."""
        if talker is None and not self._voices and self.ducked_db == 0.0:
            return music
        frames = music.shape[1]
        self._pass_to(talker)
        self._listen(frames)
        target_db = self._duck_db if self._speaks else 0.0
        mixed: Samples = music * self._glide(target_db, frames)
        for voice in self._voices:
            voice.add_to(mixed)
        self._voices = [voice for voice in self._voices if not voice.gone]
        return mixed

    def _pass_to(self, talker: Talker | None) -> None:
        if talker is self._talker:
            return
        for voice in self._voices:
            if not voice.leaving:
                voice.leave(LEAVE_FRAMES)
        if talker is not None:
            self._voices.append(Voice(_Tap(talker), COME_FRAMES))
        self._talker = talker

    def _listen(self, frames: int) -> None:
        """Opens and closes the gate."""
        energy = mean_square(self._talker.block) if self._talker else 0.0
        if energy >= _SPEAKS:
            self._speaks, self._pause = True, 0
        elif energy >= _PAUSES:
            self._pause = 0
        else:
            self._pause += frames
            self._speaks = self._speaks and self._pause < HOLD_FRAMES

    def _glide(self, target_db: float, frames: int) -> NDArray[np.float32] | np.float32:
        """The music's gain in the next frames, on its way to `target_db`: one, or one for each."""
        if self.ducked_db == target_db:
            return np.float32(db_to_gain(target_db))
        seconds = ATTACK_SECONDS if target_db < self.ducked_db else RELEASE_SECONDS
        left = np.exp(np.arange(1, frames + 1) * (-_NINE_TENTHS / (seconds * SAMPLE_RATE)))
        gliding_db = target_db + (self.ducked_db - target_db) * left
        there = abs(float(gliding_db[-1]) - target_db) < _THERE_DB
        self.ducked_db = target_db if there else float(gliding_db[-1])
        gains: NDArray[np.float32] = np.exp(gliding_db * _NEPER).astype(np.float32)
        return gains
