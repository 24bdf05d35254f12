"""The audience of one airing at one front: who heard it, for how long, and who left early. Pure.

A person is a pseudonym: one who loses his connection and comes back has not left. Who heard less than LEAST_SECONDS has not judged it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from server.nowplaying.listeners import Listening

LEAST_SECONDS: Final = 5.0
STILL_HERE_SECONDS: Final = 20.0
"""Who was heard of so shortly before the end has stayed: a player of HLS asks every few seconds."""


@dataclass(frozen=True, slots=True)
class Aired:
    """An airing that is over, by the wall clock."""

    station: str
    entry_id: str
    began_at: float
    ended_at: float
    """UNIX seconds."""


@dataclass(frozen=True, slots=True)
class AudienceTold:
    """What one front tells of it."""

    aired: Aired
    front: str
    exposed: int
    left_early: int
    """Who switched off within the first half."""
    listened_seconds: float
    offered_seconds: float
    """What `listened_seconds` would be, had everybody stayed from his coming to the end."""

    def row(self) -> tuple[object, ...]:
        """As it is written."""
        began = datetime.fromtimestamp(self.aired.began_at, UTC)
        counts = self.exposed, self.left_early, self.listened_seconds, self.offered_seconds
        return self.aired.station, self.aired.entry_id, self.front, began, *counts


def audience_of(aired: Aired, front: str, heard: Iterable[Listening]) -> AudienceTold:
    """Of all that was listened to around that time at this front, over or not."""
    people: dict[bytes, list[tuple[float, float]]] = {}
    for listening in heard:
        begins, ends = max(aired.began_at, listening.began_at), min(aired.ended_at, listening.began_at + listening.seconds)
        if listening.place.station == aired.station and ends > begins:
            people.setdefault(listening.pseudonym, []).append((begins, ends))
    exposed = left_early = 0
    listened = offered = 0.0
    half = (aired.began_at + aired.ended_at) / 2.0
    for stretches in people.values():
        came, went = min(begins for begins, _ in stretches), max(ends for _, ends in stretches)
        seconds = min(went - came, sum(ends - begins for begins, ends in stretches))
        if seconds < LEAST_SECONDS:
            continue
        exposed += 1
        stayed = went > aired.ended_at - STILL_HERE_SECONDS
        left_early += not stayed and went < half
        listened += aired.ended_at - came if stayed else seconds
        offered += aired.ended_at - came
    return AudienceTold(aired, front, exposed, left_early, listened, offered)
