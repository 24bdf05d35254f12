"""What an airing tells of its brief: a reward, and how much it weighs.

Normalised by exposure: a reward is a share of those who heard it, so a track that aired to thousands at eight in the evening is worth no
more than one that aired to thirty at four in the morning, and a crowd of votes from people who did not hear it counts as the few who did.
"""

from dataclasses import dataclass
from math import isfinite
from typing import Final

_VOTE_PRIOR: Final = 1.0
_VOTES_SHARE: Final = 2.0
"""Votes are worth as much as staying and not skipping together: those who vote mean it."""
_VOTERS_SHARE: Final = 0.1
"""If so many of those who heard it have voted; the fewer they are, the less. Where nobody can vote, the others say it all."""
_EXPOSED_HALF: Final = 5.0
"""An airing to so many weighs half a vote; to endlessly many, one."""


@dataclass(frozen=True, slots=True)
class Reception:
    """How one airing was received. Raises ValueError for what cannot be counted."""

    exposed: int
    """Listeners who heard it begin, or came in while it aired."""
    ups: int
    downs: int
    skips: int
    """Listeners who asked for the next one, or switched off within its first half."""
    listened_seconds: float
    """The sum over all exposed."""
    offered_seconds: float
    """What that sum would be, had everybody stayed to the end."""

    def __post_init__(self) -> None:
        numbers = (self.exposed, self.ups, self.downs, self.skips, self.listened_seconds, self.offered_seconds)
        if not all(isfinite(number) and number >= 0 for number in numbers):
            raise ValueError("a reception counts from 0")


@dataclass(frozen=True, slots=True)
class Reward:
    """0 (nobody liked it) to 1, and how many votes of the bandit it is worth, 0 to 1."""

    value: float
    weight: float


def reward_of(reception: Reception) -> Reward:
    """The mean of three shares: ups among the votes (shrunk to a half while they are few), those who did not skip, and time listened."""
    exposed = reception.exposed
    if exposed == 0:
        return Reward(0.5, 0.0)
    votes = reception.ups + reception.downs
    heard = min(1.0, exposed / votes) if votes else 1.0
    ups, votes_heard = heard * reception.ups, heard * votes
    liking = (ups + _VOTE_PRIOR) / (votes_heard + 2.0 * _VOTE_PRIOR)
    patience = 1.0 - min(1.0, reception.skips / exposed)
    staying = min(1.0, reception.listened_seconds / reception.offered_seconds) if reception.offered_seconds > 0 else patience
    votes_share = _VOTES_SHARE * min(1.0, votes_heard / exposed / _VOTERS_SHARE)
    return Reward((votes_share * liking + patience + staying) / (votes_share + 2.0), exposed / (exposed + _EXPOSED_HALF))
