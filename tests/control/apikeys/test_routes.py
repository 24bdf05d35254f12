import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from control.permissions import Permission, Role
from control.tiers import Tier
from tests.control.admin.office import AJAX, Office, Person, open_office

pytestmark = pytest.mark.real
KEYS = "/api/v1/api-keys"
WISH = {"name": "cron", "scopes": ["own:keys:read", "own:keys:manage"]}


async def made(person: Person, **wish: object) -> dict[str, Any]:
    answer = await person.ask("POST", KEYS, {**WISH, **wish})
    assert answer.status == 201, await answer.text()
    found: dict[str, Any] = await answer.json()
    return found


async def by_key(office: Office, key: str, method: str = "GET", path: str = KEYS, json: object = None) -> int:
    headers = {"Authorization": f"Bearer {key}", **AJAX}
    answer = await office.client.request(method, path, headers=headers, json=json)
    return answer.status


async def test_a_key_is_shown_once_and_opens() -> None:
    async with open_office() as office:
        person = await office.person()
        key = await made(person)
        assert await by_key(office, key["key"]) == 200
        listed = await (await person.ask("GET", KEYS)).text()
        read = await (await person.ask("GET", f"{KEYS}/{key['id']}")).text()
        assert key["key"].rpartition("_")[2] not in listed + read
        stored = await office.database.fetch("SELECT s::text || k::text AS line FROM api_key_secrets s JOIN api_keys k ON k.id = s.key_id")
        assert key["key"].rpartition("_")[2] not in str([row["line"] for row in stored])
        assert [entry.event for entry in await office.entries("key")] == ["key.make"]
        assert key["key"].rpartition("_")[2] not in str(await office.entries())


async def test_a_wrong_secret_is_nobody() -> None:
    async with open_office() as office:
        key = (await made(await office.person()))["key"]
        wrong = key[:-1] + ("a" if key[-1] != "a" else "b")
        assert await by_key(office, wrong) == 401
        assert await by_key(office, f"sf_{'x' * 12}_{'y' * 43}") == 401


async def test_anothers_key_is_not_there() -> None:
    async with open_office() as office:
        mine = f"{KEYS}/{(await made(await office.person()))['id']}"
        other = await office.person(Role.ADMIN)
        assert (await other.ask("GET", mine)).status == 404
        assert (await other.ask("PATCH", mine, {"name": "taken"})).status == 404
        assert (await other.ask("POST", f"{mine}/rotate", {})).status == 404
        assert (await other.ask("DELETE", mine)).status == 404


async def test_scopes_are_of_the_role_and_shrink_with_it() -> None:
    async with open_office() as office:
        dj = await office.person(Role.DJ)
        assert (await dj.ask("POST", KEYS, {**WISH, "scopes": ["house:roles:assign"]})).status == 403
        key = await made(dj, scopes=["own:keys:read", "station:control:skip"])
        principal = await office.cabinet.ring.principal(key["key"], "192.0.2.1")
        assert principal.permissions == {Permission.OWN_KEYS_READ, Permission.STATION_CONTROL_SKIP}
        await office.database.execute("UPDATE accounts SET role = 'user' WHERE id = $1", dj.id)
        await office.cabinet.ring.forget_account(dj.id)
        assert (await office.cabinet.ring.principal(key["key"], "192.0.2.1")).permissions == {Permission.OWN_KEYS_READ}


async def test_a_key_that_has_more_than_the_role_by_now_can_still_be_renamed_but_not_widened() -> None:
    async with open_office() as office:
        dj = await office.person(Role.DJ)
        key = await made(dj, scopes=["own:keys:read", "station:control:skip"])
        await office.database.execute("UPDATE accounts SET role = 'user' WHERE id = $1", dj.id)
        former = replace(dj, role=Role.USER)
        assert (await former.ask("PATCH", f"{KEYS}/{key['id']}", {"name": "renamed"})).status == 200
        assert (await former.ask("PATCH", f"{KEYS}/{key['id']}", {"scopes": ["station:control:veto"]})).status == 403


async def test_a_key_without_the_scope_is_forbidden() -> None:
    async with open_office() as office:
        key = (await made(await office.person(), scopes=["own:account:read"]))["key"]
        assert await by_key(office, key) == 403


async def test_a_key_makes_no_keys_and_changes_none_but_renews_itself() -> None:
    async with open_office() as office:
        person = await office.person()
        mine, other = await made(person), await made(person)
        assert await by_key(office, mine["key"], "POST", KEYS, WISH) == 403
        assert await by_key(office, mine["key"], "PATCH", f"{KEYS}/{mine['id']}", {"name": "more"}) == 403
        assert await by_key(office, mine["key"], "DELETE", f"{KEYS}/{other['id']}") == 403
        assert await by_key(office, mine["key"], "POST", f"{KEYS}/{mine['id']}/rotate", {}) == 200


async def test_without_a_plan_there_are_no_keys() -> None:
    async with open_office() as office:
        free = await office.person(tier=Tier.FREE)
        assert (await free.ask("POST", KEYS, WISH)).status == 402
        staff = await office.person(Role.MODERATOR, Tier.FREE)
        assert (await staff.ask("POST", KEYS, WISH)).status == 201
        pro = await office.person()
        key = (await made(pro))["key"]
        await office.database.execute("UPDATE accounts SET tier = 'free' WHERE id = $1", pro.id)
        await office.cabinet.ring.forget_account(pro.id)
        assert await by_key(office, key) == 402


async def test_a_key_opens_only_from_its_networks() -> None:
    async with open_office() as office:
        person = await office.person()
        elsewhere = (await made(person, networks=["192.0.2.0/24", "2001:db8::/32"]))["key"]
        assert await by_key(office, elsewhere) == 403
        here = (await made(person, networks=["127.0.0.0/8"]))["key"]
        assert await by_key(office, here) == 200
        assert (await made(person, networks=["192.0.2.1/24", "192.0.2.0/24", "::1"]))["networks"] == ["192.0.2.0/24", "::1/128"]


async def test_a_key_expires() -> None:
    async with open_office() as office:
        person = await office.person()
        assert (await person.ask("POST", KEYS, {**WISH, "expires_at": "2020-01-01T00:00:00Z"})).status == 409
        key = (await made(person, expires_at="2027-01-15T08:01:00Z"))["key"]  # a minute ahead
        assert await by_key(office, key) == 200
        office.watch.now += 61
        assert await by_key(office, key) == 401


async def test_a_key_has_its_own_rate() -> None:
    async with open_office() as office:
        key = (await made(await office.person(), requests_per_minute=12))["key"]
        assert [await by_key(office, key) for _ in range(3)] == [200, 200, 429]


async def test_what_is_left_out_of_a_change_stays() -> None:
    async with open_office() as office:
        person = await office.person()
        key = await made(person, networks=["127.0.0.0/8"], expires_at="2030-01-01T00:00:00Z", requests_per_minute=77)
        changed = await (await person.ask("PATCH", f"{KEYS}/{key['id']}", {"name": "renamed"})).json()
        assert changed["name"] == "renamed"
        assert changed["networks"] == ["127.0.0.0/8"]
        assert changed["requests_per_minute"] == 77
        assert changed["expires_at"] is not None
        changed = await (await person.ask("PATCH", f"{KEYS}/{key['id']}", {"expires_at": None, "networks": []})).json()
        assert changed["expires_at"] is None
        assert changed["networks"] == []
        assert (await person.ask("PATCH", f"{KEYS}/{key['id']}", {"account_id": str(person.id)})).status == 422


async def test_a_change_holds_at_once() -> None:
    async with open_office() as office:
        person = await office.person()
        key = await made(person)
        assert await by_key(office, key["key"]) == 200
        await person.ask("PATCH", f"{KEYS}/{key['id']}", {"networks": ["192.0.2.0/24"]})
        assert await by_key(office, key["key"]) == 403


async def test_revoking_holds_at_once_and_for_ever() -> None:
    async with open_office() as office:
        person = await office.person()
        key = await made(person)
        assert await by_key(office, key["key"]) == 200
        assert (await person.ask("DELETE", f"{KEYS}/{key['id']}")).status == 204
        assert await by_key(office, key["key"]) == 401
        assert (await person.ask("DELETE", f"{KEYS}/{key['id']}")).status == 404
        assert (await person.ask("POST", f"{KEYS}/{key['id']}/rotate", {})).status == 404
        assert (await (await person.ask("GET", KEYS)).json())["items"] == []
        assert sorted(entry.event for entry in await office.entries("key")) == ["key.make", "key.revoke"]


async def test_rotation_leaves_the_former_key_open_for_its_grace() -> None:
    async with open_office() as office:
        person = await office.person()
        old = await made(person)
        new = await (await person.ask("POST", f"{KEYS}/{old['id']}/rotate", {"grace_seconds": 60})).json()
        assert new["id"] == old["id"]
        assert [await by_key(office, each["key"]) for each in (old, new)] == [200, 200]
        assert len(new["secrets"]) == 2
        office.watch.now += 59
        assert await by_key(office, old["key"]) == 200
        office.watch.now += 2
        assert [await by_key(office, each["key"]) for each in (old, new)] == [401, 200]


async def test_a_hundred_rotations_at_once_are_one() -> None:
    async with open_office() as office:
        person = await office.person()
        key = await made(person)
        answers = await asyncio.gather(*(person.ask("POST", f"{KEYS}/{key['id']}/rotate", {"grace_seconds": 0}) for _ in range(100)))
        assert Counter(answer.status for answer in answers) == {200: 1, 409: 99}
        assert await office.database.fetch_value("SELECT count(*) FROM api_key_secrets WHERE retires_at IS NULL") == 1
        assert len(await office.entries("key.rotate")) == 1


async def test_an_account_has_at_most_fifty_keys_however_many_are_asked_for_at_once() -> None:
    async with open_office() as office:
        person = await office.person()
        answers = await asyncio.gather(*(person.ask("POST", KEYS, WISH) for _ in range(60)))
        assert Counter(answer.status for answer in answers) == {201: 50, 409: 10}


async def test_last_use_is_written_in_batches() -> None:
    async with open_office() as office:
        person = await office.person()
        key = await made(person)
        for _ in range(5):
            await by_key(office, key["key"])
        assert (await (await person.ask("GET", f"{KEYS}/{key['id']}")).json())["last_used_at"] is None
        assert await office.cabinet.uses.flush() == 1
        read = await (await person.ask("GET", f"{KEYS}/{key['id']}")).json()
        assert read["last_used_from"] == "127.0.0.1"
        assert read["last_used_at"] == "2027-01-15T08:00:00Z"
        assert await office.cabinet.uses.flush() == 0


async def test_a_suspended_account_has_no_keys() -> None:
    async with open_office() as office:
        person = await office.person()
        key = await made(person)
        await office.database.execute("UPDATE accounts SET state = 'suspended' WHERE id = $1", person.id)
        await office.cabinet.ring.forget_account(person.id)
        assert await by_key(office, key["key"]) == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"name": "two\nlines"},
        {"scopes": []},
        {"scopes": ["*"]},
        {"scopes": ["own:keys:*"]},
        {"requests_per_minute": 0},
        {"networks": ["nowhere"]},
        {"networks": ["192.0.2.01/24"]},
        {"networks": ["1:2:3:4:5:6:7:8:9/64"]},
        {"role": "admin"},
    ],
)
async def test_what_cannot_be_is_refused_with_its_field(wrong: dict[str, object]) -> None:
    async with open_office() as office:
        answer = await (await office.person()).ask("POST", KEYS, {**WISH, **wrong})
        assert answer.status == 422
        assert next(iter(wrong)) in (await answer.json())["errors"][0]["pointer"]
