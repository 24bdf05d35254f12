"""A station to compose for, and moments of it."""

from generation.brief import GENRES
from generation.composer.profile import Profile
from generation.composer.surroundings import Aired, Surroundings, Votes

PROFILE = Profile("main", tuple((genre, 1.0) for genre in GENRES), seed=7)
NIGHT = Surroundings(hour=23.0)
DAWN = Surroundings(hour=4.5)
BUSY = Surroundings(
    hour=20.5,
    aired=(Aired("house", 124.0, "A minor"), Aired("techno", 132.0, "D phrygian")),
    votes={"house": Votes(40.0, 10.0)},
    trends={"trance": 0.6, "house": 0.4},
    wishes=("something with a piano please", "faster!"),
)
