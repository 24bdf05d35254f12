"""Refresh tokens are used once, a stolen one ends its session, and honest tabs stay in."""

import asyncio

import pytest

from control.accounts.sessions.repository import MOST_SESSIONS
from tests.control.accounts.reception import EMAIL, PASSWORD, Desk, held, problem

pytestmark = pytest.mark.real
DAY = 86_400


async def test_a_token_is_exchanged_for_the_next(desk: Desk) -> None:
    await desk.account()
    first = await desk.login()
    second = held(await (await desk.refresh(first.refresh)).json())
    third = held(await (await desk.refresh(second.refresh)).json())
    assert len({first.refresh, second.refresh, third.refresh}) == 3
    assert await desk.is_in(third.access)


async def test_of_fifty_at_once_one_wins_and_the_session_goes_on(desk: Desk) -> None:
    await desk.account()
    first = await desk.login()
    answers = await asyncio.gather(*(desk.refresh(first.refresh) for _ in range(50)))
    assert sorted(answer.status for answer in answers) == [200] + [409] * 49
    assert {await problem(answer) for answer in answers if answer.status == 409} == {(409, "refreshed-already")}
    winner = next(answer for answer in answers if answer.status == 200)
    assert (await desk.refresh(held(await winner.json()).refresh)).status == 200
    assert not await desk.events("session.reuse")


async def test_a_late_tab_is_told_so_for_ten_seconds(desk: Desk) -> None:
    await desk.account()
    first = await desk.login()
    second = held(await (await desk.refresh(first.refresh)).json())
    desk.watch.now += 10
    assert await problem(await desk.refresh(first.refresh)) == (409, "refreshed-already")
    assert (await desk.refresh(second.refresh)).status == 200


async def test_a_token_that_comes_back_later_ends_the_session(desk: Desk) -> None:
    await desk.account()
    first = await desk.login()
    other = await desk.login()
    second = held(await (await desk.refresh(first.refresh)).json())
    desk.watch.now += 10.5
    assert await problem(await desk.refresh(first.refresh)) == (401, "unauthenticated")
    assert (await desk.refresh(second.refresh)).status == 401, "nobody can tell the thief from the owner"
    assert not await desk.is_in(second.access)
    assert not await desk.is_in(first.access)
    assert await desk.is_in(other.access), "another session is not concerned"
    (event,) = await desk.events("session.reuse")
    assert (await desk.refresh(first.refresh)).status == 401
    assert len(await desk.events("session.reuse")) == 1, "it ends once"
    assert event["subject"] == str(await desk.database.fetch_value("SELECT id FROM sessions WHERE ended_at IS NOT NULL"))


async def test_the_grace_is_for_the_parent_of_the_newest_only(desk: Desk) -> None:
    """Its child was used already: whoever sends the grandparent did not merely come late."""
    await desk.account()
    first = await desk.login()
    second = held(await (await desk.refresh(first.refresh)).json())
    third = held(await (await desk.refresh(second.refresh)).json())
    assert await problem(await desk.refresh(first.refresh)) == (401, "unauthenticated")
    assert (await desk.refresh(third.refresh)).status == 401


async def test_reuse_many_times_at_once_ends_it_once(desk: Desk) -> None:
    await desk.account()
    first = await desk.login()
    await desk.refresh(first.refresh)
    desk.watch.now += 60
    answers = await asyncio.gather(*(desk.refresh(first.refresh) for _ in range(20)))
    assert {answer.status for answer in answers} == {401}
    assert len(await desk.events("session.reuse")) == 1


async def test_idle_for_seven_days_is_over(desk: Desk) -> None:
    await desk.account()
    first = await desk.login()
    desk.watch.now += 7 * DAY - 1
    second = held(await (await desk.refresh(first.refresh)).json())
    desk.watch.now += 7 * DAY
    assert (await desk.refresh(second.refresh)).status == 401


async def test_after_thirty_days_it_is_over_however_much_it_was_used(desk: Desk) -> None:
    await desk.account()
    token = (await desk.login()).refresh
    for _ in range(5):
        desk.watch.now += 6 * DAY - 1
        answer = await desk.refresh(token)
        assert answer.status == 200
        token = held(await answer.json()).refresh
    desk.watch.now += 5
    assert (await desk.refresh(token)).status == 401


async def test_the_last_cookie_does_not_outlive_the_session(desk: Desk) -> None:
    await desk.account()
    await desk.post("login", {"email": EMAIL, "password": PASSWORD})
    for _ in range(4):
        desk.watch.now += 6 * DAY
        answer = await desk.post("refresh", {})
    desk.watch.now += 5 * DAY
    answer = await desk.post("refresh", {})
    assert answer.cookies["sonicforge_refresh"]["max-age"] == str(DAY)


@pytest.mark.parametrize("token", ["x", "A" * 43, "' OR 1=1 --", "ü" * 43, ""])
async def test_a_made_up_token_is_nothing(desk: Desk, token: str) -> None:
    await desk.account()
    assert (await desk.refresh(token)).status in {401, 422}
    assert not await desk.events("session.reuse")


async def test_a_new_role_holds_from_the_next_login(desk: Desk) -> None:
    await desk.account()
    held_before = await desk.login()
    await desk.database.execute("UPDATE accounts SET tier = 'pro'")
    token = held(await (await desk.refresh(held_before.refresh)).json()).access
    assert (await (await desk.ask("GET", "me", token=token)).json())["tier"] == "pro"


async def test_logging_out_ends_the_session_and_its_access_tokens(desk: Desk) -> None:
    await desk.account()
    held_one, other = await desk.login(), await desk.login()
    assert (await desk.post("logout", {"refresh_token": held_one.refresh}, held_one.access)).status == 204
    assert not await desk.is_in(held_one.access)
    assert (await desk.refresh(held_one.refresh)).status == 401
    assert await desk.is_in(other.access)
    assert len(await desk.events("session.leave")) == 1


async def test_logging_out_works_with_either_token_and_with_none(desk: Desk) -> None:
    await desk.account()
    by_refresh, by_access = await desk.login(), await desk.login()
    assert (await desk.post("logout", {"refresh_token": by_refresh.refresh})).status == 204
    assert (await desk.post("logout", {}, by_access.access)).status == 204
    assert (await desk.post("logout", {})).status == 204
    assert (await desk.post("logout", {"refresh_token": "made up"})).status == 204
    for each in (by_refresh, by_access):
        assert not await desk.is_in(each.access)
        assert (await desk.refresh(each.refresh)).status == 401


async def test_ones_devices_are_listed_and_logged_out_one_by_one(desk: Desk) -> None:
    await desk.account()
    body = {"email": EMAIL, "password": PASSWORD, "cookie": False}
    telephone = held(await (await desk.post("login", body, User_Agent="Telephone\t1")).json())
    desk.watch.now += 60
    laptop = await desk.login()
    listed = (await (await desk.ask("GET", "sessions", token=laptop.access)).json())["items"]
    assert [(item["device"] == "Telephone1", item["current"], item["client"]) for item in listed] == [
        (False, True, "127.0.0.1"),
        (True, False, "127.0.0.1"),
    ]
    assert (await desk.ask("DELETE", f"sessions/{listed[1]['id']}", token=laptop.access)).status == 204
    assert not await desk.is_in(telephone.access)
    assert (await desk.refresh(telephone.refresh)).status == 401
    assert (await desk.ask("DELETE", f"sessions/{listed[1]['id']}", token=laptop.access)).status == 404
    assert len((await (await desk.ask("GET", "sessions", token=laptop.access)).json())["items"]) == 1


async def test_all_others_are_logged_out_at_once(desk: Desk) -> None:
    await desk.account()
    others = [await desk.login() for _ in range(3)]
    mine = await desk.login()
    assert await (await desk.ask("DELETE", "sessions", token=mine.access)).json() == {"ended": 3}
    assert [await desk.is_in(each.access) for each in others] == [False] * 3
    assert await desk.is_in(mine.access)


async def test_anothers_session_is_not_there(desk: Desk) -> None:
    await desk.account()
    await desk.account("other@example.org")
    mine, his = await desk.login(), await desk.login("other@example.org")
    his_id = (await (await desk.ask("GET", "sessions", token=his.access)).json())["items"][0]["id"]
    assert (await desk.ask("DELETE", f"sessions/{his_id}", token=mine.access)).status == 404
    assert await desk.is_in(his.access)


async def test_nobody_without_a_token_sees_any(desk: Desk) -> None:
    for method, path in (("GET", "sessions"), ("DELETE", "sessions"), ("GET", "me"), ("DELETE", "me"), ("PATCH", "me")):
        assert (await desk.ask(method, path, {})).status == 401


async def test_the_fifty_first_login_ends_the_session_not_used_for_longest(desk: Desk) -> None:
    await desk.account()
    first = await desk.login()
    for _ in range(MOST_SESSIONS):
        desk.watch.now += 1
        await desk.login()
    assert not await desk.is_in(first.access)
    assert await desk.database.fetch_value("SELECT count(*) FROM sessions WHERE ended_at IS NULL") == MOST_SESSIONS


async def test_what_is_over_is_forgotten(desk: Desk) -> None:
    await desk.account()
    await desk.login()
    desk.watch.now += 36 * DAY
    await desk.login()
    desk.watch.now += 2 * DAY
    await desk.reception.sessions.forget()
    assert await desk.database.fetch_value("SELECT count(*) FROM sessions") == 1
    assert await desk.database.fetch_value("SELECT count(*) FROM refresh_tokens") == 1


async def test_neither_tokens_nor_passwords_are_in_the_database(desk: Desk) -> None:
    await desk.account()
    token = (await desk.login()).refresh
    tables = ("accounts", "sessions", "refresh_tokens", "account_codes", "audit_log")
    dump = "".join([str(await desk.database.fetch(f"SELECT t::text FROM {table} t")) for table in tables])
    assert EMAIL in dump
    assert token not in dump
    assert PASSWORD not in dump
