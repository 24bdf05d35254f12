"""Commissions as a composer gives them, and how their airings are received."""

from generation.bandit.reward import Reception
from generation.composer.composer import RULES, Commission
from generation.composer.idea import Idea
from generation.composer.variants import worded

LOVED = Reception(exposed=95, ups=80, downs=0, skips=0, listened_seconds=17_100.0, offered_seconds=17_100.0)
HATED = Reception(exposed=95, ups=0, downs=80, skips=90, listened_seconds=1_000.0, offered_seconds=17_100.0)
UNHEARD = Reception(0, 0, 0, 0, 0.0, 0.0)


def commission(variant: str = "deep", seed: int = 1, genre: str = "house", station: str = "main") -> Commission:
    bpm = {"house": 124.0, "techno": 132.0}[genre]
    idea = Idea(genre, ("warm",), bpm, "A minor", 180.0)
    return Commission(station, worded(idea, variant, seed), variant, idea, RULES)
