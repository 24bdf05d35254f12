"""A prepared segue: what is heard of the leaving and of the coming track while they pass one another, made before it is needed.

Both sounds have their fades, and whatever else was planned, in them; playout only puts them in the place of what they stand for. They
are as loud as their files: the decks match their level as always.
"""

from dataclasses import dataclass

from dsp.block import Samples
from server.segue_plan import SeguePlan


@dataclass(frozen=True, slots=True, eq=False)
class PreparedSegue:
    """From one deck to another. Frames of a deck count from where it began, its cue in."""

    plan: SeguePlan
    at_frames: int
    """Of the leaving deck: here the segue begins, and `tail` follows."""
    tail: Samples
    """The rest of the leaving track, float32 [2, n]; it ends in silence, or where the coming one follows without a gap."""
    head: Samples
    """What the coming deck begins with, float32 [2, m], m >= n; it ends at full level."""
    resume_frames: int
    """Of the coming deck: where it goes on behind `head`."""
