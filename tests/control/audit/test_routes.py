import csv
import io
import json
from uuid import uuid4

import pytest

from control.api.operation import operations
from control.audit.routes import AuditAddresses
from control.permissions import Role
from server.route import Route
from tests.control.admin.office import Office, open_office

pytestmark = pytest.mark.real
LOGS = "/api/v1/admin/audit-logs"


def addresses(office: Office) -> list[Route]:
    return operations(AuditAddresses(office.audit))


async def test_who_may_not_read_it_does_not() -> None:
    async with open_office([addresses]) as office:
        assert (await office.client.get(LOGS)).status == 401
        assert (await (await office.person(Role.DJ)).ask("GET", LOGS)).status == 403
        assert (await (await office.person(Role.MODERATOR)).ask("GET", LOGS)).status == 200
        assert (await (await office.person(Role.ADMIN)).ask("GET", f"{LOGS}/export")).status == 403


async def test_search_by_pages_leads_through_everything() -> None:
    async with open_office([addresses]) as office:
        admin = await office.person(Role.ADMIN)
        for number in range(5):
            office.watch.now += 1
            await office.audit.record("test.happen", actor=admin.principal, subject=str(number), client="192.0.2.1")
        seen, path = [], f"{LOGS}?limit=2&event=test"
        while path:
            answer = await admin.ask("GET", path)
            page = await answer.json()
            seen += [entry["subject"] for entry in page["items"]]
            path = f"{LOGS}?limit=2&event=test&cursor={page['next_cursor']}" if page["next_cursor"] else ""
            assert ("Link" in answer.headers) == bool(path)
        assert seen == ["4", "3", "2", "1", "0"]


async def test_each_filter_narrows() -> None:
    async with open_office([addresses]) as office:
        admin = await office.person(Role.ADMIN)
        await office.audit.record("account.suspend", actor=admin.principal, subject="zoe", detail={"why": "spam"}, client="192.0.2.1")
        await office.audit.record("login.refuse", actor=None, subject="adam", client="192.0.2.2")

        async def found(query: str) -> list[str]:
            return [entry["subject"] for entry in (await (await admin.ask("GET", f"{LOGS}?{query}")).json())["items"]]

        assert await found(f"actor={admin.id}") == ["zoe"]
        assert await found(f"actor={uuid4()}") == []
        assert await found("event=login.refuse") == ["adam"]
        assert await found("subject=zoe") == ["zoe"]
        assert await found("text=SPAM") == ["zoe"]
        assert sorted(await found("since=2027-01-15T08:00:00Z")) == ["adam", "zoe"]
        assert await found("until=2027-01-15T08:00:00Z") == []


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "actor=me", "since=yesterday", "since=2027-01-15T08:00:00", "x=1", "text="])
async def test_what_cannot_be_asked_is_refused(query: str) -> None:
    async with open_office([addresses]) as office:
        answer = await (await office.person(Role.ADMIN)).ask("GET", f"{LOGS}?{query}")
        assert answer.status == 422, await answer.text()


async def test_a_forged_cursor_leads_nowhere() -> None:
    async with open_office([addresses]) as office:
        assert (await (await office.person(Role.ADMIN)).ask("GET", f"{LOGS}?cursor=forged")).status == 404


async def test_export_streams_everything_and_stands_in_the_log_itself() -> None:
    async with open_office([addresses]) as office:
        chief = await office.person(Role.SUPERADMIN)
        for number in range(2_500):
            await office.audit.record("test.happen", actor=None, subject=str(number))
        answer = await chief.ask("GET", f"{LOGS}/export?event=test")
        assert answer.headers["Content-Type"] == "application/x-ndjson"
        assert "attachment" in answer.headers["Content-Disposition"]
        lines = [json.loads(line) for line in (await answer.text()).splitlines()]
        assert {line["subject"] for line in lines} == {str(number) for number in range(2_500)}
        answer = await chief.ask("GET", f"{LOGS}/export?format=csv")
        rows = list(csv.DictReader(io.StringIO(await answer.text())))
        assert len(rows) == 2_502
        exports = [row for row in rows if row["event"] == "audit.export"]
        assert {row["actor_id"] for row in exports} == {str(chief.id)}
        assert (await chief.ask("HEAD", f"{LOGS}/export")).status == 200


async def test_an_empty_export_is_a_file_too() -> None:
    async with open_office([addresses]) as office:
        chief = await office.person(Role.SUPERADMIN)
        answer = await chief.ask("GET", f"{LOGS}/export?event=nothing")
        assert (answer.status, await answer.text()) == (200, "")
        answer = await chief.ask("GET", f"{LOGS}/export?event=nothing&format=csv")
        assert (await answer.text()).count("\r\n") == 1
