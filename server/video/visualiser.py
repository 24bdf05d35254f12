"""The visualiser: hears what the station sends, draws a picture for every 1600 frames of it, and hands on what x264 makes of them.

It is a PacketSink (server/relay/relay.py). It hears the programme itself, out of the packets of one rendition, so each picture shows the
very sound that lies at its position, also while the emergency loop is being sent. That sound sets its pace: a picture is drawn as soon as
its sound is complete, never ahead. One thread draws and encodes. On a machine that is too slow the last picture is sent again instead of
a late one (counted), and beyond four seconds there is a hole, behind which pictures begin anew with a keyframe (counted).
"""

from collections import deque
from collections.abc import Callable
from functools import partial
from threading import Event, Thread
from typing import Final, NamedTuple, Self

from av.error import FFmpegError
from structlog import get_logger

from dsp.block import frames_of
from server.icy.titles import Titles
from server.video.canvas import PICTURE_FRAMES
from server.video.encoder import EncodedPicture, VideoEncoder
from server.video.looks import LOOKS
from server.video.show import CoverArt, Show
from server.video.waveform import Heard, Hearing
from server.wire.wire import NowPlaying, Rendition

RENDITION: Final = "aac_128"
"""The one it listens to."""
LATE_FRAMES: Final = frames_of(1.0)
"""So far behind what has come in, the last picture is sent again."""
LOST_FRAMES: Final = frames_of(4.0)
"""So far behind, pictures are left out."""
QUEUE_RUNS: Final = 1_000
"""Of packets that wait, a fifth of a second or less each; more than a relay replays to one who attaches."""

log = get_logger(__name__)


class _Run(NamedTuple):
    """Packets that wait to be heard."""

    rendition: Rendition
    sitting: int
    position: int
    packets: list[bytes]

    @property
    def end(self) -> int:
        return self.position + len(self.packets) * self.rendition.packet_frames


class Visualiser:
    """One station's pictures: `with Visualiser(...) as visualiser: relay.attach(visualiser)`."""

    def __init__(
        self,
        title: str,
        look: str,
        deliver: Callable[[EncodedPicture], None],
        bitrate_kilobits: int = 3_000,
        preset: str = "veryfast",
        cover_art: CoverArt = lambda _track: None,
    ) -> None:
        """`title`: the station's. `look`: a key of LOOKS. `deliver` is called on the visualiser's thread, in order; it must not block."""
        self._make_encoder = partial(VideoEncoder, bitrate_kilobits, preset)
        self._encoder = self._make_encoder()
        self.extradata = self._encoder.extradata
        """SPS and PPS, Annex B; the same for the same settings."""
        self.pictures_total = 0
        """Delivered."""
        self.repeated_total = 0
        """Of them, those that show the last one again because this machine is too slow."""
        self.dropped_frames_total = 0
        """Frames of sound that got no picture, for the same reason."""
        self.failures_total = 0
        """Pictures that were lost to an error, which is in the log."""
        self._deliver = deliver
        self._show = Show(title, LOOKS[look], cover_art)
        self._titles = Titles()
        self._hearing = Hearing()
        self._queue: deque[_Run] = deque(maxlen=QUEUE_RUNS)
        self._newest_end = 0
        self._next: int | None = None
        """Where the next picture goes on without a hole."""
        self._work = Event()
        self._ending = False
        self._thread = Thread(target=self._run, name="visualiser", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends the threads; what was not drawn yet is not."""
        self._ending = True
        self._work.set()
        self._thread.join()
        self._show.close()

    @property
    def alive(self) -> bool:
        """Whether somebody draws."""
        return self._thread.is_alive()

    def packets(self, rendition: Rendition, sitting: int, position: int, packets: list[bytes]) -> None:
        """Consecutive packets, as Relay.attach hands them over; other renditions than RENDITION are ignored. Returns at once."""
        if rendition.name == RENDITION and packets:
            run = _Run(rendition, sitting, position, packets)
            self._newest_end = run.end
            self._queue.append(run)
            self._work.set()

    def take_airing(self, now: NowPlaying) -> None:
        """What airs, as Relay.on_change tells it, and what Relay.on_air says at the start; on the same thread. Returns at once."""
        self._show.order(now.airing.entry.track)
        for entry in now.upcoming[:1]:
            self._show.order(entry.track)
        self._titles.take(now)

    def _run(self) -> None:
        while not self._ending:
            self._work.wait()
            self._work.clear()
            while self._queue and not self._ending:
                self._take(self._queue.popleft())

    def _take(self, run: _Run) -> None:
        if self._newest_end - run.end > LOST_FRAMES:
            self.dropped_frames_total += run.end - run.position if self.pictures_total else 0
            return
        for heard in self._hearing.take(*run):
            if self._ending:
                return
            try:
                self._picture(heard)
            except (FFmpegError, ValueError, IndexError, ArithmeticError) as error:
                self.failures_total += 1
                self._next = None
                log.error("pictures begin anew", position=heard.position, reason=repr(error))

    def _picture(self, heard: Heard) -> None:
        """Draws and delivers one; behind a hole a new encoder begins."""
        if heard.position != self._next:
            if self._next is not None or self.failures_total:
                self._encoder = self._make_encoder()
            self._next = None
        if self._next is not None and self._newest_end - heard.position > LATE_FRAMES:
            self.repeated_total += 1
        else:
            self._show.draw(self._encoder.canvas, heard, self._titles.at(heard.position))
        picture = self._encoder.encode(heard.position)
        self._next = heard.position + PICTURE_FRAMES
        self.pictures_total += 1
        self._deliver(picture)
