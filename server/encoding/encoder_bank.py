"""All encoders of a station, fed together: moments in, packets of every rendition out, in the caller's own thread.

It owns the batches. One call of an encoder costs as much as what it carries, so AAC and MP3 are fed a part (0.32 s) at a time, Opus,
which WebRTC wants early, a quarter of one. A batch ends `LOOKAHEAD_FRAMES` behind the grid: that is what an AAC encoder needs to give
the last packet of a part, so a batch is exactly one part. A hole in the sound (frames skipped, a new sitting) starts every encoder anew
on the next part. Simulations call it directly; the engine behind a queue (encoding_thread.py).
"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from dsp.block import BLOCK_FRAMES, CHANNELS, Samples
from server.air import Moment
from server.clock import PART_FRAMES, round_up
from server.encoding.encoder import Encoder, rendition_of
from server.encoding.ladder import LADDER, Recipe
from server.wire.wire import Packets

LOOKAHEAD_FRAMES: Final = 3 * BLOCK_FRAMES
"""Sound needed behind the end of an AAC packet before the encoder gives it: two packets, in whole blocks."""
STEP_FRAMES: Final = PART_FRAMES // 4
"""How often the bank has something to do: a batch of Opus."""


def ends_step(position: int) -> bool:
    """Whether a block that ends at `position` completes a batch."""
    return (position - LOOKAHEAD_FRAMES) % STEP_FRAMES == 0


class EncoderBank:
    """A Sink that encodes as it is fed."""

    def __init__(self, deliver: Callable[[Packets], None], recipes: Sequence[Recipe] = LADDER) -> None:
        self.renditions = [rendition_of(recipe) for recipe in recipes]
        self.restarts_total = 0
        self._deliver = deliver
        self._recipes = recipes
        self._quick: list[tuple[Recipe, Encoder]] = []
        self._slow: list[tuple[Recipe, Encoder]] = []
        self._sitting = 0
        self._next: int | None = None
        """Position of the frame that must come next; None: nothing came yet."""
        self._start = 0
        self._sound: Samples = np.empty((CHANNELS, PART_FRAMES), np.float32)
        self._held = 0
        self._quick_fed = 0

    def take(self, moment: Moment) -> None:
        """Encodes when a batch is full. Raises av.error.FFmpegError when an encoder fails; `reset` then starts anew."""
        if moment.position != self._next or moment.sitting != self._sitting:
            self._restart(moment)
        self._next = moment.position + BLOCK_FRAMES
        if moment.position < self._start:
            return
        self._sound[:, self._held : self._held + BLOCK_FRAMES] = moment.block
        self._held += BLOCK_FRAMES
        if ends_step(self._next):
            self._feed(self._quick, self._sound[:, self._quick_fed : self._held])
            self._quick_fed = self._held
            if (self._next - LOOKAHEAD_FRAMES) % PART_FRAMES == 0:
                self._feed(self._slow, self._sound[:, : self._held])
                self._held = self._quick_fed = 0

    def reset(self) -> None:
        """Forgets the sound so far: the next moment starts every encoder anew."""
        self._next = None

    def _restart(self, moment: Moment) -> None:
        if self._next is not None:
            self.restarts_total += 1
        self._start = round_up(moment.position, PART_FRAMES)
        self._sitting = moment.sitting
        self._held = self._quick_fed = 0
        bank = [(recipe, Encoder(recipe, self._start)) for recipe in self._recipes]
        self._quick = [pair for pair in bank if pair[0].codec == "opus"]
        self._slow = [pair for pair in bank if pair[0].codec != "opus"]

    def _feed(self, bank: list[tuple[Recipe, Encoder]], sound: Samples) -> None:
        for recipe, encoder in bank:
            position, packets = encoder.feed(sound)
            if packets:
                self._deliver(Packets(recipe.name, self._sitting, position, packets))
