"""The queue: the entries that people asked for, in their order, before anything that the rundown picks by itself.

A value: each change makes a new one, so the tick can publish it to the other threads as it is.
"""

from dataclasses import dataclass
from typing import Final

from server.track import Entry

LONGEST: Final = 200


class QueueError(Exception):
    """The queue cannot be changed like that; the message is the answer to who asked."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Entries, next first."""

    entries: tuple[Entry, ...] = ()

    def find(self, entry_id: str) -> Entry | None:
        """The entry of that id, if it is queued."""
        return next((entry for entry in self.entries if entry.id == entry_id), None)

    def cue(self, entry: Entry, index: int | None = None) -> "Queue":
        """With `entry` at `index` (0 is next), or at the end. Raises QueueError."""
        if len(self.entries) >= LONGEST:
            raise QueueError(f"the queue is full: it holds {LONGEST} entries")
        place = len(self.entries) if index is None else index
        if not 0 <= place <= len(self.entries):
            raise QueueError(f"there is no place {place} in a queue of {len(self.entries)}")
        return Queue((*self.entries[:place], entry, *self.entries[place:]))

    def remove(self, entry_id: str) -> "Queue":
        """Without that entry. Raises QueueError if it is not queued."""
        if self.find(entry_id) is None:
            raise QueueError(f"no entry {entry_id} is queued")
        return self.without(entry_id)

    def reorder(self, entry_ids: list[str]) -> "Queue":
        """In the order of `entry_ids`. Raises QueueError unless they name each queued entry once."""
        queued = {entry.id: entry for entry in self.entries}
        if len(entry_ids) != len(queued) or set(entry_ids) != set(queued):
            raise QueueError("the new order must name each queued entry once")
        return Queue(tuple(queued[entry_id] for entry_id in entry_ids))

    def without(self, entry_id: str) -> "Queue":
        """Without that entry, whether it was there or not."""
        return Queue(tuple(entry for entry in self.entries if entry.id != entry_id))

    def without_track(self, track_id: str) -> "Queue":
        """Without any entry of that track."""
        return Queue(tuple(entry for entry in self.entries if entry.track.id != track_id))
