"""What a station is, as its operator states it."""

from dataclasses import dataclass
from math import isfinite

from generation.brief import GENRES, LONGEST_SECONDS, SHORTEST_SECONDS
from generation.errors import InvalidBrief


@dataclass(frozen=True, slots=True)
class Profile:
    """One station's wishes."""

    station: str
    genres: tuple[tuple[str, float], ...]
    """Genre and how much of the programme it is, in any unit."""
    seed: int = 0
    moods: str = ""
    """Words of mood that all its music has."""
    seconds: tuple[float, float] = (150.0, 235.0)
    """The shortest and the longest track."""
    follows_the_clock: bool = True
    """Calm in the morning, loud at night. A station of one mood does not."""

    def __post_init__(self) -> None:
        if not self.genres:
            raise InvalidBrief(f"station {self.station} has no genre")
        for genre, weight in self.genres:
            if genre not in GENRES:
                raise InvalidBrief(f"genre {genre!r} of station {self.station} is unknown; it is one of {', '.join(GENRES)}")
            if not (isfinite(weight) and weight > 0):
                raise InvalidBrief(f"genre {genre} of station {self.station} weighs {weight}, which is not above 0")
        if len({genre for genre, _ in self.genres}) != len(self.genres):
            raise InvalidBrief(f"station {self.station} names a genre twice")
        if not SHORTEST_SECONDS <= self.seconds[0] <= self.seconds[1] <= LONGEST_SECONDS:
            raise InvalidBrief(f"tracks of {self.seconds[0]} to {self.seconds[1]} s cannot be made")
