"""The preview: the programme as mastering is given it, encoded beside the renditions as long as some front wants it, for A and B.

It is laid on the same positions as the mastered sound, and made as loud as that: louder always sounds better, so a comparison of unlike
levels says nothing. What is not mastered has higher peaks; so that none is clipped, the preview is `HEADROOM_DB` lower than the
programme, and whoever compares the two plays the programme as much lower. What it costs while nobody listens is one look a block.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from dsp.block import BLOCK_FRAMES, Samples, silence
from dsp.gain import db_to_gain
from dsp.loudness import SILENCE_LUFS, LoudnessMeter
from server.air import Moment
from server.clock import PART_FRAMES, round_up
from server.encoding.encoder import Encoder
from server.encoding.ladder import Recipe
from server.wire.wire import Preview

PREVIEW: Final = Recipe(
    "unmastered_mp3", "mp3", "libmp3lame", "fltp", 192_000, 1152, 1105, 0.0, {"compression_level": "7", "reservoir": "0"}
)
"""As the mount that it is compared with (ladder.py)."""
HEADROOM_DB: Final = -6.0
MOST_MATCH_DB: Final = 18.0
_BATCH_FRAMES: Final = PART_FRAMES // 4


class PreviewEncoder:
    """One station's preview. `wanted` is any thread's to set; the rest is the encoders' thread's."""

    def __init__(self, deliver: Callable[[Preview], None], latency_frames: int) -> None:
        """`latency_frames`: by how much mastering makes the sound later."""
        self.wanted = False
        self._deliver = deliver
        self._latency_frames = latency_frames
        self._encoder: Encoder | None = None
        self._sitting = 0
        self._start = 0
        self._next: int | None = None
        self._batch: list[Samples] = []
        self._held = silence(0)
        """Unmastered sound whose mastered twin has not come out yet."""
        self._here, self._there = LoudnessMeter(), LoudnessMeter()
        self._gain = 0.0

    def take(self, moment: Moment) -> None:
        """Encodes when a batch is full. Raises av.error.FFmpegError; `reset` then starts anew."""
        if not self.wanted:
            self.reset()
            return
        if moment.position != self._next or moment.sitting != self._sitting:
            self._begin(moment)
        self._next = moment.position + BLOCK_FRAMES
        sound = self._matched(moment)
        if self._encoder is None or moment.position < self._start:
            return
        self._batch.append(sound)
        if len(self._batch) * BLOCK_FRAMES >= _BATCH_FRAMES:
            position, packets = self._encoder.feed(np.concatenate(self._batch, axis=1))
            self._batch.clear()
            if packets:
                self._deliver(Preview(self._sitting, position, packets))

    def want(self, wanted: bool) -> None:
        """Somebody listens, or nobody does any more."""
        self.wanted = wanted

    def reset(self) -> None:
        """Forgets the sound so far."""
        self._encoder = None
        self._next = None

    def _begin(self, moment: Moment) -> None:
        self._start = round_up(moment.position, PART_FRAMES)
        self._sitting = moment.sitting
        self._encoder = Encoder(PREVIEW, self._start)
        self._batch = []
        self._held = silence(self._latency_frames)
        self._here.reset()
        self._there.reset()
        self._gain = db_to_gain(HEADROOM_DB)

    def _matched(self, moment: Moment) -> Samples:
        """The unmastered sound that belongs to this moment, as loud as the mastered one."""
        entered = moment.block if moment.unmastered is None else moment.unmastered
        waiting = np.concatenate((self._held, entered), axis=1)
        self._held = waiting[:, BLOCK_FRAMES:]
        sound = waiting[:, :BLOCK_FRAMES].copy()
        self._here.feed(sound)
        self._there.feed(moment.block)
        gain = db_to_gain(HEADROOM_DB + self._match_db())
        sound *= np.linspace(self._gain, gain, BLOCK_FRAMES, dtype=np.float32)
        self._gain = gain
        return sound

    def _match_db(self) -> float:
        """What makes three seconds of the one as loud as the same three of the other: both meters began together."""
        here, there = self._here.short_term_lufs, self._there.short_term_lufs
        if min(here, there) <= SILENCE_LUFS + 1.0:
            return 0.0
        return min(MOST_MATCH_DB, max(-MOST_MATCH_DB, there - here))
