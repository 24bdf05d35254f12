"""What the programme makes at each tick (a Moment), and who takes it (a Sink).

The air is the only way down: programme -> Moment -> sinks (encoders, the wire, a simulation's judge). A sink must not block and must
not raise; it copies what it keeps past the call or treats the block as read-only, since every sink gets the same array.
"""

from dataclasses import dataclass
from typing import Protocol

from dsp.block import Samples
from server.segue_plan import SeguePlan
from server.track import Airing, Entry


@dataclass(frozen=True, slots=True)
class Levels:
    """What the meters read on the mastered bus. LUFS and dBTP; -70 stands for silence."""

    momentary_lufs: float
    short_term_lufs: float
    integrated_lufs: float
    true_peak_dbtp: float
    """Highest of the last second."""
    gain_reduction_db: float
    """Of the limiter, >= 0."""
    range_lu: float = 0.0
    """Loudness range since the start."""
    band_reductions_db: tuple[float, ...] = ()
    """Of the four compressors, from the lowest band to the highest, each >= 0."""
    servo_gain_db: float = 0.0
    """What the loudness servo adds or takes."""
    preset: str = ""
    """Which preset of the mastering is set."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How well the station stands on air: what its health is judged by. All counters run since the engine's start."""

    fallback_level: int
    """0 programme, 1 bed (or Stop), 2 emergency loop."""
    dead_air_seconds: float
    """How long the last bus has been below -60 dBFS, now."""
    dead_air_seconds_total: float
    fallbacks_total: dict[str, int]
    """Steps down the chain, counted by what was stepped to: next, bed, loop."""
    late_ticks_total: int
    skipped_frames_total: int
    """Frames never aired because the engine was held up for more than a second."""
    buffer_seconds: float
    """Sound that is decoded, cued and waiting behind what airs now."""


@dataclass(frozen=True, slots=True)
class Moment:
    """20 ms of the mastered programme and all that is known of it."""

    position: int
    """Of the block's first frame; a multiple of 960."""
    sitting: int
    """Counts the station's cold starts: positions of different sittings may have a hole between them."""
    block: Samples
    """float32 [2, 960], mastered, true peak <= the ceiling. Read-only for sinks."""
    spectrum: tuple[bytes, ...]
    """Spectrum frames that end within this block (dsp/spectrum.py); mostly none or one."""
    levels: Levels
    airing: Airing
    upcoming: tuple[Entry, ...]
    """The next entries as far as they are decided, the first one being cued."""
    standing: Standing
    unmastered: Samples | None = None
    """float32 [2, 960]: what went into mastering at this tick, which comes out of it `latency` frames later; None where nothing did."""
    segue: SeguePlan | None = None
    """By which what airs will give way to the first of `upcoming`, if nothing intervenes."""


class Sink(Protocol):
    """Takes moments in order."""

    def take(self, moment: Moment) -> None:
        """Called by the ticking thread."""
