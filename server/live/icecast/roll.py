"""Who is in by this port, so that a title finds its source; and the titles of those who are not in yet.

Programs say a title in a request of its own, with name and password again, often at the very moment at which they connect: it must not
be lost if it comes first. Whoever is in and says the same words from the same address need not be let in once more for each title, which
would cost a third of a second of work. Passwords are not kept, only what tells two of them apart within this process.
"""

from dataclasses import dataclass
from hashlib import blake2b
from secrets import token_bytes
from typing import Final

from server.live.decoder import Title
from server.live.icecast.request import Credentials
from server.live.icecast.source import Source
from server.live.login import Dj

PATIENCE_SECONDS: Final = 10.0
"""How long a title waits for its source."""
MOST_WAITING: Final = 64


@dataclass(frozen=True, slots=True)
class Pass:
    """Somebody at a station's door, told apart from everybody else."""

    station: str
    digest: bytes
    """Of name, password and address."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    station: str
    dj: Dj
    title: Title
    until: float

    def is_for(self, station: str, dj: Dj) -> bool:
        return self.station == station and _same(self.dj, dj)


class Roll:
    """Everybody who is in. Time is an argument, in seconds."""

    def __init__(self) -> None:
        self._key = token_bytes(32)
        self._sources: dict[Source, tuple[Pass, Dj]] = {}
        self._waiting: list[_Waiting] = []

    def __len__(self) -> int:
        return len(self._sources)

    def pass_of(self, station: str, credentials: Credentials, address: str) -> Pass:
        """What these words stand for."""
        words = f"{credentials.user}\0{credentials.password}\0{address}"
        return Pass(station, blake2b(words.encode("utf-8", "replace"), key=self._key, digest_size=32).digest())

    def enter(self, source: Source, shown: Pass, dj: Dj) -> None:
        """He is in."""
        self._sources[source] = (shown, dj)

    def leave(self, source: Source) -> None:
        """He has gone."""
        del self._sources[source]

    def by_pass(self, shown: Pass) -> Source | None:
        """The source that came in with the same words; the latest, if there are several."""
        return next((source for source, (its, _) in reversed(self._sources.items()) if its == shown), None)

    def by_dj(self, station: str, dj: Dj) -> Source | None:
        """The source of that DJ at that station; the latest, if there are several."""
        return next((source for source, (its, one) in reversed(self._sources.items()) if its.station == station and _same(one, dj)), None)

    def keep(self, station: str, dj: Dj, title: Title, now: float) -> None:
        """A title for a source that may come."""
        self._waiting = [one for one in self._waiting if one.until > now and not one.is_for(station, dj)][-MOST_WAITING + 1 :]
        self._waiting.append(_Waiting(station, dj, title, now + PATIENCE_SECONDS))

    def kept(self, station: str, dj: Dj, now: float) -> Title:
        """The title that waits for this DJ's source, once; an empty one if there is none."""
        found = [one for one in self._waiting if one.is_for(station, dj) and one.until > now]
        self._waiting = [one for one in self._waiting if one not in found]
        return found[-1].title if found else Title()


def _same(one: Dj, other: Dj) -> bool:
    """Whether it is the same person; his priority may have been changed."""
    return (one.account_id, one.name) == (other.account_id, other.name)
