"""Who has come and who has gone, written down."""

import asyncio
from uuid import UUID

import pytest

from control.live.attendance import Attendance
from control.permissions import Role
from control.principal import Means
from tests.control.live.studio import Studio
from tests.control.stations.obedient import Ledger, person
from tests.server.until import until

DJ = person(Role.DJ)


async def test_each_coming_and_going_stands_there_once_with_how_it_was_proven() -> None:
    studio, ledger = Studio(), Ledger()
    attendance = Attendance(studio.entrances, ledger, studio.clock.wall)
    attendance.let_in(DJ, "192.0.2.9")
    await attendance.look()
    assert ledger.entries == [], "who was let in has not come yet"
    line = studio.come("aa", str(DJ.account_id))
    await attendance.look()
    await attendance.look()
    studio.clock.sleep_until(studio.clock.monotonic() + 90)
    line.close()
    await attendance.look()
    await attendance.look()
    assert [(event, actor, subject) for event, actor, subject, _ in ledger.entries] == [
        ("live.connect", DJ, "aa"),
        ("live.disconnect", DJ, "aa"),
    ]
    assert ledger.entries[0][3] == {"station": "main", "dj": "Ada", "way": "whip", "mode": "takeover", "priority": 50}
    assert ledger.entries[1][3] == {"station": "main", "dj": "Ada", "way": "whip", "seconds": 90.0}


async def test_who_is_let_go_at_the_end_of_the_front_is_written_down_too() -> None:
    studio, ledger = Studio(), Ledger()
    attendance = Attendance(studio.entrances, ledger, studio.clock.wall)
    line = studio.come("aa")
    running = asyncio.create_task(attendance.run())
    await until(lambda: len(ledger.entries) == 1)
    line.close()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert [event for event, *_ in ledger.entries] == ["live.connect", "live.disconnect"]


async def test_who_came_by_an_unknown_proof_is_known_by_his_account() -> None:
    studio, ledger = Studio(), Ledger()
    attendance = Attendance(studio.entrances, ledger, studio.clock.wall)
    account = "00000000-0000-0000-0000-000000000007"
    studio.come("aa", account)
    studio.come("bb", station="night")
    await attendance.look()
    (_, actor, _, detail), (_, nobody, _, _) = ledger.entries
    assert actor is not None
    assert (actor.account_id, actor.means, detail["station"]) == (UUID(account), Means.NOTHING, "main")
    assert nobody is None
