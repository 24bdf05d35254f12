"""What each subscription includes. One table; None means no bound."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Tier(StrEnum):
    """From least to most."""

    FREE = "free"
    PRO = "pro"
    PREMIUM = "premium"
    ENTERPRISE = "enterprise"


@dataclass(frozen=True, slots=True)
class Entitlements:
    """What a subscription entitles to."""

    generations_a_day: int | None
    uploads_a_day: int | None
    storage_bytes: int | None
    hd_audio: bool
    downloads: bool
    exclusive_genres: bool
    batch: bool
    api: bool
    branding: bool


ENTITLEMENTS: Final[dict[Tier, Entitlements]] = {
    Tier.FREE: Entitlements(3, 10, 100_000_000, False, False, False, False, False, False),
    Tier.PRO: Entitlements(20, 100, 5_000_000_000, True, True, False, False, True, False),
    Tier.PREMIUM: Entitlements(100, 1_000, 50_000_000_000, True, True, True, True, True, False),
    Tier.ENTERPRISE: Entitlements(None, None, None, True, True, True, True, True, True),
}
"""Tier -> what it includes."""
