"""What a person changes of his own account, and what that ends."""

import asyncio
from uuid import uuid4

import pytest

from control.permissions import Role
from tests.control.accounts.reception import ANOTHER, EMAIL, PASSWORD, Desk, problem

pytestmark = pytest.mark.real
HOUR = 3_600


async def enter(desk: Desk, password: str, email: str = EMAIL) -> int:
    return (await desk.post("login", {"email": email, "password": password})).status


async def test_a_name_is_changed_against_its_entity_tag(desk: Desk) -> None:
    await desk.account()
    held = await desk.login()
    tag = (await desk.ask("GET", "me", token=held.access)).headers["ETag"]
    changed = await desk.ask("PATCH", "me", {"name": "Ünal"}, held.access, If_Match=tag)
    assert (changed.status, (await changed.json())["name"]) == (200, "Ünal")
    assert changed.headers["ETag"] != tag
    late = await desk.ask("PATCH", "me", {"name": "Late"}, held.access, If_Match=tag)
    assert await problem(late) == (412, "precondition-failed")
    kept = await desk.ask("GET", "me", token=held.access, If_None_Match=changed.headers["ETag"])
    assert kept.status == 304


async def test_a_new_address_is_used_once_it_is_proven(desk: Desk) -> None:
    await desk.account()
    held = await desk.login()
    new = "new@example.org"
    assert (await desk.ask("PATCH", "me", {"email": new}, held.access)).status == 422
    refused = await desk.ask("PATCH", "me", {"email": new, "current_password": ANOTHER}, held.access)
    assert await problem(refused) == (403, "wrong-password")
    asked = await desk.ask("PATCH", "me", {"email": new, "current_password": PASSWORD}, held.access)
    assert (asked.status, (await asked.json())["email"]) == (200, EMAIL)
    letter, warning = await desk.letters.next(), await desk.letters.next()
    assert (letter.to, warning.to, warning.link) == (new, EMAIL, "")
    assert (await desk.post("verify", {"token": letter.link.rpartition("=")[2]})).status == 204
    assert [await enter(desk, PASSWORD), await enter(desk, PASSWORD, new)] == [401, 200]


async def test_another_address_that_is_taken_is_answered_the_same(desk: Desk) -> None:
    await desk.account()
    await desk.account("other@example.org")
    held = await desk.login()
    free = await desk.ask("PATCH", "me", {"email": "free@example.org", "current_password": PASSWORD}, held.access)
    taken = await desk.ask("PATCH", "me", {"email": "Other@example.org", "current_password": PASSWORD}, held.access)
    assert (free.status, await free.text()) == (taken.status, await taken.text())
    subjects = [(await desk.letters.next()).subject for _ in range(4)]
    assert subjects[2] == "You have an account"


async def test_of_two_who_want_an_address_the_first_to_prove_it_gets_it(desk: Desk) -> None:
    await desk.account()
    held = await desk.login()
    new = "new@example.org"
    await desk.ask("PATCH", "me", {"email": new, "current_password": PASSWORD}, held.access)
    code = await desk.letters.code()
    await desk.account(new)
    assert (await desk.post("verify", {"token": code})).status == 409
    assert await enter(desk, PASSWORD) == 200


async def test_another_password_ends_the_other_sessions(desk: Desk) -> None:
    await desk.account()
    mine, other = await desk.login(), await desk.login()
    wrong = await desk.post("password/change", {"current_password": ANOTHER, "password": ANOTHER}, mine.access)
    assert await problem(wrong) == (403, "wrong-password")
    weak = await desk.post("password/change", {"current_password": PASSWORD, "password": "short"}, mine.access)
    assert weak.status == 422
    done = await desk.post("password/change", {"current_password": PASSWORD, "password": ANOTHER}, mine.access)
    assert done.status == 204
    assert await desk.is_in(mine.access)
    assert (await desk.refresh(mine.refresh)).status == 200
    assert not await desk.is_in(other.access)
    assert (await desk.refresh(other.refresh)).status == 401
    assert [await enter(desk, PASSWORD), await enter(desk, ANOTHER)] == [401, 200]
    assert (await desk.letters.next()).subject == "Your password was changed"


async def test_a_mailed_code_gives_a_new_password_once_and_ends_all_sessions(desk: Desk) -> None:
    await desk.account()
    held = await desk.login()
    assert (await desk.post("password/forgot", {"email": EMAIL.upper()})).status == 202
    code = await desk.letters.code()
    assert (await desk.post("password/reset", {"token": code, "password": "short"})).status == 422, "which does not use the code up"
    body = {"token": code, "password": ANOTHER}
    answers = await asyncio.gather(*(desk.post("password/reset", body) for _ in range(10)))
    assert sorted(answer.status for answer in answers) == [204] + [404] * 9
    assert not await desk.is_in(held.access)
    assert (await desk.refresh(held.refresh)).status == 401
    assert [await enter(desk, PASSWORD), await enter(desk, ANOTHER)] == [401, 200]


async def test_a_mailed_code_is_good_for_an_hour(desk: Desk) -> None:
    await desk.account()
    await desk.post("password/forgot", {"email": EMAIL})
    code = await desk.letters.code()
    desk.watch.now += HOUR
    assert await problem(await desk.post("password/reset", {"token": code, "password": ANOTHER})) == (404, "link-spent")


async def test_a_change_of_password_spends_codes_that_are_under_way(desk: Desk) -> None:
    await desk.account()
    held = await desk.login()
    await desk.post("password/forgot", {"email": EMAIL})
    code = await desk.letters.code()
    await desk.post("password/change", {"current_password": PASSWORD, "password": ANOTHER}, held.access)
    assert (await desk.post("password/reset", {"token": code, "password": PASSWORD})).status == 404


async def test_forgetting_tells_nothing(desk: Desk) -> None:
    await desk.account()
    known, unknown = [await desk.post("password/forgot", {"email": email}) for email in (EMAIL, "nobody@example.org")]
    assert (known.status, await known.text()) == (unknown.status, await unknown.text()) == (202, await known.text())
    assert (await desk.letters.next()).to == EMAIL
    assert desk.letters.arrived.empty()
    rows = await desk.database.fetch("SELECT account_id IS NULL AS nobody FROM account_codes")
    assert sorted(row["nobody"] for row in rows) == [False, True], "as much is written down"


async def test_leaving_takes_everything_along(desk: Desk) -> None:
    await desk.account()
    held = await desk.login()
    assert await problem(await desk.ask("DELETE", "me", {"password": ANOTHER}, held.access)) == (403, "wrong-password")
    secret, _ = await desk.with_factor(held)
    assert await problem(await desk.ask("DELETE", "me", {"password": PASSWORD}, held.access)) == (403, "second-factor-needed")
    body = {"password": PASSWORD, "code": desk.totp(secret)}
    assert (await desk.ask("DELETE", "me", body, held.access)).status == 204
    assert not await desk.is_in(held.access)
    assert (await desk.refresh(held.refresh)).status == 401
    for table in ("accounts", "sessions", "refresh_tokens", "second_factors", "recovery_codes"):
        assert await desk.database.fetch_value(f"SELECT count(*) FROM {table}") == 0
    assert len(await desk.events("account.delete")) == 1, "the audit log remembers"


async def test_the_last_superadmin_stays(desk: Desk) -> None:
    await desk.account(role=Role.SUPERADMIN)
    await desk.account("second@example.org", role=Role.SUPERADMIN)
    first, second = await desk.login(), await desk.login("second@example.org")
    answers = await asyncio.gather(*(desk.ask("DELETE", "me", {"password": PASSWORD}, held.access) for held in (first, second)))
    assert sorted(answer.status for answer in answers) == [204, 409]
    roster = desk.reception.roster
    (left,) = await roster.newest()
    for ending in (roster.suspend(None, left), roster.assign(None, left, Role.USER)):
        with pytest.raises(Exception, match="superadmin"):
            await ending


async def test_a_program_reads_its_account_and_does_not_write_it(desk: Desk) -> None:
    await desk.account(role=Role.API_CLIENT)
    held = await desk.login()
    assert (await desk.ask("GET", "me", token=held.access)).status == 200
    assert (await desk.ask("PATCH", "me", {"name": "x"}, held.access)).status == 403
    assert (await desk.ask("DELETE", "me", {"password": PASSWORD}, held.access)).status == 403


async def test_a_new_role_asks_for_a_new_login(desk: Desk) -> None:
    await desk.account()
    held = await desk.login()
    roster = desk.reception.roster
    await roster.assign(None, await roster.of_email(EMAIL), Role.DJ)
    assert not await desk.is_in(held.access)
    assert (await (await desk.ask("GET", "me", token=(await desk.login()).access)).json())["role"] == "dj"
    (event,) = await desk.events("role.assign")
    assert (event["actor_id"], event["detail"]) == (None, '{"to": "dj", "from": "user"}')


async def test_an_operators_password_ends_all_sessions(desk: Desk) -> None:
    await desk.account()
    held = await desk.login()
    roster = desk.reception.roster
    await roster.set_password(None, await roster.of_email(EMAIL), ANOTHER)
    assert not await desk.is_in(held.access)
    assert [await enter(desk, PASSWORD), await enter(desk, ANOTHER)] == [401, 200]


async def test_a_token_of_an_account_that_is_gone_opens_nothing(desk: Desk) -> None:
    await desk.account()
    held = await desk.login()
    await desk.database.execute("DELETE FROM accounts")
    for method, path, body in (
        ("GET", "me", None),
        ("PATCH", "me", {"name": "x"}),
        ("POST", "password/change", {"current_password": PASSWORD, "password": ANOTHER}),
        ("POST", "second-factor/begin", {"password": PASSWORD}),
    ):
        assert (await desk.ask(method, path, body, held.access)).status == 401
    assert (await desk.ask("DELETE", f"sessions/{uuid4()}", None, held.access)).status == 404


async def test_the_present_password_cannot_be_guessed_from_inside(throttled: Desk) -> None:
    await throttled.account()
    held = await throttled.login()
    body = {"current_password": ANOTHER, "password": ANOTHER}
    assert [(await throttled.post("password/change", body, held.access)).status for _ in range(6)] == [403] * 5 + [429]
