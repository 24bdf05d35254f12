"""What the critic lets pass: every limit a field, so that the operator can set it ([studio.critic])."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Beyond any of these a take is refused. They were set on takes of every style of the composer and on planted faults."""

    quietest_lufs: float = -30.0
    loudest_lufs: float = -6.0
    silent_share: float = 0.10
    """Of all 10 ms, below -60 LUFS."""
    longest_hole_seconds: float = 2.0
    """Of silence, away from the ends."""
    clipped_share: float = 1e-4
    offset: float = 0.01
    """Of the zero line."""
    least_correlation: float = -0.2
    """Of the channels: below it they cancel on one loudspeaker."""
    greatest_imbalance_db: float = 12.0
    """Between the channels."""
    greatest_flatness: float = 0.35
    """Of the spectrum: noise is above 0.5, music below 0.2."""
    greatest_self_similarity: float = 0.98
    """Of pieces of four seconds: a tone that stands still is 1."""
    least_pulse: float = 0.35
    """For genres that are danced to: how steadily onsets come again at the beat; noise is 0."""
    loudest_end_db: float = -18.0
    """The last 50 ms beside the whole: a take that is louder there was cut off."""
    length_share: float = 0.05
    length_seconds: float = 8.0
    """A take may miss the wished length by the greater of both."""
    greatest_likeness: float = 0.98
    """To any of the last takes of the station: above it, it is one of them again."""
    least_score: float = 20.0
    """Of 100."""
