"""What was learnt of the listeners, in PostgreSQL: which variant was sent out with which take, how its airings were received, and what
that makes of the arms. An airing counts once, however often it is told, and receptions that come at once are credited one after another."""

from collections.abc import Mapping

from control.composing import repository
from control.composing.ledger import Database
from control.errors import DatabaseAway
from generation.bandit.arm import MEMORY_VOTES, Arm, credit
from generation.bandit.reward import Reception, reward_of
from generation.composer.composer import Commission, MemoryAway
from generation.composer.surroundings import Votes

VOTES_DAYS = 7.0
"""How far back votes speak for a genre."""


class PostgresMemory:
    """A Memory (generation/composer/composer.py)."""

    def __init__(self, database: Database, memory_votes: float | None = MEMORY_VOTES) -> None:
        self._database = database
        self._memory_votes = memory_votes

    async def arms(self, station: str, genre: str) -> Mapping[str, Arm]:
        """Variant -> its evidence. Raises MemoryAway while the database is."""
        try:
            return await repository.arms_of_genre(self._database, station, genre)
        except DatabaseAway:
            raise MemoryAway("the database is away") from None

    async def votes(self, station: str) -> dict[str, Votes]:
        """Genre -> votes of the last VOTES_DAYS. Raises DatabaseAway, as all below."""
        found = await repository.votes_of_station(self._database, station, VOTES_DAYS)
        return {genre: Votes(ups, downs) for genre, (ups, downs) in found.items()}

    async def note(self, commission: Commission) -> None:
        """Remembers which variant a brief was worded in; to be done before its take can air."""
        await repository.note(self._database, commission)

    async def credit(self, station: str, entry_id: str, brief_id: str, reception: Reception) -> bool:
        """Counts how an airing of a take was received. False if it was counted before, or the take was not commissioned here."""
        reward = reward_of(reception)
        async with self._database.transaction() as connection:
            commissioned = await repository.genre_and_variant(connection, station, brief_id)
            if commissioned is None:
                return False
            genre, variant = commissioned
            arms = await repository.hold_arms(connection, station, genre)
            if not await repository.add_reception(connection, station, entry_id, brief_id, reception, reward):
                return False
            if reward.weight > 0:
                changed = credit(arms, variant, reward.value, reward.weight, self._memory_votes)
                await repository.keep_arms(connection, station, genre, changed, variant)
            return True
