"""How accounts begin: by a letter, by the operator's link, and never by another's click."""

import asyncio

import pytest

from control.accounts.account import State
from control.errors import Conflict, Invalid
from control.permissions import Role
from tests.control.accounts.reception import ANOTHER, BASE, EMAIL, PASSWORD, Desk, problem

pytestmark = pytest.mark.real
DAY = 86_400


async def register(desk: Desk, password: str = PASSWORD, email: str = EMAIL) -> tuple[int, str]:
    answer = await desk.post("register", {"email": email, "password": password, "name": "Somebody"})
    return answer.status, await answer.text()


async def login(desk: Desk, password: str = PASSWORD) -> int:
    return (await desk.post("login", {"email": EMAIL, "password": password})).status


async def test_a_registration_becomes_an_account_by_its_letter(desk: Desk) -> None:
    assert (await register(desk))[0] == 202
    assert await login(desk) == 401, "nobody has proven the address yet"
    assert (await desk.post("verify", {"token": await desk.letters.code()})).status == 204
    held = await desk.login()
    me = await (await desk.ask("GET", "me", token=held.access)).json()
    assert (me["email"], me["name"], me["role"], me["tier"], me["state"]) == (EMAIL, "Somebody", "user", "free", "active")


async def test_a_known_address_is_answered_as_an_unknown_one(desk: Desk) -> None:
    await desk.account()
    assert await register(desk) == await register(desk, email="nobody@example.org")
    letters = [await desk.letters.next(), await desk.letters.next()]
    assert [letter.subject for letter in letters] == ["You have an account", "Confirm your address"]
    assert letters[0].link == ""
    assert await login(desk) == 200, "and the account is as it was"


async def test_nobody_enters_by_anothers_click(desk: Desk) -> None:
    """Somebody registers with a stranger's address; the stranger registers too, and follows his own letter."""
    await register(desk, ANOTHER)
    await register(desk, PASSWORD)
    await register(desk, ANOTHER)
    _, his, later = [await desk.letters.code() for _ in range(3)]
    assert (await desk.post("verify", {"token": his})).status == 204
    assert await problem(await desk.post("verify", {"token": later})) == (404, "link-spent")
    assert [await login(desk, ANOTHER), await login(desk, PASSWORD)] == [401, 200]


async def test_a_letter_opens_once_and_for_a_day(desk: Desk) -> None:
    await register(desk)
    code = await desk.letters.code()
    desk.watch.now += DAY
    assert await problem(await desk.post("verify", {"token": code})) == (404, "link-spent")
    await register(desk)
    code = await desk.letters.code()
    answers = await asyncio.gather(*(desk.post("verify", {"token": code}) for _ in range(20)))
    assert sorted(answer.status for answer in answers) == [204] + [404] * 19


async def test_a_registration_that_nobody_proves_is_forgotten(desk: Desk) -> None:
    await register(desk)
    await desk.account("other@example.org")
    desk.watch.now += 8 * DAY
    await desk.reception.registration.forget()
    assert await desk.database.fetch_value("SELECT array_agg(email::text) FROM accounts") == ["other@example.org"]
    assert await desk.database.fetch_value("SELECT count(*) FROM account_codes") == 0


@pytest.mark.parametrize("password", ["short", "password1", "sonicforge1", "x" * 257])
async def test_a_weak_password_is_refused_whether_the_address_is_known_or_not(desk: Desk, password: str) -> None:
    await desk.account()
    for email in (EMAIL, "nobody@example.org"):
        answer = await desk.post("register", {"email": email, "password": password})
        assert await problem(answer) == (422, "invalid")
        assert (await answer.json(content_type=None))["errors"][0]["pointer"] == "body.password"


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "a@b\r\nBcc: c@d.org", "a@localhost", f"{'x' * 250}@example.org"])
async def test_what_is_no_address_is_refused(desk: Desk, email: str) -> None:
    assert (await desk.post("register", {"email": email, "password": PASSWORD})).status == 422


@pytest.mark.parametrize("extra", [{"role": "superadmin"}, {"tier": "enterprise"}, {"state": "active"}, {"id": "1"}])
async def test_nobody_chooses_his_own_rights(desk: Desk, extra: dict[str, str]) -> None:
    assert (await desk.post("register", {"email": EMAIL, "password": PASSWORD, **extra})).status == 422
    await desk.account()
    held = await desk.login()
    assert (await desk.ask("PATCH", "me", extra, held.access)).status == 422


async def test_letters_to_one_address_are_few(throttled: Desk) -> None:
    statuses = [(await register(throttled, email=EMAIL))[0] for _ in range(4)]
    assert statuses == [202, 202, 202, 429]


async def test_the_first_superadmin_comes_by_a_link_that_opens_once(desk: Desk) -> None:
    link = await desk.reception.setup_link()
    assert link is not None
    assert link.startswith(f"{BASE}/account#setup=")
    token = link.rpartition("=")[2]
    asked = [{"token": token, "email": f"chief{number}@example.org", "password": PASSWORD} for number in range(10)]
    answers = await asyncio.gather(*(desk.post("setup", body) for body in asked))
    assert sorted(answer.status for answer in answers) == [204] + [404] * 9
    assert await desk.database.fetch_value("SELECT count(*) FROM accounts WHERE role = 'superadmin' AND state = 'active'") == 1
    assert await desk.reception.setup_link() is None
    assert len(await desk.events("account.setup")) == 1


async def test_a_hundred_at_once_make_one_superadmin(desk: Desk) -> None:
    """Below the routes, with a queue for passwords that holds them all."""
    link = await desk.reception.setup_link()
    assert link is not None
    token = link.rpartition("=")[2]
    asked = (desk.reception.registration.setup(token, f"chief{n}@example.org", "", PASSWORD, "") for n in range(100))
    await asyncio.gather(*asked, return_exceptions=True)
    assert await desk.database.fetch_value("SELECT count(*) FROM accounts") == 1


async def test_a_newer_link_replaces_the_older(desk: Desk) -> None:
    older, newer = await desk.reception.setup_link(), await desk.reception.setup_link()
    assert older is not None
    assert newer is not None
    body = {"email": EMAIL, "password": PASSWORD}
    assert (await desk.post("setup", {"token": older.rpartition("=")[2], **body})).status == 404
    assert (await desk.post("setup", {"token": newer.rpartition("=")[2], **body})).status == 204


async def test_a_link_of_one_kind_opens_no_other_door(desk: Desk) -> None:
    link = await desk.reception.setup_link()
    assert link is not None
    setup = link.rpartition("=")[2]
    await register(desk)
    verify = await desk.letters.code()
    assert (await desk.post("verify", {"token": setup})).status == 404
    assert (await desk.post("password/reset", {"token": setup, "password": ANOTHER})).status == 404
    assert (await desk.post("password/reset", {"token": verify, "password": ANOTHER})).status == 404
    assert (await desk.post("setup", {"token": verify, "email": "a@example.org", "password": ANOTHER})).status == 404


async def test_the_operator_makes_accounts_too(desk: Desk) -> None:
    account = await desk.reception.registration.create(EMAIL, "Chief", Role.ADMIN, PASSWORD)
    assert (account.role, account.state, account.name) == (Role.ADMIN, State.ACTIVE, "Chief")
    with pytest.raises(Conflict):
        await desk.reception.registration.create(EMAIL.upper(), "", Role.USER, PASSWORD)
    with pytest.raises(Invalid):
        await desk.reception.registration.create("other@example.org", "", Role.USER, "short")
