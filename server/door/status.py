"""How well something is, in three steps."""

from enum import StrEnum


class Status(StrEnum):
    """Ordered from good to bad. Of a station: heard; heard, but not as it should be; not heard, or soon not."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"
