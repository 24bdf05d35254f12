"""Short takes of each genre, rendered once for all tests that listen."""

from functools import cache

from generation.brief import Brief
from generation.procedural.composer import ProceduralComposer
from generation.take import Take

SECONDS = 45.0
SEED = 11


@cache
def rendered(genre: str) -> Take:
    """A take of 45 s."""
    return ProceduralComposer().make(Brief(genre, SEED, SECONDS))
