"""Pages that are remembered: made once, old after a change, and shown on while the database is away."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import pytest

from control.errors import DatabaseAway
from control.kv.memory import MemoryKv
from control.library.changes import TracksQuery
from control.library.library import Library
from control.library.shown import Shown
from control.library.stored_track import StoredTrack
from control.library.wanted import After, Sort, Wanted
from control.principal import Principal


@dataclass
class Shelves:
    """A library that counts how often it is asked, and may be away."""

    asked: int = 0
    away: bool = False
    askers: list[Principal] = field(default_factory=list)

    async def page(
        self,
        wanted: Wanted,  # noqa: ARG002
        sort: Sort,  # noqa: ARG002
        limit: int,  # noqa: ARG002
        after: After | None,  # noqa: ARG002
        asker: Principal,
        *,
        rising: bool = False,  # noqa: ARG002
    ) -> Sequence[StoredTrack]:
        self.asked += 1
        self.askers.append(asker)
        if self.away:
            raise DatabaseAway
        return []


def shown(shelves: Shelves, kv: MemoryKv) -> Shown:
    return Shown(cast("Library", shelves), kv)


async def test_a_page_is_made_once_until_something_changes() -> None:
    shelves, kv = Shelves(), MemoryKv()
    pages = shown(shelves, kv)
    first = await pages.page(TracksQuery())
    assert await pages.page(TracksQuery()) == first
    assert shelves.asked == 1
    await pages.page(TracksQuery(genre="house"))
    assert shelves.asked == 2
    await pages.changed()
    await pages.page(TracksQuery())
    assert shelves.asked == 3
    assert kv.statistics.families["catalogue"].hits == 1


async def test_what_is_remembered_is_made_for_nobody_in_particular() -> None:
    shelves = Shelves()
    await shown(shelves, MemoryKv()).page(TracksQuery())
    assert all(not asker.permissions for asker in shelves.askers)


async def test_a_page_that_was_shown_is_shown_on_while_the_database_is_away() -> None:
    shelves, kv = Shelves(), MemoryKv()
    pages = shown(shelves, kv)
    first = await pages.page(TracksQuery())
    shelves.away = True
    await pages.changed()
    assert await pages.page(TracksQuery()) == first
    with pytest.raises(DatabaseAway):
        await pages.page(TracksQuery(genre="trance"))
