"""Whose wishes come first, and how many an account may have in a day. One table; the numbers of subscriptions stand in control/tiers.py."""

from enum import StrEnum
from typing import Final

from control.jobs.job import Queue
from control.permissions import Permission
from control.principal import Principal
from control.tiers import Tier

DJS_TAKES_A_DAY: Final = 100
"""Who fills the programme does so whatever he subscribes to."""


class Rank(StrEnum):
    """From least to most."""

    LISTENER = "listener"
    DJ = "dj"
    OPERATOR = "operator"


def rank_of(asker: Principal) -> Rank:
    """By what he may do: an API key that may less ranks lower."""
    if asker.may(Permission.STATION_STUDIO_MANAGE):
        return Rank.OPERATOR
    return Rank.DJ if asker.may(Permission.STATION_QUEUE_WRITE) else Rank.LISTENER


def queue_of(asker: Principal) -> Queue:
    """How soon his bookings are done. Listeners who pay come before those who do not, and both after those who make the programme."""
    match rank_of(asker):
        case Rank.OPERATOR:
            return Queue.HIGH
        case Rank.DJ:
            return Queue.DEFAULT
        case Rank.LISTENER:
            return Queue.BATCH if asker.tier is Tier.FREE else Queue.LOW


def takes_a_day(asker: Principal) -> int | None:
    """How many takes he may book between two midnights (UTC); None: any number."""
    included = asker.entitlements.generations_a_day
    match rank_of(asker):
        case Rank.OPERATOR:
            return None
        case Rank.DJ:
            return None if included is None else max(included, DJS_TAKES_A_DAY)
        case Rank.LISTENER:
            return included


def may_batch(asker: Principal) -> bool:
    """Whether he may book several takes by one request."""
    return asker.entitlements.batch or rank_of(asker) is not Rank.LISTENER
