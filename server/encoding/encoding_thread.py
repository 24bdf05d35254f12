"""The encoders' own thread, and the queue between the tick and it.

The tick hands over blocks and never waits. The queue holds eight seconds; when it is full the oldest part goes, is counted, and the
encoders start anew behind the hole, which the fronts fill. An encoder that fails is logged, counted and started anew; the thread ends
only by `stop`.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Event, Thread
from typing import Final, Self

from av.error import FFmpegError
from structlog import get_logger

from dsp.block import BLOCK_FRAMES, seconds_of
from server.air import Moment
from server.clock import PART_FRAMES
from server.encoding.encoder_bank import EncoderBank, ends_step
from server.encoding.ladder import LADDER, Recipe
from server.encoding.preview import PreviewEncoder
from server.wire.wire import Packets

QUEUE_BLOCKS: Final = 25 * PART_FRAMES // BLOCK_FRAMES
"""Eight seconds, in whole parts."""

log = get_logger(__name__)


class EncodingThread:
    """A Sink that encodes elsewhere: `with EncodingThread(wire.publish) as encoders: ...`."""

    def __init__(
        self, deliver: Callable[[Packets], None], recipes: Sequence[Recipe] = LADDER, preview: PreviewEncoder | None = None
    ) -> None:
        """`deliver` is called on this thread, in order; `preview` works here too."""
        self._bank = EncoderBank(deliver, recipes)
        self.renditions = self._bank.renditions
        self.dropped_frames_total = 0
        self.failures_total = 0
        self._preview = preview
        self._queue: deque[Moment] = deque()
        self._work = Event()
        self._ending = False
        self._thread = Thread(target=self._run, name="encoders", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Encodes what is queued, then ends the thread. Whole batches only."""
        self._ending = True
        self._work.set()
        self._thread.join()

    @property
    def alive(self) -> bool:
        """Whether somebody encodes."""
        return self._thread.is_alive()

    @property
    def queued_seconds(self) -> float:
        """How much sound waits."""
        return seconds_of(len(self._queue) * BLOCK_FRAMES)

    @property
    def restarts_total(self) -> int:
        """How often the encoders started anew behind a hole."""
        return self._bank.restarts_total

    def take(self, moment: Moment) -> None:
        """Called by the ticking thread: copies the block and returns."""
        if len(self._queue) >= QUEUE_BLOCKS:
            self._drop_oldest_part()
        unmastered = moment.unmastered if self._preview is not None and self._preview.wanted else None
        self._queue.append(replace(moment, block=moment.block.copy(), unmastered=None if unmastered is None else unmastered.copy()))
        if ends_step(moment.position + BLOCK_FRAMES):
            self._work.set()

    def _drop_oldest_part(self) -> None:
        try:
            for _ in range(PART_FRAMES // BLOCK_FRAMES):
                self._queue.popleft()
                self.dropped_frames_total += BLOCK_FRAMES
        except IndexError:  # the encoders took it meanwhile
            return

    def _run(self) -> None:
        while not self._ending:
            self._work.wait()
            self._work.clear()
            while self._queue:
                try:
                    moment = self._queue.popleft()
                except IndexError:  # the tick dropped it meanwhile
                    break
                self._encode(moment)

    def _encode(self, moment: Moment) -> None:
        try:
            self._bank.take(moment)
        except FFmpegError as error:
            self.failures_total += 1
            self._bank.reset()
            log.error("encoders start anew", position=moment.position, reason=str(error))
        if self._preview is not None:
            self._encode_preview(self._preview, moment)

    def _encode_preview(self, preview: PreviewEncoder, moment: Moment) -> None:
        try:
            preview.take(moment)
        except FFmpegError as error:
            preview.reset()
            log.error("the preview starts anew", position=moment.position, reason=str(error))
