"""Forms: which sections a piece may have and how long they are beside one another. A style names its form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from generation.procedural.automation import Openness
from generation.procedural.company import Company, dance_cast, song_cast, still_cast
from generation.procedural.part import Part
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
    openness: Openness
    closes: bool
    """Whether it ends on a chord; what is made to be mixed into the next ends on its drums."""
    breath_octaves: float = 0.0
    """How far the voices' filter sways."""
    tides_db: Mapping[Part, float] = field(default_factory=dict)
    """How far each voice ebbs, where nothing else gives it movement."""

    @property
    def builds(self) -> bool:
        """Whether drums and filters ever climb towards a drop."""
        return any(Kind.BUILD in layout for layout in self.layouts)

    @property
    def fewest_bars(self) -> int:
        return 4 * len(self.short[-1])


_OF_DANCE: Final = {
    Kind.INTRO: (700.0, 3600.0),
    Kind.BUILD: (900.0, 8500.0),
    Kind.DROP: (9500.0, 13_000.0),
    Kind.BREAK: (2600.0, 10_500.0),
    Kind.BUILD2: (1800.0, 12_500.0),
    Kind.DROP2: (12_500.0, 16_000.0),
    Kind.OUTRO: (7500.0, 900.0),
}
_OF_SONGS: Final = {
    **_OF_DANCE,
    Kind.INTRO: (1300.0, 6500.0),
    Kind.BREAK: (3200.0, 10_000.0),
    Kind.OUTRO: (9000.0, 3000.0),
}
_OF_STILLNESS: Final = {
    **_OF_DANCE,
    Kind.INTRO: (1600.0, 7500.0),
    Kind.DROP: (7000.0, 11_500.0),
    Kind.BREAK: (5000.0, 10_500.0),
    Kind.DROP2: (9000.0, 14_000.0),
    Kind.OUTRO: (10_000.0, 3500.0),
}
_TIDES_DB: Final = {Part.PAD: 3.0, Part.STAB: 5.0, Part.ARP: 8.0, Part.LEAD: 4.0, Part.TEXTURE: 6.0}

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
    openness=_OF_DANCE,
    closes=False,
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
SONG: Final = Form(_SONGS, _SHORT_SONGS, song_cast, gentle=True, full_name="theme", openness=_OF_SONGS, closes=True)
DRIVE: Final = Form(_SONGS, _SHORT_SONGS, song_cast, gentle=False, full_name="theme", openness=_OF_SONGS, closes=True)
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
    openness=_OF_STILLNESS,
    closes=True,
    breath_octaves=0.55,
    tides_db=_TIDES_DB,
)
