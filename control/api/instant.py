"""A point in time as a caller may send it: with its zone, and within what PostgreSQL and Python can both turn to UTC.

`9999-12-31T23:59:59-12:00` is a valid date-time and lies beyond the last one that Python can compute with. Such ends of the world are
taken for the nearest time that can be kept; no list and no expiry is any different for it.
"""

from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime

EARLIEST: Final = datetime(1, 1, 2, tzinfo=UTC)
LATEST: Final = datetime(9999, 12, 30, tzinfo=UTC)


def _kept(moment: datetime) -> datetime:
    """Compared without turning it to UTC, which is what would fail."""
    if moment.year == 1:
        return max(EARLIEST, moment) if moment.replace(tzinfo=None).timetuple().tm_yday > 2 else EARLIEST
    if moment.year == 9999:
        return min(LATEST, moment) if (moment.month, moment.day) < (12, 30) else LATEST
    return moment


Instant = Annotated[AwareDatetime, AfterValidator(_kept)]
