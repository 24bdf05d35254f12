"""The pipeline over HTTP, over a real PostgreSQL: who may book what, in which turn, once."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from control.database.database import open_database
from control.database.link import DatabaseLink
from control.database.server import Connection
from control.errors import NotEntitled
from control.jobs.job import State
from control.jobs.service import Jobs
from control.permissions import Role
from control.principal import Principal
from tests.control.jobs.works import ended, reaches, working
from tests.control.pipeline.house import BATCH, JOBS, RUN, House, Workshop, house, served
from tests.control.pipeline.test_duty import duties
from tests.control.stations.obedient import person

pytestmark = pytest.mark.real
WISH = {"genre": "house", "mood": "warm", "bpm": 124, "key": "A minor", "seconds": 180}
BENCHMARK, STUDIO = "/api/v1/pipeline/benchmark", "/api/v1/pipeline/studio"


async def count(one: House) -> int:
    """Jobs of all kinds, and as many bookings."""
    jobs = await one.database.fetch_value("SELECT count(*) FROM jobs")
    assert await one.database.fetch_value("SELECT count(*) FROM studio_bookings") == jobs
    return int(jobs)


async def test_a_wish_in_fields_is_booked_and_its_brief_holds_everything() -> None:
    async with house() as one:
        told = await one.booked("dj", {**WISH, "sections": [{"name": "intro", "bars": 8}, {"name": "drop"}]})
        assert (told["booked"], told["station"], told["state"], told["ahead"], told["mine"], told["air"]) == (
            "take",
            "main",
            "queued",
            0,
            True,
            False,
        )
        brief = told["brief"]
        assert (brief["genre"], brief["mood"], brief["bpm"], brief["key"], brief["seconds"]) == ("house", "warm", 124.0, "A minor", 180.0)
        assert brief["sections"] == [{"name": "intro", "bars": 8}, {"name": "drop", "bars": 0}]
        assert 0 <= brief["seed"] < 2**48
        assert await one.told(told["id"], "dj") == told


async def test_a_wish_in_words_for_another_station() -> None:
    async with house() as one:
        status, told = await one.ask("POST", f"{RUN}?station=night", "user", {"words": "two minutes of dark techno, 132 bpm, f# minor"})
        assert status == 202
        brief = told["brief"]
        assert (told["station"], brief["genre"], brief["bpm"], brief["key"], brief["seconds"]) == (
            "night",
            "techno",
            132.0,
            "F# minor",
            120.0,
        )
        assert (await one.booked("user", {"mood": "calm"}, f"{RUN}?station=night"))["brief"]["genre"] == "ambient", "the station's own"
        assert (await one.ask("POST", f"{RUN}?station=nowhere", "user", WISH))[0] == 404


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "body"),
        ({"genre": "polka"}, "body.genre"),
        ({"genre": "house", "bpm": 180}, "body.bpm"),
        ({"genre": "house", "seconds": 5}, "body.seconds"),
        ({"words": "x" * 1_001}, "body.words"),
        ({"genre": "house", "loud": True}, "body.loud"),
    ],
)
async def test_what_cannot_be_made_is_refused_with_its_place(body: dict[str, object], pointer: str) -> None:
    async with house() as one:
        status, problem = await one.ask("POST", RUN, "user", body)
        assert status == 422
        assert [error["pointer"] for error in problem["errors"]] == [pointer]
        assert await count(one) == 0


async def test_a_double_click_makes_one_and_a_later_wish_another() -> None:
    async with house() as one:
        answers = await asyncio.gather(*(one.ask("POST", RUN, "user", WISH) for _ in range(4)))
        assert {status for status, _ in answers} == {202}
        assert len({told["id"] for _, told in answers}) == 1
        assert await count(one) == 1
        assert (await one.ask("GET", "/api/v1/can-generate", "user"))[1]["left"] == 2, "it counts once"
        others = await one.booked("dj", WISH)
        assert others["id"] != answers[0][1]["id"], "another account's is another"
        [first] = {told["id"] for _, told in answers}
        async with working(one.database, one.url, *duties(Workshop())):
            await ended(one.jobs, UUID(first))
        again = await one.booked("user", WISH)
        assert again["id"] != first
        assert again["brief"]["seed"] != answers[0][1]["brief"]["seed"], "a new wish is a new track"


async def test_a_booking_that_killed_its_workers_stands_in_nobodys_way() -> None:
    async with house() as one:
        first = await one.booked("user", WISH)
        sql = "UPDATE jobs SET state = 'dead', attempts = 3, queue_id = NULL, finished_at = now() WHERE id = $1"
        await one.database.execute(sql, UUID(first["id"]))
        assert (await one.booked("user", WISH))["id"] != first["id"]


async def test_an_idempotency_key_holds_beyond_the_end_of_the_job() -> None:
    async with house() as one:
        first = await one.ask("POST", RUN, "user", WISH, Idempotency_Key="k-1")
        async with working(one.database, one.url, *duties(Workshop())):
            await ended(one.jobs, UUID(first[1]["id"]))
        assert (await one.ask("POST", RUN, "user", WISH, Idempotency_Key="k-1"))[1] == first[1]
        assert (await one.ask("POST", RUN, "user", {**WISH, "bpm": 125}, Idempotency_Key="k-1"))[0] == 422
        assert await count(one) == 1


async def test_the_days_takes_are_counted_by_plan_and_what_failed_does_not_count() -> None:
    async with house() as one:
        ids = [(await one.booked("user", {**WISH, "bpm": bpm}))["id"] for bpm in (121, 122, 123)]
        status, problem = await one.ask("POST", RUN, "user", WISH)
        assert (status, problem["type"]) == (429, "/docs#problem-too-many")
        assert problem["detail"] == (
            "The plan free includes 3 takes a day, of which 0 are left: this one does not fit. "
            "Wait until midnight (UTC), or take a larger plan."
        )
        assert (await one.ask("POST", RUN, "user", {**WISH, "bpm": 121}))[0] == 202, "one that is booked already costs no other"
        allowance = (await one.ask("GET", "/api/v1/can-generate", "user"))[1]
        assert (allowance["can_generate"], allowance["left"], allowance["booked"], allowance["takes_a_day"]) == (False, 0, 3, 3)
        assert "3 takes a day" in allowance["why_not"]
        assert (await one.ask("POST", f"{JOBS}/{ids[0]}/cancel", "user"))[1]["state"] == "cancelled"
        await one.database.execute("UPDATE jobs SET state = 'dead', queue_id = NULL, finished_at = now() WHERE id = $1", UUID(ids[1]))
        assert (await one.ask("GET", "/api/v1/can-generate", "user"))[1]["left"] == 2
        await one.database.execute("UPDATE studio_bookings SET booked_at = now() - interval '1 day' WHERE job_id = $1", UUID(ids[2]))
        assert (await one.ask("GET", "/api/v1/can-generate", "user"))[1]["left"] == 3, "yesterday's count no more"
        assert (await one.ask("POST", RUN, "user/pro", WISH))[0] == 202
        assert (await one.ask("GET", "/api/v1/can-generate", "user/enterprise"))[1]["left"] is None


async def test_quotas_hold_though_many_ask_at_once() -> None:
    async with house() as one:
        wishes = [{**WISH, "bpm": 110 + number} for number in range(8)]
        answers = await asyncio.gather(*(one.ask("POST", RUN, "user", wish) for wish in wishes))
        assert sorted(status for status, _ in answers) == [202] * 3 + [429] * 5
        assert await count(one) == 3


async def test_those_who_make_the_programme_come_first_and_those_who_pay_before_those_who_do_not() -> None:
    async with house() as one:
        ids = {who: (await one.booked(who, WISH))["id"] for who in ("user", "viewer/pro", "dj", "moderator") if who != "viewer/pro"}
        ids["user/pro"] = (await one.booked("user/pro", {**WISH, "bpm": 120}))["id"]
        ahead = {who: (await one.told(booked))["ahead"] for who, booked in ids.items()}
        assert ahead == {"moderator": 0, "dj": 1, "user/pro": 2, "user": 3}
        assert {who: (await one.told(booked))["queue"] for who, booked in ids.items()} == {
            "user": "batch",
            "user/pro": "low",
            "dj": "default",
            "moderator": "high",
        }
        workshop = Workshop()
        async with working(one.database, one.url, *duties(workshop)):
            for booked in ids.values():
                await ended(one.jobs, UUID(booked))
        assert len({take.id for take in workshop.kept["main"]}) == 4


async def test_a_batch_is_booked_whole_or_not_at_all() -> None:
    async with house() as one:
        briefs: list[dict[str, Any]] = [{"genre": "house"}, {"genre": "house"}, {"words": "lofi"}]
        status, problem = await one.ask("POST", BATCH, "user", {"briefs": briefs})
        assert (status, problem["type"]) == (402, "/docs#problem-not-entitled")
        assert "one take at a time" in problem["detail"]
        status, problem = await one.ask("POST", BATCH, "dj", {"briefs": [*briefs, {"genre": "house", "bpm": 180}]})
        assert (status, problem["errors"][0]["pointer"]) == (422, "body.briefs.3.bpm")
        assert await count(one) == 0
        told = await one.booked("dj", {"briefs": briefs}, BATCH)
        assert [item["brief"]["genre"] for item in told["items"]] == ["house", "house", "lo-fi"]
        assert len({item["id"] for item in told["items"]}) == 3, "the same wish twice in one request is meant twice"
        assert [item["id"] for item in (await one.booked("dj", {"briefs": briefs}, BATCH))["items"]] == [
            item["id"] for item in told["items"]
        ]
        assert await count(one) == 3
        for turn in range(5):
            wishes = [{"genre": "house", "bpm": 106 + number, "seconds": 60 + turn} for number in range(20)]
            status, _problem = await one.ask("POST", BATCH, "user/premium", {"briefs": wishes})
        assert status == 202
        before = await count(one)
        assert (await one.ask("POST", BATCH, "user/premium", {"briefs": [{"genre": "techno"}, {"genre": "trance"}]}))[0] == 429
        assert await count(one) == before, "the hundred of the day are used up, so neither is booked"


async def test_credits_are_asked_before_anything_is_queued() -> None:
    class Poor:
        """Has credits for one take."""

        def __init__(self) -> None:
            self.credits = 5

        async def left(self, asker: Principal) -> int | None:  # noqa: ARG002
            return self.credits

        async def pay(self, connection: Connection, asker: Principal, takes: int) -> int:  # noqa: ARG002
            if self.credits < 5 * takes:
                raise NotEntitled("A take costs 5 credits. Buy some at /plans.")
            self.credits -= 5 * takes
            return 5 * takes

    async with house(Poor()) as one:
        assert (await one.booked("user", WISH))["state"] == "queued"
        assert await one.database.fetch_value("SELECT credits FROM studio_bookings") == 5
        status, problem = await one.ask("POST", RUN, "user", {**WISH, "bpm": 120})
        assert (status, problem["detail"]) == (402, "A take costs 5 credits. Buy some at /plans.")
        assert await count(one) == 1
        allowance = (await one.ask("GET", "/api/v1/can-generate", "user"))[1]
        assert (allowance["can_generate"], allowance["why_not"], allowance["credits"]) == (False, "No credits are left.", 0)


async def test_queueing_when_done_takes_the_right_to_queue() -> None:
    async with house() as one:
        status, problem = await one.ask("POST", RUN, "user", {**WISH, "air": True})
        assert (status, "station:queue:write" in problem["detail"]) == (403, True)
        told = await one.booked("dj", {**WISH, "air": True})
        workshop = Workshop()
        async with working(one.database, one.url, *duties(workshop)):
            await ended(one.jobs, UUID(told["id"]))
        done = await one.told(told["id"], "dj")
        assert (done["air"], done["take"]["entry_id"], done["take"]["not_queued"]) == (True, "q-1", None)
        assert (done["take"]["licence"], done["take"]["scores"]["score"]) == ("MIT", 81.5)
        assert list(workshop.queued.values()) == [("main", done["take"]["track_id"])]


async def test_a_listener_sees_and_cancels_his_own_those_who_run_it_see_all() -> None:
    async with house() as one:
        mine, other = (await one.booked("user", WISH))["id"], (await one.booked("dj", WISH))["id"]
        pages = {who: (await one.ask("GET", JOBS, who))[1]["items"] for who in ("user", "dj", "moderator")}
        assert {who: [item["id"] for item in items] for who, items in pages.items()} == {
            "user": [mine],
            "dj": [other, mine],
            "moderator": [other, mine],
        }
        assert [item["mine"] for item in pages["dj"]] == [True, False]
        assert [item["id"] for item in (await one.ask("GET", f"{JOBS}?mine=true", "dj"))[1]["items"]] == [other]
        assert (await one.ask("GET", f"{JOBS}/{other}", "user"))[0] == 404
        assert (await one.ask("POST", f"{JOBS}/{other}/cancel", "user"))[0] == 404
        status, problem = await one.ask("POST", f"{JOBS}/{mine}/cancel", "dj")
        assert (status, "station:studio:manage" in problem["detail"]) == (403, True)
        assert (await one.ask("POST", f"{JOBS}/{mine}/cancel", "user"))[1]["state"] == "cancelled"
        assert (await one.ask("POST", f"{JOBS}/{mine}/cancel", "user"))[0] == 409
        assert (await one.ask("POST", f"{JOBS}/{other}/cancel", "admin"))[1]["state"] == "cancelled"
        assert [item["state"] for item in (await one.ask("GET", f"{JOBS}?state=queued", "admin"))[1]["items"]] == []


async def test_the_list_turns_pages() -> None:
    async with house() as one:
        ids = [(await one.booked("dj", {**WISH, "bpm": 110 + number}))["id"] for number in range(5)]
        found, address = [], f"{JOBS}?limit=2"
        for _ in range(3):
            page = (await one.ask("GET", address, "dj"))[1]
            found += [item["id"] for item in page["items"]]
            address = f"{JOBS}?limit=2&cursor={page['next_cursor']}"
        assert (found, page["next_cursor"]) == (ids[::-1], None)
        assert (await one.ask("GET", f"{JOBS}?cursor=nonsense", "dj"))[0] == 404
        assert (await one.ask("GET", f"{JOBS}?station=night", "dj"))[1]["items"] == []


async def test_one_that_is_being_made_is_stopped() -> None:
    async with house() as one:
        told, workshop = await one.booked("user", WISH), Workshop()
        workshop.hold.clear()
        async with working(one.database, one.url, *duties(workshop)):
            assert await asyncio.to_thread(workshop.begun.wait, 30)
            await reaches(one.jobs, UUID(told["id"]), State.RUNNING)
            status, asked = await one.ask("POST", f"{JOBS}/{told['id']}/cancel", "user")
            assert (status, asked["cancel_asked"]) == (200, True)
            await ended(one.jobs, UUID(told["id"]))
        assert (await one.told(told["id"]))["state"] == "cancelled"
        assert (workshop.called_off, workshop.kept) == (1, {})


async def test_the_backends_are_measured_once_for_all_who_ask() -> None:
    async with house() as one:
        assert (await one.ask("POST", BENCHMARK, "dj", {}))[0] == 403
        told = await one.booked("moderator", {"seconds": 30}, BENCHMARK)
        assert (told["booked"], told["brief"], told["take"], told["queue"]) == ("benchmark", None, None, "high")
        assert (await one.booked("admin", {}, BENCHMARK))["id"] == told["id"]
        async with working(one.database, one.url, *duties(Workshop())):
            await ended(one.jobs, UUID(told["id"]))
        assert (await one.told(told["id"]))["benchmark"] == []
        assert (await one.ask("GET", "/api/v1/can-generate", "moderator"))[1]["booked"] == 0


async def test_while_the_database_is_away_nothing_is_promised() -> None:
    database = await open_database(DatabaseLink("postgresql://nobody@127.0.0.1:1/nothing"))
    try:
        async with served(database, Jobs(database)) as client:
            for method, path in (("POST", RUN), ("GET", JOBS), ("GET", "/api/v1/can-generate"), ("GET", STUDIO)):
                sent = WISH if method == "POST" else None
                answer = await client.request(method, path, json=sent, headers={"Authorization": "Bearer dj"})
                assert (answer.status, (await answer.json())["type"]) == (503, "/docs#problem-database-away")
                assert int(answer.headers["Retry-After"]) >= 1
    finally:
        await database.close()


async def test_who_may_do_nothing_here() -> None:
    async with house() as one:
        for role in (Role.VIEWER, Role.API_CLIENT):
            assert (await one.ask("POST", RUN, role.value, WISH))[0] == 403
            assert (await one.ask("GET", JOBS, role.value))[0] == 403
        assert (await one.client.post(RUN, json=WISH)).status == 401
        assert person(Role.USER).account_id is not None
