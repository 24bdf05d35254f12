"""The door: who gets in, who does not, and what the refusal tells."""

import pytest

from tests.control.accounts.reception import ANOTHER, EMAIL, PASSWORD, Desk, open_desk, problem

pytestmark = pytest.mark.real


async def test_a_program_gets_both_tokens(desk: Desk) -> None:
    account_id = await desk.account()
    answer = await desk.post("login", {"email": EMAIL.upper(), "password": PASSWORD, "cookie": False})
    body = await answer.json()
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 900)
    assert len(body["refresh_token"]) == 43
    assert "Set-Cookie" not in answer.headers
    me = await (await desk.ask("GET", "me", token=body["access_token"])).json()
    assert me["id"] == account_id
    assert "station:queue:read" in me["permissions"]


async def test_a_browser_gets_a_cookie_that_no_script_reads(desk: Desk) -> None:
    await desk.account()
    answer = await desk.post("login", {"email": EMAIL, "password": PASSWORD})
    assert (await answer.json())["refresh_token"] is None
    cookie = answer.cookies["sonicforge_refresh"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["max-age"]) == (True, "Strict", "/", str(7 * 86_400))
    assert answer.headers["Cache-Control"] == "no-store"
    refreshed = await desk.post("refresh", {})
    assert refreshed.status == 200
    assert refreshed.cookies["sonicforge_refresh"].value != cookie.value
    left = await desk.post("logout", {})
    assert (left.status, left.cookies["sonicforge_refresh"].value) == (204, "")
    assert (await desk.post("refresh", {})).status == 401


async def test_a_page_of_another_site_cannot_use_the_cookie(desk: Desk) -> None:
    await desk.account()
    await desk.post("login", {"email": EMAIL, "password": PASSWORD})
    for headers in ({"Origin": "https://evil.example"}, {"X_Requested_With": "", "Origin": "null"}):
        assert (await desk.post("refresh", {}, "", **headers)).status == 403
    bare = await desk.http.post("/api/v1/auth/refresh", json={})
    assert bare.status == 403
    assert (await desk.post("refresh", {})).status == 200, "and it has not been used up"


async def test_wrong_unknown_and_unproven_are_one_answer(desk: Desk) -> None:
    await desk.account()
    await desk.post("register", {"email": "unproven@example.org", "password": PASSWORD})
    asked = [(EMAIL, ANOTHER), ("nobody@example.org", PASSWORD), ("unproven@example.org", PASSWORD)]
    answers = [await desk.post("login", {"email": email, "password": password}) for email, password in asked]
    assert {(answer.status, await answer.text()) for answer in answers} == {(401, await answers[0].text())}
    assert {event["subject"] for event in await desk.events("login.refuse")} == {email for email, _ in asked}


async def test_a_suspended_account_is_out_at_once(desk: Desk) -> None:
    await desk.account()
    held = await desk.login()
    account = await desk.reception.roster.of_email(EMAIL)
    await desk.reception.roster.suspend(None, account)
    assert not await desk.is_in(held.access)
    assert (await desk.refresh(held.refresh)).status == 401
    assert (await desk.post("login", {"email": EMAIL, "password": PASSWORD})).status == 403
    assert (await desk.post("login", {"email": EMAIL, "password": ANOTHER})).status == 401, "only who knows the password learns it"
    await desk.post("password/forgot", {"email": EMAIL})
    assert desk.letters.arrived.empty()
    await desk.reception.roster.restore(None, account)
    assert await desk.is_in((await desk.login()).access)


async def test_an_account_without_a_password_has_no_empty_one(desk: Desk) -> None:
    await desk.account()
    await desk.database.execute("UPDATE accounts SET password_hash = NULL")
    for password in ("", "None", PASSWORD):
        assert (await desk.post("login", {"email": EMAIL, "password": password})).status == 401


async def test_five_tries_a_minute_then_patience_known_or_not(throttled: Desk) -> None:
    await throttled.account()
    for email in (EMAIL, "nobody@example.org"):
        answers = [await throttled.post("login", {"email": email, "password": ANOTHER}) for _ in range(6)]
        assert [answer.status for answer in answers] == [401] * 5 + [429]
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 12
    right = await throttled.post("login", {"email": EMAIL, "password": PASSWORD})
    assert right.status == 429, "a guess that is right is one guess too many as well"


async def test_one_address_cannot_try_many_accounts(throttled: Desk) -> None:
    statuses = [(await throttled.post("login", {"email": f"n{n}@example.org", "password": ANOTHER})).status for n in range(31)]
    assert statuses == [401] * 30 + [429]


@pytest.mark.parametrize("password", ["nul\0inside", "x" * 257, 5, None])
async def test_what_is_no_password_is_refused_as_such(desk: Desk, password: object) -> None:
    assert (await desk.post("login", {"email": EMAIL, "password": password})).status == 422


async def test_the_database_away_is_said_as_such() -> None:
    async with open_desk(url="postgresql://nobody@127.0.0.1:1/nothing") as desk:
        for path, body in (
            ("login", {"email": EMAIL, "password": PASSWORD}),
            ("register", {"email": EMAIL, "password": PASSWORD}),
            ("refresh", {"refresh_token": "x"}),
            ("password/forgot", {"email": EMAIL}),
        ):
            answer = await desk.post(path, body)
            assert await problem(answer) == (503, "database-away")
            assert int(answer.headers["Retry-After"]) >= 1
        assert desk.letters.arrived.empty()
