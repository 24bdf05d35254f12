"""A deck: one decoded, level-matched, cued track in memory. And the loop that plays round: bed and emergency.

Both are sources of playout: `read` only copies memory, so it cannot fail and cannot block. Everything that may be wrong with a track
is found when the deck is made, off the tick. A prepared segue gives one deck another end and the next one another beginning.
"""

from typing import Final, Protocol

import numpy as np

from dsp.block import CHANNELS, SAMPLE_RATE, Samples, silence
from dsp.gain import db_to_gain
from server.programme.prepared_segue import PreparedSegue
from server.track import Entry, Track

SHORTEST_FRAMES: Final = SAMPLE_RATE // 2
"""A cue range below half a second is no track: two segues would meet in it."""
HIGHEST_PEAK_DBTP: Final = 12.0
"""Track gain lifts no true peak above this: the limiter of the mastering can still take it down without ruin."""
MOST_BOOST_DB: Final = 20.0
_SILENT_LUFS: Final = -60.0


class DeckError(Exception):
    """The track cannot be put on a deck; the message says why."""


class Source(Protocol):
    """What playout can put on air."""

    entry: Entry

    def read(self, frames: int) -> Samples:
        """The next `frames` frames, float32 [2, frames]. Never raises, never blocks."""


class Deck:
    """A cued track. Its frames count from cue in."""

    def __init__(self, entry: Entry, samples: Samples, target_lufs: float, offset_frames: int = 0) -> None:
        """`samples` is the whole track at 48 kHz, float32 [2, n]; `offset_frames` of its cue range are skipped. Raises DeckError."""
        offset_frames = max(0, offset_frames)
        self.entry = entry
        self.offset_frames = offset_frames
        """How far into its cue range it began. What it begins with may be a little longer than what that stands for: then below 0."""
        self.segue: PreparedSegue | None = None
        """How it is to come on air; kept here so that it is freed off the tick, with the deck or by `settle`."""
        track = entry.track
        if samples.ndim != 2 or samples.shape[0] != CHANNELS or samples.dtype != np.float32:
            raise DeckError(f"the sound is {samples.dtype} {list(samples.shape)}, not float32 [2, frames]")
        ends = min(track.cue_out_frames, samples.shape[1])
        begins = track.cue_in_frames + offset_frames
        if ends - begins < SHORTEST_FRAMES:
            raise DeckError(f"only {max(0, ends - begins) / SAMPLE_RATE:.2f} s are left between its cues")
        if not (np.isfinite(samples.min()) and np.isfinite(samples.max())):
            raise DeckError("the sound holds what is no number")
        self.sound = samples
        """The whole track as it was handed in."""
        self.begins_frames = begins
        """Where in the track this deck's frame 0 lies."""
        self.gain = db_to_gain(track_gain_db(track, target_lufs))
        """What matches its level."""
        self._gain = np.float32(self.gain)
        self._samples = samples[:, begins:ends]
        self._frames: int = self._samples.shape[1]
        self._start_next: int = min(max(track.start_next_frames, begins), ends) - begins
        self._head = silence(0)
        self._head_ends = 0
        self._at = 0

    def read(self, frames: int) -> Samples:
        """The next frames of the track, silence after its end."""
        at, end = self._at, self._at + frames
        sound = self._samples[:, max(at, self._head_ends) : max(end, self._head_ends)]
        if at < self._head_ends:
            begins = self._head_ends - self._head.shape[1]
            sound = np.concatenate((self._head[:, at - begins : end - begins], sound), axis=1)
        self._at = end
        if sound.shape[1] < frames:
            sound = np.concatenate((sound, silence(frames - sound.shape[1])), axis=1)
        return sound * self._gain

    def begin_with(self, head: Samples, resume_frames: int) -> None:
        """Begins with `head`, float32 [2, n], and goes on at `resume_frames`. Only before it is read."""
        self._head, self._head_ends = head, resume_frames
        self._at = resume_frames - head.shape[1]
        self.offset_frames += self._at

    def settle(self) -> None:
        """Lets go of what it began with, once that is over. Off the tick: to free ten megabytes takes a while."""
        if self._at >= self._head_ends and self._head.shape[1] > 0:
            self._head, self.segue = silence(0), None

    def end_with(self, tail: Samples) -> None:
        """Goes on with `tail`, float32 [2, n], and ends with it."""
        self._samples, self._frames = tail, tail.shape[1]
        self._start_next = self._head_ends = self._at = 0
        self._head = silence(0)

    @property
    def at_frames(self) -> int:
        """The next frame to be read."""
        return self._at

    @property
    def head_ends_frames(self) -> int:
        """From here on it is the track itself."""
        return self._head_ends

    @property
    def left_frames(self) -> int:
        """Until cue out."""
        return max(0, self._frames - self._at)

    @property
    def before_next_frames(self) -> int:
        """Until the next track may begin; 0 or less when it may."""
        return self._start_next - self._at

    @property
    def exhausted(self) -> bool:
        """Nothing but silence is left."""
        return self.left_frames == 0


class Loop:
    """Samples that play round without a seam: the bed, the emergency loop."""

    def __init__(self, entry: Entry, samples: Samples) -> None:
        """`samples` float32 [2, n], at least a second, its end leading into its start. Raises DeckError."""
        if samples.ndim != 2 or samples.shape[0] != CHANNELS or samples.shape[1] < SAMPLE_RATE or samples.dtype != np.float32:
            raise DeckError("a loop is float32 [2, frames] of a second or more")
        self.entry = entry
        self.frames = samples.shape[1]
        self._samples = samples
        self._at = 0

    def read(self, frames: int) -> Samples:
        """The next frames of the round."""
        at, self._at = self._at, (self._at + frames) % self.frames
        return self.heard_at(at, frames)

    def heard_at(self, position: int, frames: int) -> Samples:
        """What sounds at `position` if the loop is laid on the station's clock."""
        at = position % self.frames
        if at + frames <= self.frames:
            return self._samples[:, at : at + frames].copy()
        return self._samples.take(np.arange(at, at + frames), axis=1, mode="wrap")

    def rewind(self) -> None:
        """Begins again at the start of the round."""
        self._at = 0


def track_gain_db(track: Track, target_lufs: float) -> float:
    """What brings `track` to `target_lufs`, short of lifting its peaks beyond reason. 0 for silence: noise is not to be lifted."""
    if track.loudness_lufs <= _SILENT_LUFS:
        return 0.0
    return min(target_lufs - track.loudness_lufs, MOST_BOOST_DB, max(0.0, HIGHEST_PEAK_DBTP - track.true_peak_dbtp))
