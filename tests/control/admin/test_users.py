import asyncio
from collections import Counter
from uuid import uuid4

import pytest

from control.permissions import GRANTS, Permission, Role
from tests.control.admin.house import open_administration
from tests.control.admin.office import AJAX

pytestmark = pytest.mark.real
USERS = "/api/v1/admin/users"


async def test_accounts_are_found_by_parts_and_by_pages() -> None:
    async with open_administration() as house:
        for name in ("anna", "annette", "bert"):
            await house.office.person(Role.DJ if name == "bert" else Role.USER, email=f"{name}@example.org")

        async def found(query: str) -> list[str]:
            page = await (await house.chief.ask("GET", f"{USERS}?{query}")).json()
            return [user["email"].partition("@")[0] for user in page["items"]]

        assert sorted(await found("text=ANN")) == ["anna", "annette"]
        assert await found("text=a%25") == []
        assert await found("role=dj") == ["bert"]
        assert await found("state=suspended") == []
        assert len(await found("tier=pro")) == 4
        seen, cursor = [], ""
        while True:
            page = await (await house.chief.ask("GET", f"{USERS}?limit=1{cursor}")).json()
            seen += [user["id"] for user in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert len(seen) == len(set(seen)) == 4


async def test_no_hash_leaves_the_house() -> None:
    async with open_administration() as house:
        listed = await (await house.chief.ask("GET", USERS)).text()
        read = await (await house.chief.ask("GET", f"{USERS}/{house.chief.id}")).text()
        assert "password_hash" not in listed + read
        assert '"has_password":true' in read.replace(" ", "")


@pytest.mark.parametrize(
    ("role", "reads", "changes"),
    [(Role.ADMIN, 200, 200), (Role.MODERATOR, 200, 403), (Role.DJ, 403, 403), (Role.USER, 403, 403), (Role.API_CLIENT, 403, 403)],
)
async def test_who_may(role: Role, reads: int, changes: int) -> None:
    async with open_administration() as house:
        someone, other = await house.office.person(role), await house.office.person()
        assert (await someone.ask("GET", f"{USERS}/{other.id}")).status == reads
        assert (await someone.ask("PATCH", f"{USERS}/{other.id}", {"tier": "premium"})).status == changes


async def test_a_role_is_given_by_superadmins_alone_and_ends_sessions() -> None:
    async with open_administration() as house:
        admin, person = await house.office.person(Role.ADMIN), await house.office.person()
        opened = await house.session(person)
        bearer = {"Authorization": f"Bearer {opened.access_token}", **AJAX}
        assert (await house.office.client.get("/api/v1/api-keys", headers=bearer)).status == 200
        assert (await admin.ask("PATCH", f"{USERS}/{person.id}", {"role": "dj"})).status == 403
        given = await house.chief.ask("PATCH", f"{USERS}/{person.id}", {"role": "dj"})
        assert (await given.json())["role"] == "dj"
        house.office.watch.now += 2
        assert (await house.office.client.get("/api/v1/api-keys", headers=bearer)).status == 401
        (entry,) = await house.office.entries("role.assign")
        assert (entry.actor_id, entry.subject, entry.detail) == (house.chief.id, str(person.id), {"from": "user", "to": "dj"})


async def test_nobody_rises_by_himself_or_pulls_down_his_betters() -> None:
    async with open_administration() as house:
        admin, peer = await house.office.person(Role.ADMIN), await house.office.person(Role.ADMIN)
        for target in (admin, peer, house.chief):
            for change in ({"role": "superadmin"}, {"role": "viewer"}, {"state": "suspended"}, {"tier": "enterprise"}):
                assert (await admin.ask("PATCH", f"{USERS}/{target.id}", change)).status == 403
        assert (await admin.ask("POST", f"{USERS}/{house.chief.id}/sessions/kill")).status == 403
        assert [await house.role(each.id) for each in (admin, peer, house.chief)] == ["admin", "admin", "superadmin"]


async def test_the_last_superadmin_stays() -> None:
    async with open_administration() as house:
        mine = f"{USERS}/{house.chief.id}"
        assert (await house.chief.ask("PATCH", mine, {"role": "admin"})).status == 409
        assert (await house.chief.ask("PATCH", mine, {"state": "suspended"})).status == 409
        assert await house.role(house.chief.id) == "superadmin"


async def test_superadmins_who_demote_each_other_at_once_leave_one() -> None:
    async with open_administration() as house:
        chiefs = [house.chief, *[await house.office.person(Role.SUPERADMIN) for _ in range(9)]]
        answers = await asyncio.gather(
            *(chief.ask("PATCH", f"{USERS}/{chiefs[number - 1].id}", {"role": "admin"}) for number, chief in enumerate(chiefs))
        )
        assert Counter(answer.status for answer in answers) == {200: 9, 409: 1}
        assert await house.office.database.fetch_value("SELECT count(*) FROM accounts WHERE role = 'superadmin'") == 1


async def test_suspending_ends_everything_at_once_and_restoring_gives_it_back() -> None:
    async with open_administration() as house:
        person = await house.office.person()
        opened = await house.session(person)
        made = await (await person.ask("POST", "/api/v1/api-keys", {"name": "x", "scopes": ["own:keys:read"]})).json()
        by_key = {"Authorization": f"Bearer {made['key']}"}
        by_token = {"Authorization": f"Bearer {opened.access_token}"}
        assert (await house.office.client.get("/api/v1/api-keys", headers=by_key)).status == 200
        assert (await house.chief.ask("PATCH", f"{USERS}/{person.id}", {"state": "suspended"})).status == 200
        house.office.watch.now += 2
        assert (await house.office.client.get("/api/v1/api-keys", headers=by_key)).status == 401
        assert (await house.office.client.get("/api/v1/api-keys", headers=by_token)).status == 401
        assert (await house.chief.ask("PATCH", f"{USERS}/{person.id}", {"state": "active"})).status == 200
        assert (await house.office.client.get("/api/v1/api-keys", headers=by_key)).status == 200
        events = sorted(entry.event for entry in await house.office.entries("account"))
        assert events == ["account.restore", "account.suspend"]


async def test_a_change_is_of_what_was_seen() -> None:
    async with open_administration() as house:
        person = await house.office.person()
        path = f"{USERS}/{person.id}"
        etag = (await house.chief.ask("GET", path)).headers["ETag"]

        async def change(tier: str, tag: str) -> int:
            headers = {**house.chief.headers, "If-Match": tag}
            return (await house.office.client.patch(path, json={"tier": tier}, headers=headers)).status

        assert await change("premium", etag) == 200
        assert await change("free", etag) == 412
        assert (await (await house.chief.ask("GET", path)).json())["tier"] == "premium"
        assert [entry.detail for entry in await house.office.entries("tier.change")] == [{"from": "pro", "to": "premium"}]


async def test_killing_sessions() -> None:
    async with open_administration() as house:
        person = await house.office.person()
        for _ in range(3):
            await house.session(person)
        assert await (await house.chief.ask("POST", f"{USERS}/{person.id}/sessions/kill")).json() == {"sessions": 3}
        assert await (await house.chief.ask("POST", f"{USERS}/{person.id}/sessions/kill")).json() == {"sessions": 0}
        assert {entry.subject for entry in await house.office.entries("session.kill")} == {str(person.id)}


@pytest.mark.parametrize(
    "change",
    [{"role": "emperor"}, {"state": "unverified"}, {"tier": "gold"}, {"email": "x@example.org"}, {"password_hash": "x"}],
)
async def test_what_cannot_be_changed_is_refused(change: dict[str, str]) -> None:
    async with open_administration() as house:
        assert (await house.chief.ask("PATCH", f"{USERS}/{house.chief.id}", change)).status == 422


async def test_nobody_is_nobody() -> None:
    async with open_administration() as house:
        for method, rest, body in (("GET", "", None), ("PATCH", "", {"tier": "pro"}), ("POST", "/sessions/kill", None)):
            assert (await house.chief.ask(method, f"{USERS}/{uuid4()}{rest}", body)).status == 404


async def test_the_table_of_roles_is_the_table() -> None:
    async with open_administration() as house:
        table = await (await house.chief.ask("GET", "/api/v1/admin/roles")).json()
        assert {row["role"]: set(row["permissions"]) for row in table["items"]} == {role.value: set(GRANTS[role]) for role in Role}
        assert Permission.HOUSE_ROLES_ASSIGN in table["items"][0]["permissions"]


async def test_search_by_words_uses_its_index() -> None:
    async with open_administration() as house:
        await house.office.database.execute(
            "INSERT INTO accounts (email, name) SELECT md5(n::text) || '@example.org', 'Name ' || n FROM generate_series(1, 20000) n"
        )
        await house.office.database.execute("VACUUM ANALYZE accounts")
        plan = await house.office.database.fetch(
            """EXPLAIN SELECT id FROM accounts WHERE lower(email::text || ' ' || name) LIKE '%c4ca4238a0%'
               ORDER BY created_at DESC, id DESC LIMIT 50"""
        )
        assert "accounts_words" in "\n".join(row[0] for row in plan)
        found = await (await house.chief.ask("GET", f"{USERS}?text=c4ca4238a0")).json()
        assert [user["name"] for user in found["items"]] == ["Name 1"]
