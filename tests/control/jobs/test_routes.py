from uuid import UUID, uuid4

import pytest

from control.api.operation import operations
from control.jobs.routes import JobAddresses
from control.jobs.service import Jobs
from control.permissions import Role
from server.route import Route
from tests.control.admin.office import Office, open_office
from tests.control.jobs.works import WRITE, Note

pytestmark = pytest.mark.real
JOBS = "/api/v1/admin/jobs"


def addresses(office: Office) -> list[Route]:
    return operations(JobAddresses(Jobs(office.database, office.audit)))


async def queued(office: Office, words: str = "") -> UUID:
    return await Jobs(office.database).enqueue(WRITE, Note(words=words))


async def test_jobs_are_listed_in_pages_and_filtered() -> None:
    async with open_office([addresses]) as office:
        admin = await office.person(Role.ADMIN)
        ids = [str(await queued(office)) for _ in range(5)]
        first = await (await admin.ask("GET", f"{JOBS}?limit=3")).json()
        second = await (await admin.ask("GET", f"{JOBS}?limit=3&cursor={first['next_cursor']}")).json()
        assert [job["id"] for job in first["items"] + second["items"]] == ids[::-1]
        assert second["next_cursor"] is None
        assert (await (await admin.ask("GET", f"{JOBS}?state=dead")).json())["items"] == []
        assert len((await (await admin.ask("GET", f"{JOBS}?state=queued&kind=test.write")).json())["items"]) == 5
        for wrong in ("state=lost", "kind=a'b", "limit=0", "order=id"):
            assert (await admin.ask("GET", f"{JOBS}?{wrong}")).status == 422, wrong
        assert (await admin.ask("GET", f"{JOBS}?cursor=AAAA")).status == 404


async def test_a_job_is_shown_without_what_it_works_on() -> None:
    async with open_office([addresses]) as office:
        admin = await office.person(Role.ADMIN)
        job_id = await queued(office, "a secret letter")
        answer = await admin.ask("GET", f"{JOBS}/{job_id}")
        assert (await answer.json())["state"] == "queued"
        assert "secret" not in await answer.text()
        assert (await admin.ask("GET", f"{JOBS}/{uuid4()}")).status == 404
        assert (await admin.ask("GET", f"{JOBS}/none")).status in {404, 422}


async def test_cancelling_and_queueing_again_are_done_once_and_written_down() -> None:
    async with open_office([addresses]) as office:
        admin = await office.person(Role.ADMIN)
        job_id = await queued(office)
        assert (await (await admin.ask("POST", f"{JOBS}/{job_id}/cancel")).json())["state"] == "cancelled"
        assert (await admin.ask("POST", f"{JOBS}/{job_id}/cancel")).status == 409
        assert (await (await admin.ask("POST", f"{JOBS}/{job_id}/retry")).json())["state"] == "queued"
        assert (await admin.ask("POST", f"{JOBS}/{job_id}/retry")).status == 409
        assert (await admin.ask("POST", f"{JOBS}/{uuid4()}/retry")).status == 404
        entries = await office.entries("job")
        assert sorted(entry.event for entry in entries) == ["job.cancel", "job.retry"]
        assert {(entry.actor_id, entry.subject) for entry in entries} == {(admin.id, f"job {job_id}")}


async def test_statistics_count_by_state_queue_and_kind() -> None:
    async with open_office([addresses]) as office:
        admin = await office.person(Role.ADMIN)
        ids = [await queued(office) for _ in range(3)]
        await admin.ask("POST", f"{JOBS}/{ids[0]}/cancel")
        told = await (await admin.ask("GET", f"{JOBS}/statistics")).json()
        assert told["by_state"] == {"queued": 2, "running": 0, "done": 0, "failed": 0, "dead": 0, "cancelled": 1}
        assert told["by_queue"] == {"critical": 0, "high": 0, "default": 2, "low": 0, "batch": 0}
        assert {(kind["kind"], kind["state"], kind["count"]) for kind in told["kinds"]} == {
            ("test.write", "queued", 2),
            ("test.write", "cancelled", 1),
        }


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.DJ, Role.USER, Role.VIEWER, Role.API_CLIENT])
async def test_jobs_are_the_operators(role: Role) -> None:
    async with open_office([addresses]) as office:
        person = await office.person(role)
        job_id = await queued(office)
        asked = [("GET", JOBS), ("GET", f"{JOBS}/statistics"), ("GET", f"{JOBS}/{job_id}"), ("POST", f"{JOBS}/{job_id}/cancel")]
        assert {(await person.ask(method, path)).status for method, path in asked} == {403}
        assert (await Jobs(office.database).find(job_id)).state == "queued"
