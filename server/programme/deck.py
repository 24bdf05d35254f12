"""A deck: one decoded, level-matched, cued track in memory. And the loop that plays round: bed and emergency.

Both are sources of playout: `read` only copies memory, so it cannot fail and cannot block. Everything that may be wrong with a track
is found when the deck is made, off the tick.
"""

from typing import Final, Protocol

import numpy as np

from dsp.block import CHANNELS, SAMPLE_RATE, Samples, silence
from dsp.gain import db_to_gain
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
        self.entry = entry
        self.offset_frames = offset_frames
        track = entry.track
        if samples.ndim != 2 or samples.shape[0] != CHANNELS or samples.dtype != np.float32:
            raise DeckError(f"the sound is {samples.dtype} {list(samples.shape)}, not float32 [2, frames]")
        ends = min(track.cue_out_frames, samples.shape[1])
        begins = track.cue_in_frames + offset_frames
        if ends - begins < SHORTEST_FRAMES:
            raise DeckError(f"only {max(0, ends - begins) / SAMPLE_RATE:.2f} s are left between its cues")
        if not (np.isfinite(samples.min()) and np.isfinite(samples.max())):
            raise DeckError("the sound holds what is no number")
        self._samples = samples[:, begins:ends]
        self._gain = np.float32(db_to_gain(track_gain_db(track, target_lufs)))
        self._frames: int = self._samples.shape[1]
        self._start_next: int = min(max(track.start_next_frames, begins), ends) - begins
        self._at = 0

    def read(self, frames: int) -> Samples:
        """The next frames of the track, silence after its end."""
        sound = self._samples[:, self._at : self._at + frames] * self._gain
        self._at += frames
        if sound.shape[1] < frames:
            sound = np.concatenate((sound, silence(frames - sound.shape[1])), axis=1)
        return sound

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
