"""Trends from inside the house: what listeners of all its stations have liked within a week, by reward. A station's own part in it is as
large as its audience's; one that stands alone follows itself a little, which its votes would make it do as well."""

from collections.abc import Mapping

from control.composing import repository
from control.composing.repository import Reader
from control.errors import DatabaseAway
from generation.composer.trends import TrendsAway

_DAYS = 7.0


class HouseTrends:
    """A source for generation/composer/trends.py."""

    def __init__(self, database: Reader) -> None:
        self._database = database

    async def __call__(self) -> Mapping[str, float]:
        """Genre -> how much it was liked. Raises TrendsAway while the database is."""
        try:
            return await repository.liked_in_the_house(self._database, _DAYS)
        except DatabaseAway:
            raise TrendsAway("the database is away") from None
