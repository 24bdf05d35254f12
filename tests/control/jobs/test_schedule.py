import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from control.jobs.job import Queue
from control.jobs.kind import Duty, Kind, Result
from control.jobs.run import Run
from control.jobs.schedule import Schedule, Timetable
from control.jobs.service import Jobs
from tests.control.jobs.works import House, Note, opened, until, working

SWEEP = Kind("test.sweep", Note, queue=Queue.LOW)
HOURLY = Schedule("sweep hourly", "0 * * * *", SWEEP, Note(words="by the clock"))


@pytest.mark.parametrize(
    ("cron", "now", "following"),
    [
        ("0 * * * *", "2026-03-01T10:00:00", "2026-03-01T11:00:00"),
        ("0 * * * *", "2026-03-01T10:59:59.999", "2026-03-01T11:00:00"),
        ("*/15 * * * *", "2026-12-31T23:50:00", "2027-01-01T00:00:00"),
        ("30 2 29 2 *", "2026-03-01T00:00:00", "2028-02-29T02:30:00"),
        ("* * * * * */10", "2026-03-01T10:00:01", "2026-03-01T10:00:10"),
    ],
)
def test_the_next_time_is_the_first_after_now(cron: str, now: str, following: str) -> None:
    schedule = Schedule("s", cron, SWEEP, Note())
    assert schedule.next_after(datetime.fromisoformat(now).replace(tzinfo=UTC)) == datetime.fromisoformat(following).replace(tzinfo=UTC)


@pytest.mark.parametrize("cron", ["", "every hour", "61 * * * *", "* * * *"])
def test_what_is_no_cron_expression_is_refused(cron: str) -> None:
    with pytest.raises(ValueError, match="cron"):
        Schedule("s", cron, SWEEP, Note())


def test_two_schedules_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="same name"):
        Timetable(None, None, [HOURLY, HOURLY])  # type: ignore[arg-type]


async def make_due(house: House, hours: float = 0.5) -> None:
    await house.database.execute("update job_schedules set next_run_at = now() - $1::interval", timedelta(hours=hours))


async def count(house: House) -> int:
    found: int = await house.database.fetch_value("select count(*) from jobs where schedule = $1", HOURLY.name)
    return found


@pytest.mark.real
async def test_twenty_timetables_queue_what_is_due_once() -> None:
    async with opened() as house:
        timetables = [Timetable(house.database, Jobs(house.database), [HOURLY]) for _ in range(20)]
        waits = await asyncio.gather(*(timetable.keep() for timetable in timetables))
        assert await count(house) == 0
        assert all(wait is not None and 0 < wait <= 3600 for wait in waits)
        for turn in (1, 2, 3):
            await make_due(house)
            await asyncio.gather(*(timetable.keep() for timetable in timetables))
            assert await count(house) == turn


@pytest.mark.real
async def test_times_missed_while_nobody_lived_are_made_up_by_one_job() -> None:
    async with opened() as house:
        await Timetable(house.database, house.jobs, [HOURLY]).keep()
        await make_due(house, hours=100)
        wait = await Timetable(house.database, house.jobs, [HOURLY]).keep()
        assert await count(house) == 1
        assert wait is not None
        assert 0 < wait <= 3600


@pytest.mark.real
async def test_a_schedule_with_new_times_starts_anew() -> None:
    async with opened() as house:
        await Timetable(house.database, house.jobs, [Schedule(HOURLY.name, "0 0 1 1 *", SWEEP, Note())]).keep()
        wait = await Timetable(house.database, house.jobs, [HOURLY]).keep()
        assert wait is not None
        assert wait <= 3600
        assert await count(house) == 0


@pytest.mark.real
async def test_two_workers_do_each_second_once() -> None:
    async with opened() as house:
        seen: list[str] = []

        async def sweep(note: Note, _run: Run) -> Result:
            seen.append(note.words)
            return None

        every_second = Schedule("each second", "* * * * * *", SWEEP, Note(words="tick"))
        one, other = (Timetable(house.database, Jobs(house.database), [every_second]) for _ in range(2))
        duty = Duty(SWEEP, sweep)
        async with working(house.database, house.url, duty, timetable=one), working(house.database, house.url, duty, timetable=other):
            await until(lambda: _enough(seen))
        keys = await house.database.fetch("select dedupe_key, attempts from jobs where schedule = 'each second' and state = 'done'")
        assert len({row["dedupe_key"] for row in keys}) == len(keys) == len(seen)
        assert {row["attempts"] for row in keys} == {1}


async def _enough(seen: list[str]) -> bool:
    return len(seen) >= 3
