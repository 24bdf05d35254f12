"""The rack as mastering sees it: sound goes in, and the same sound comes out a fixed time later, with the operator's plug-ins or without.

The plug-ins work in another process (rack_child.py) on each block while the next one is made, so the tick never waits for them. What
they make is held back by a few milliseconds more: a block that does not come is known of before its place is heard, and the sound
passes over to the dry one within what is held back. So a rack may be late, crash or go mad, and all that is heard is that its effect
is gone for a while. Its latency is the same whether it is in or out.
"""

from collections import deque
from typing import Final

import numpy as np

from dsp.block import BLOCK_FRAMES, CHANNELS, Samples, silence
from server.insert.line import Line

FADE_FRAMES: Final = 240
"""How long the way out takes, 5 ms: what is held back of each block."""
WELL_BLOCKS: Final = 25
"""Blocks in a row that must have come in time before the plug-ins are let in: half a second."""
RISE: Final = 0.1
"""Of the way in, a block: it takes 0.2 s."""
PATIENCE_SECONDS: Final = 0.002
"""Borne beyond the block's own 20 ms, while the plug-ins are in: a tick that came early must not turn them out."""
LOUDEST: Final = 16.0
"""+24 dBFS. Beyond it, it is no sound."""
SILENT_BLOCKS: Final = 50
"""Plug-ins that give nothing for a second while something goes in are as good as dead: the station would take it for dead air."""
_SOUND, _NOTHING = 1e-4, 1e-6
"""Mean squares: -40 and -60 dBFS."""


class Rack:
    """The insert of one station. `process` is the ticking thread's; the rest any thread's."""

    def __init__(self, room_frames: int) -> None:
        """`room_frames`: what the plug-ins may hold back themselves."""
        self.latency_frames = BLOCK_FRAMES + FADE_FRAMES + room_frames
        self.late_blocks_total = 0
        self.bypassed = False
        """The sound is to go past the plug-ins."""
        self._offered: deque[Line] = deque(maxlen=1)
        self._returned: deque[Line] = deque()
        self._line: Line | None = None
        self._awaited: int | None = None
        self._well = 0
        self._silent = 0
        self._share = 0.0
        """Of the plug-ins in what is heard, 0 to 1."""
        self._entering = silence(BLOCK_FRAMES)
        self._leaving = silence(BLOCK_FRAMES)
        self._held = silence(FADE_FRAMES)
        self._past = silence(self.latency_frames)
        self._into = 0

    @property
    def is_in(self) -> bool:
        """Whether the plug-ins are heard."""
        return self._share > 0.0

    def offer(self, line: Line) -> None:
        """Hands over a rack that is ready; it takes the place of the one before."""
        self._offered.append(line)

    def returned(self) -> list[Line]:
        """Lines that the tick has let go, each once; theirs to close who asks."""
        return [self._returned.popleft() for _ in range(len(self._returned))]

    def close(self) -> None:
        """Lets everything go. Nothing ticks any more."""
        if self._line is not None:
            self._returned.append(self._line)
        for line in (*self._offered, *self.returned()):
            line.close()
        self._offered.clear()
        self._line = None

    def process(self, block: Samples) -> Samples:
        """The sound of `latency_frames` ago, a new array of the same shape. Never raises, never waits longer than the patience."""
        output = np.empty(block.shape, np.float32)
        start, frames = 0, block.shape[1]
        while start < frames:
            if self._into == 0:
                self._begin()
            end = min(frames, start + BLOCK_FRAMES - self._into)
            into = slice(self._into, self._into + end - start)
            self._entering[:, into] = block[:, start:end]
            output[:, start:end] = self._leaving[:, into]
            self._into += end - start
            start = end
            if self._into == BLOCK_FRAMES:
                self._end()
        return output

    def _begin(self) -> None:
        """Makes the block that leaves while the next one enters."""
        if self._offered:
            self._exchange(self._offered.popleft())
        dry = self._past[:, :BLOCK_FRAMES]
        made = self._made()
        self._well = 0 if made is None else self._well + 1
        shares = self._shares(wanted=made is not None and self._well > WELL_BLOCKS and not self.bypassed)
        if made is None:
            made = silence(BLOCK_FRAMES)
        if shares is None:
            self._leaving[:] = dry
        else:
            wet = self._leaving
            wet[:, :FADE_FRAMES], wet[:, FADE_FRAMES:] = self._held, made[:, : BLOCK_FRAMES - FADE_FRAMES]
            if shares[0] < 1.0 or shares[-1] < 1.0:
                wet[:] = dry + shares * (wet - dry)
        self._held = made[:, BLOCK_FRAMES - FADE_FRAMES :].copy()

    def _end(self) -> None:
        """Posts the block that has entered."""
        self._into = 0
        self._past = np.concatenate((self._past[:, BLOCK_FRAMES:], self._entering), axis=1)
        self._awaited = self._line.post(self._entering) if self._line is not None else None

    def _exchange(self, line: Line | None) -> None:
        if self._line is not None:
            self._returned.append(self._line)
        self._line, self._awaited = line, None
        self._well = self._silent = 0

    def _made(self) -> Samples | None:
        """What the plug-ins made of the block before last; None if it did not come, or is no sound."""
        line = self._line
        if line is None:
            return None
        made = None
        if self._awaited is not None:
            made = line.answer(self._awaited, PATIENCE_SECONDS if self._share else 0.0)
        if made is None and line.posted:
            self.late_blocks_total += 1
        if made is not None:
            line.unfit = line.unfit or self._fault(made)
        if line.unfit:
            self._exchange(None)
            return None
        return made

    def _fault(self, made: Samples) -> str:
        """What is wrong with what they made; empty if nothing is."""
        if not (float(made.min()) > -LOUDEST and float(made.max()) < LOUDEST):  # written so that NaN is caught too
            return "what came out was no sound"
        if _mean_square(made) < _NOTHING and _mean_square(self._past) > _SOUND:
            self._silent += 1
        else:
            self._silent = 0
        return "they fell silent" if self._silent >= SILENT_BLOCKS else ""

    def _shares(self, wanted: bool) -> "np.ndarray[tuple[int], np.dtype[np.float32]] | None":
        """The plug-ins' share in each frame that leaves next; None where it is 0 throughout."""
        before = self._share
        if wanted:
            self._share = min(1.0, before + RISE)
            return np.linspace(before, self._share, BLOCK_FRAMES, dtype=np.float32)
        self._share = 0.0
        if not before:
            return None
        shares = np.zeros(BLOCK_FRAMES, np.float32)
        shares[:FADE_FRAMES] = np.linspace(before, 0.0, FADE_FRAMES, dtype=np.float32)
        return shares


def _mean_square(sound: Samples) -> float:
    energy = float(np.vdot(sound, sound))
    return energy / float(CHANNELS * sound.shape[1])
