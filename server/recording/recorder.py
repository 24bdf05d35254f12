"""A recorder: cuts the packets of a station into reels, wherever what they belong to changes.

What a packet belongs to is asked by its position, so a cut lies where the sound changes and not where somebody heard of it. A hole in the
packets begins a new reel: a recording never pretends that time did not pass.
"""

from collections.abc import Callable
from pathlib import Path

from server.icy.titles import Titles
from server.recording.reel import Label, Reel
from server.relay.packet_window import Run
from server.wire.wire import Rendition


class Recorder:
    """Keeps one kind of reels. Blocks on the disk."""

    def __init__(self, folder: Path, titles: Titles, label_at: Callable[[int], tuple[object, Label] | None]) -> None:
        """`label_at(position)`: what a packet belongs to, equal for all of one reel, and the label of a reel that begins with it.

        None: it is not kept.
        """
        self._folder = folder
        self._titles = titles
        self._label_at = label_at
        self._reel: Reel | None = None
        self._kept: object = None
        self._airing: object = None

    def take(self, rendition: Rendition, run: Run) -> None:
        """Consecutive packets. Raises OSError; the next ones begin a new reel then."""
        frames = rendition.packet_frames
        waiting: list[bytes] = []
        try:
            for number, packet in enumerate(run.packets):
                position = run.position + number * frames
                found = self._label_at(position)
                kept = found[0] if found else None
                hole = self._reel is not None and not waiting and self._reel.end != position
                if kept != self._kept or hole:
                    self._put(waiting)
                    waiting = []
                    self._change(rendition, position, kept, found[1] if found else None)
                airing = self._titles.at(position)
                if self._reel is not None and airing is not None and airing.entry.id != self._airing:
                    self._put(waiting)
                    waiting = []
                    self._airing = airing.entry.id
                    self._reel.mark(airing.entry.track.title, airing.entry.track.artist)
                if self._reel is not None:
                    waiting.append(packet)
            self._put(waiting)
        except OSError:
            self._reel = self._kept = None
            raise

    def save(self) -> None:
        """What was taken is in the files. Raises OSError."""
        if self._reel is not None:
            self._reel.save()

    def close(self) -> None:
        """Ends the reel under way. Raises OSError."""
        reel, self._reel, self._kept = self._reel, None, None
        if reel is not None:
            reel.close()

    def _put(self, packets: list[bytes]) -> None:
        if self._reel is not None and packets:
            self._reel.add(packets)

    def _change(self, rendition: Rendition, position: int, kept: object, label: Label | None) -> None:
        self.close()
        self._airing = None
        if label is not None:
            self._reel = Reel(self._folder, label, rendition, position)
        self._kept = kept
