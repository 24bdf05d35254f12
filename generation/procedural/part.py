"""The parts of an arrangement: each is written by one writer, from a generator of its own, and sounds on one bus."""

from enum import StrEnum


class Part(StrEnum):
    """In the order in which they are mixed."""

    KICK = "kick"
    BACKBEAT = "backbeat"
    """Snare and clap."""
    HATS = "hats"
    PERCUSSION = "percussion"
    BASS = "bass"
    PAD = "pad"
    STAB = "stab"
    ARP = "arp"
    LEAD = "lead"
    TEXTURE = "texture"
    """Air under all: wind, vinyl, a far drone."""
    TRANSITIONS = "transitions"
    """Risers, impacts, crashes."""


DRUMS = (Part.KICK, Part.BACKBEAT, Part.HATS, Part.PERCUSSION)
