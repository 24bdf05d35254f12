"""What can be aired and what was decided about it: Track (a sounding thing), Entry (its place in the rundown), Airing (its turn).

Plain values, encoded as they are by msgspec: a Track is also the JSON of its sidecar in the catalogue.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from dsp.hearing import Hearing
from server.segue_plan import SeguePlan


class Source(StrEnum):
    """Where a track comes from."""

    LIBRARY = "library"
    STUDIO = "studio"
    LIVE = "live"
    """Somebody at a microphone or a mixer: sound without a file and without an end that is known."""
    BED = "bed"
    LOOP = "loop"


class Reason(StrEnum):
    """Why an entry is in the rundown, in the order in which the rundown asks."""

    QUEUE = "queue"
    LIBRARY = "library"
    STUDIO = "studio"
    LIVE = "live"
    """A DJ took over; nobody asks the rundown for it."""
    BED = "bed"
    LOOP = "loop"


@dataclass(frozen=True, slots=True)
class Track:
    """One sounding thing and all that was measured of it before it may air.

    Positions inside the track are frames at 48 kHz from the file's first sample. Loudness is integrated, EBU R 128.
    """

    id: str
    """16 hexadecimal digits of the content's SHA-256 (library) or of the brief (studio)."""
    title: str
    artist: str
    source: Source
    path: str
    """Absolute path of the file. Only an intake child opens it."""
    frames: int
    loudness_lufs: float
    true_peak_dbtp: float
    cue_in_frames: int
    """First frame to air: silence before it is trimmed."""
    start_next_frames: int
    """Where the next track may begin under this one."""
    cue_out_frames: int
    """First frame not to air: silence after it is trimmed."""
    album: str = ""
    genre: str = ""
    station: str = ""
    """The only station that may air it; empty: any."""
    made_at: float = 0.0
    """UNIX seconds at which the track was taken into the catalogue."""
    provenance: dict[str, str] = field(default_factory=dict)
    """How it came to be: backend, seed, licence (studio); container, codec, rate (library)."""
    hearing: Hearing | None = None
    """What the ears said of it; None until they have heard it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A track's place in the rundown."""

    id: str
    """Unique over the life of the station."""
    track: Track
    reason: Reason


@dataclass(frozen=True, slots=True)
class Airing:
    """An entry's turn on air, as positions of the station's clock at the mastered bus."""

    entry: Entry
    started_position: int
    """The first frame of it that is heard."""
    ends_position: int
    """The first frame after it, if nothing intervenes."""
    offset_frames: int = 0
    """How far into its cue range it began: not 0 after a restart in its middle.

    Below 0 where a segue slowed it down: the frames on air, counted from there, are those of the track once the segue is over.
    """
    segue: SeguePlan | None = None
    """By which planned segue it came on air."""
