import math

import pytest

from generation.composer.profile import Profile
from generation.errors import InvalidBrief


@pytest.mark.parametrize(
    ("genres", "says"),
    [
        ((), "no genre"),
        ((("polka", 1.0),), "unknown"),
        ((("house", 0.0),), "above 0"),
        ((("house", math.nan),), "above 0"),
        ((("house", 1.0), ("house", 2.0)), "twice"),
    ],
)
def test_genres_that_are_none(genres: tuple[tuple[str, float], ...], says: str) -> None:
    with pytest.raises(InvalidBrief, match=says):
        Profile("main", genres)


@pytest.mark.parametrize("seconds", [(10.0, 200.0), (200.0, 100.0), (100.0, 10_000.0), (math.nan, 200.0)])
def test_lengths_that_cannot_be_made(seconds: tuple[float, float]) -> None:
    with pytest.raises(InvalidBrief, match="cannot be made"):
        Profile("main", (("house", 1.0),), seconds=seconds)
