"""Forms: which sections a piece may have and how long they are beside one another. A style names its form."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from generation.procedural.company import Company, dance_cast, song_cast, still_cast
from generation.procedural.plan import Cast, Kind, Layout


@dataclass(frozen=True, slots=True)
class Form:
    """How a piece goes."""

    layouts: tuple[Layout, ...]
    """Weights of the sections; the seed picks one."""
    short: tuple[Layout, ...]
    """For pieces too short for these, the longest first."""
    cast: Callable[[Company, np.random.Generator], Cast]
    gentle: bool
    """Whether sections flow into one another, without risers and impacts."""
    full_name: str
    """What its full sections are called: drop or theme."""

    @property
    def builds(self) -> bool:
        """Whether drums and filters ever climb towards a drop."""
        return any(Kind.BUILD in layout for layout in self.layouts)

    @property
    def fewest_bars(self) -> int:
        return 4 * len(self.short[-1])


DANCE: Final = Form(
    layouts=(
        {Kind.INTRO: 2, Kind.BUILD: 1, Kind.DROP: 4, Kind.BREAK: 2, Kind.BUILD2: 1, Kind.DROP2: 4, Kind.OUTRO: 2},
        {Kind.INTRO: 2, Kind.BUILD: 2, Kind.DROP: 3, Kind.BREAK: 2, Kind.BUILD2: 1, Kind.DROP2: 4, Kind.OUTRO: 2},
        {Kind.INTRO: 1, Kind.BUILD: 1, Kind.DROP: 4, Kind.BREAK: 3, Kind.BUILD2: 1, Kind.DROP2: 4, Kind.OUTRO: 2},
        {Kind.INTRO: 2, Kind.BUILD: 1, Kind.DROP: 3, Kind.BREAK: 2, Kind.BUILD2: 2, Kind.DROP2: 5, Kind.OUTRO: 1},
    ),
    short=({Kind.INTRO: 1, Kind.BUILD: 1, Kind.DROP: 2, Kind.OUTRO: 1},),
    cast=dance_cast,
    gentle=False,
    full_name="drop",
)
_SONGS: Final[tuple[Layout, ...]] = (
    {Kind.INTRO: 1, Kind.DROP: 4, Kind.BREAK: 2, Kind.DROP2: 4, Kind.OUTRO: 1},
    {Kind.INTRO: 1, Kind.DROP: 3, Kind.BREAK: 1, Kind.DROP2: 4, Kind.OUTRO: 1},
    {Kind.INTRO: 2, Kind.DROP: 4, Kind.BREAK: 2, Kind.DROP2: 5, Kind.OUTRO: 2},
)
_SHORT_SONGS: Final[tuple[Layout, ...]] = (
    {Kind.INTRO: 1, Kind.DROP: 3, Kind.OUTRO: 1},
    {Kind.INTRO: 1, Kind.DROP: 1},
)
SONG: Final = Form(_SONGS, _SHORT_SONGS, song_cast, gentle=True, full_name="theme")
DRIVE: Final = Form(_SONGS, _SHORT_SONGS, song_cast, gentle=False, full_name="theme")
"""A song with risers and impacts at its seams."""
STILL: Final = Form(
    layouts=(
        {Kind.INTRO: 2, Kind.DROP: 4, Kind.BREAK: 3, Kind.DROP2: 4, Kind.OUTRO: 2},
        {Kind.INTRO: 3, Kind.DROP: 3, Kind.BREAK: 2, Kind.DROP2: 5, Kind.OUTRO: 2},
    ),
    short=({Kind.INTRO: 1, Kind.DROP: 3, Kind.OUTRO: 1}, {Kind.INTRO: 1, Kind.DROP: 1}),
    cast=still_cast,
    gentle=True,
    full_name="theme",
)
