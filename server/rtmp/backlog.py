"""What waits to be sent to one target, from a keyframe on. Bounded in time and in bytes: a slow line loses pictures, and then sound.

When it grows too long the oldest group of pictures goes, whole, and is counted: what is left can be shown. Then the line gets half a second
to catch up, since sound is little. Only what is too slow even for the sound loses the oldest of it.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dsp.block import SAMPLE_RATE
from server.rtmp.media import Tag, TagKind

LONGEST_FRAMES: Final = 5 * SAMPLE_RATE
PICTURES_YIELD_FRAMES: Final = 4 * SAMPLE_RATE
"""With so much waiting a group of pictures is given up."""
RELIEF_FRAMES: Final = SAMPLE_RATE // 2
"""How much later another one is."""
MOST_BYTES: Final = 2_000_000


@dataclass(slots=True)
class Tally:
    """What one target was sent and what it was not, in all its sessions."""

    sent_bytes: int = 0
    dropped_gops: int = 0
    """Groups of pictures."""
    dropped_sounds: int = 0


class Backlog:
    """One session's tags, oldest first."""

    def __init__(self, tally: Tally, tags: Iterable[Tag] = ()) -> None:
        """`tally` counts what is left out. `tags`: what the session begins with. Until a keyframe comes nothing is kept."""
        self.bytes = 0
        self._tally = tally
        self._tags: deque[Tag] = deque()
        self._began = False
        self._skipping = True
        """Pictures that come are left out until the next keyframe."""
        self._relieved_until = 0
        for tag in tags:
            self.put(tag)

    def __len__(self) -> int:
        return len(self._tags)

    @property
    def head(self) -> Tag | None:
        """The next one to be sent."""
        return self._tags[0] if self._tags else None

    def take(self) -> Tag:
        """The next one, which is gone from here then."""
        tag = self._tags.popleft()
        self.bytes -= len(tag.body)
        return tag

    def put(self, tag: Tag) -> None:
        """Adds the newest."""
        if tag.kind is TagKind.PICTURE:
            self._skipping = self._skipping and not tag.keyframe
            if self._skipping:
                return
            self._began = True
        elif not self._began:
            return
        self._tags.append(tag)
        self.bytes += len(tag.body)
        if self._waiting_frames > PICTURES_YIELD_FRAMES and tag.position >= self._relieved_until:
            self._relieved_until = tag.position + RELIEF_FRAMES
            self._give_up_pictures()
        while self.bytes > MOST_BYTES or self._waiting_frames > LONGEST_FRAMES:
            if not self._give_up_pictures():
                self._tally.dropped_sounds += self.take().kind is TagKind.SOUND

    @property
    def _waiting_frames(self) -> int:
        return self._tags[-1].position - self._tags[0].position if self._tags else 0

    def _give_up_pictures(self) -> bool:
        """Takes out the oldest group of pictures, or what is left of it; False if there are none."""
        tags = self._tags
        first = next((at for at, tag in enumerate(tags) if tag.kind is TagKind.PICTURE), None)
        if first is None:
            return False
        end = next((at for at in range(first + 1, len(tags)) if tags[at].keyframe), None)
        if end is None:
            self._skipping = True
            end = len(tags)
        self._tags = deque(tag for at, tag in enumerate(tags) if not (first <= at < end and tag.kind is TagKind.PICTURE))
        self.bytes = sum(len(tag.body) for tag in self._tags)
        self._tally.dropped_gops += 1
        return True
