"""A DJ's sound between the wire and the tick: what his line stutters is made good here, and his clock is brought to ours.

Sound comes in when it comes (the wire's thread) and is read in equal steps (the tick), which never wait for one another: the two share
a deque and counts that only one of them writes. What lies ready is kept as much as it was at first: if it grows less and less, the
clock behind it is slow and it is read a hair slower; if more and more, faster, by at most half a percent, which nobody hears. Within a
few hundredths of a second it is left as it is, bit by bit. When it runs dry it fades out, gathers anew and fades in. It knows no session
and no position.
"""

from collections import deque
from typing import Final

import numpy as np

from dsp.block import BLOCK_FRAMES, CHANNELS, Samples, frames_of, seconds_of, silence
from dsp.segue import falling, rising
from dsp.varispeed import REACH, Varispeed
from server.live.session import SOUND_BLOCK_FRAMES

FRAME_BYTES: Final = 4
MOST_EXTRA_FRAMES: Final = frames_of(2.0)
"""Beyond what should lie ready. What is more came late, in one go: it is left out by a short segue, or the DJ would lag for ever."""
MOST_FRAMES: Final = frames_of(8.0)
"""What is more is not even taken: the tick is not reading."""
RAMP_FRAMES: Final = 240
"""5 ms, at each end of a stretch of sound."""
MOST_SHIFT: Final = 0.005
SHIFT_PER_SECOND: Final = 0.02
"""How much faster for each second too much: what a clock that is off by a ten-thousandth piles up comes to rest at 5 ms."""
LEFT_ALONE_SECONDS: Final = 0.04
WATCH_FRAMES: Final = frames_of(2.0)
"""The least that lay ready within so long is what counts: sound comes in gusts."""
LONGEST_PATIENCE: Final = 4.0
"""How much more than at first is gathered after it has run dry again and again."""
_EASING: Final = 0.02
_FULL_SCALE: Final = np.float32(1 / 32_768)


class SoundBuffer:
    """The sound of one session. `take` is the wire's side, all else the tick's."""

    def __init__(self, ready_frames: int) -> None:
        """`ready_frames`: how long sound waits before it is heard."""
        self.received_frames = 0
        self.refused_frames = 0
        """Not taken, because nobody reads."""
        self.left_out_frames = 0
        """Not heard, because they came too late."""
        self.dry_total = 0
        """How often it ran dry while it sounded."""
        self.speed = 1.0
        self._first_ready = ready_frames
        self._ready = ready_frames
        self._chunks: deque[Samples] = deque()
        self._peak = 0
        self._varispeed = Varispeed()
        self._held = silence(REACH)
        """What has left the deque; it begins with the frames before the place that is read next."""
        self._place = float(REACH)
        """In what is held."""
        self._drawn_frames = 0
        """Of what was received: how much has left the deque."""
        self._sounding = False
        self._waited = 0
        self._watch_anew()

    def take(self, samples: bytes) -> bool:
        """The next sound: int16 little-endian, interleaved stereo, whole frames, at most SOUND_BLOCK_FRAMES; False if it is refused."""
        frames = len(samples) // FRAME_BYTES
        if len(samples) % FRAME_BYTES or not 0 < frames <= SOUND_BLOCK_FRAMES:
            return False
        if self.received_frames - self._drawn_frames > MOST_FRAMES:
            self.refused_frames += frames
            return False
        pairs = np.frombuffer(samples, "<i2").reshape(-1, CHANNELS)
        self._peak = max(self._peak, int(pairs.max()), -int(pairs.min()))
        self._chunks.append(np.ascontiguousarray(pairs.T) * _FULL_SCALE)
        self.received_frames += frames
        return True

    def take_peak(self) -> float:
        """The highest sample that has come since this was asked last, 0 to 1."""
        peak, self._peak = self._peak, 0
        return peak / 32_768

    @property
    def read_frames(self) -> int:
        """How much of what was received has been read."""
        held: int = self._held.shape[1]
        return self._drawn_frames - max(0, held - int(self._place))

    @property
    def left_frames(self) -> int:
        """How much lies ready."""
        return max(0, self.received_frames - self.read_frames)

    def read(self, frames: int = BLOCK_FRAMES) -> Samples:
        """The next `frames` frames, float32 [2, frames]; silence while too little lies ready. Never raises, never blocks."""
        if not self._sounding:
            return self._begin(frames)
        self._draw(self._place + frames * self.speed + REACH + RAMP_FRAMES + 1)
        if self._held.shape[1] < self._place + frames * self.speed + REACH + RAMP_FRAMES:
            return self._run_dry(frames)
        surplus = self._surplus(frames)
        if surplus > MOST_EXTRA_FRAMES:
            return self._catch_up(frames, surplus)
        self._steer(seconds_of(surplus))
        return self._read_on(frames)

    def _begin(self, frames: int) -> Samples:
        """Gathers; comes in as soon as enough has come, and long enough ago: what comes in gusts must last until the next one."""
        left = self.left_frames
        if left:
            self._waited += frames
        if left < self._ready or self._waited < self._ready:
            return silence(frames)
        self._skip(left - self._ready - MOST_EXTRA_FRAMES)
        self._sounding = True
        self._waited = 0
        self._watch_anew()
        self._draw(self._place + frames + REACH + RAMP_FRAMES + 1)
        block = self._read_on(frames)
        block[:, :RAMP_FRAMES] *= rising(RAMP_FRAMES, 0, RAMP_FRAMES)
        return block

    def _run_dry(self, frames: int) -> Samples:
        """The last that is there, fading out, and silence behind it; from now on more lies ready."""
        sound = self._held[:, int(self._place) :][:, :frames]
        last = sound.shape[1]
        ramp = min(RAMP_FRAMES, last)
        block = silence(frames)
        block[:, :last] = sound
        if ramp:
            block[:, last - ramp : last] *= falling(ramp, 1, ramp)
        self._held, self._place, self.speed = silence(REACH), float(REACH), 1.0
        self._sounding = False
        self.dry_total += 1
        self._ready = min(self._ready * 3 // 2, int(self._first_ready * LONGEST_PATIENCE), MOST_FRAMES // 2)
        return block

    def _catch_up(self, frames: int, surplus: int) -> Samples:
        """A block in which the sound segues to what comes `surplus` frames later."""
        before = self._read_on(frames)
        self._skip(surplus - frames)
        self._draw(self._place + frames * self.speed + REACH + RAMP_FRAMES + 1)
        after = self._read_on(frames)
        self._watch_anew()
        return before * falling(frames, 0, frames) + after * rising(frames, 0, frames)

    def _skip(self, frames: int) -> None:
        """Leaves out the next `frames`."""
        if frames <= 0:
            return
        self._draw(self._place + frames + REACH)
        self._place += frames
        self.left_out_frames += frames
        self._let_go()

    def _read_on(self, frames: int) -> Samples:
        block = self._varispeed.read(self._held, self._place, self.speed, frames)
        self._place += frames * self.speed
        self._let_go()
        return block

    def _let_go(self) -> None:
        """Keeps of what was read only what the next place needs before it."""
        done = int(self._place) - REACH
        if done > 0:
            self._held = self._held[:, done:]
            self._place -= done

    def _draw(self, frames: float) -> None:
        """Takes from the deque until `frames` are held, or nothing more is there."""
        held = self._held.shape[1]
        pieces = [self._held]
        while held < frames and self._chunks:
            piece = self._chunks.popleft()
            pieces.append(piece)
            held += piece.shape[1]
            self._drawn_frames += piece.shape[1]
        if len(pieces) > 1:
            self._held = np.concatenate(pieces, axis=1)

    def _watch_anew(self) -> None:
        self._least = self._least_before = MOST_FRAMES
        self._watched = 0

    def _surplus(self, frames: int) -> int:
        """How much more than enough lay ready all the time of late; 0 as long as that cannot be told."""
        self._least = min(self._least, self.left_frames)
        self._watched += frames
        if self._watched >= WATCH_FRAMES:
            self._least_before, self._least, self._watched = self._least, MOST_FRAMES, 0
        return 0 if self._least_before == MOST_FRAMES else min(self._least, self._least_before) - self._ready

    def _steer(self, surplus_seconds: float) -> None:
        """Moves the speed a little towards what keeps as much ready as should be."""
        if abs(surplus_seconds) <= LEFT_ALONE_SECONDS and abs(self.speed - 1.0) < _EASING * MOST_SHIFT:
            self.speed = 1.0
        else:
            wanted = 1.0 + min(MOST_SHIFT, max(-MOST_SHIFT, SHIFT_PER_SECOND * surplus_seconds))
            self.speed += _EASING * (wanted - self.speed)
