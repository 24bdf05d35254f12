"""The styles of each genre."""

from typing import Final

from generation.procedural.ambient import AMBIENT
from generation.procedural.downtempo import DOWNTEMPO
from generation.procedural.drum_and_bass import DRUM_AND_BASS
from generation.procedural.house import HOUSE
from generation.procedural.lo_fi import LO_FI
from generation.procedural.style import Style
from generation.procedural.synthwave import SYNTHWAVE
from generation.procedural.techno import TECHNO
from generation.procedural.trance import TRANCE

STYLES: Final[dict[str, tuple[Style, ...]]] = {
    "drum & bass": DRUM_AND_BASS,
    "trance": TRANCE,
    "house": HOUSE,
    "techno": TECHNO,
    "ambient": AMBIENT,
    "lo-fi": LO_FI,
    "synthwave": SYNTHWAVE,
    "downtempo": DOWNTEMPO,
}
"""Genre -> its styles."""
