"""The second factor: set up, asked for, never twice by the same code, and never walked around."""

import asyncio

import pytest

from tests.control.accounts.reception import ANOTHER, EMAIL, PASSWORD, Desk, problem

pytestmark = pytest.mark.real


async def enter(desk: Desk, code: str | None = None) -> int:
    return (await desk.post("login", {"email": EMAIL, "password": PASSWORD, "code": code})).status


async def test_it_is_asked_for_once_it_was_confirmed(desk: Desk) -> None:
    await desk.account()
    held, other = await desk.login(), await desk.login()
    begun = await (await desk.post("second-factor/begin", {"password": PASSWORD}, held.access)).json()
    assert begun["uri"].startswith("otpauth://totp/SonicForge:somebody%40example.org?secret=" + begun["secret"])
    assert await enter(desk) == 200, "begun is not confirmed"
    wrong = await desk.post("second-factor/confirm", {"code": "000000"}, held.access)
    assert await problem(wrong) == (403, "wrong-code")
    confirmed = await desk.post("second-factor/confirm", {"code": desk.totp(begun["secret"])}, held.access)
    assert len(set((await confirmed.json())["recovery_codes"])) == 10
    assert confirmed.headers["Cache-Control"] == "no-store"
    needed = await desk.post("login", {"email": EMAIL, "password": PASSWORD})
    assert await problem(needed) == (403, "second-factor-needed")
    assert await problem(await desk.post("login", {"email": EMAIL, "password": ANOTHER})) == (401, "unauthenticated")
    assert await desk.is_in(held.access)
    assert not await desk.is_in(other.access), "sessions from before it, but the one that set it up, are over"


async def test_a_code_opens_once(desk: Desk) -> None:
    await desk.account()
    secret, _ = await desk.with_factor(await desk.login())
    code = desk.totp(secret)
    statuses = await asyncio.gather(*(enter(desk, code) for _ in range(10)))
    assert sorted(statuses) == [200] + [403] * 9
    desk.watch.now += 30
    assert await enter(desk, code) == 403
    assert await enter(desk, desk.totp(secret)) == 200


async def test_a_clock_half_a_minute_off_is_forgiven(desk: Desk) -> None:
    await desk.account()
    secret, _ = await desk.with_factor(await desk.login())
    early = desk.totp(secret)
    desk.watch.now += 30
    assert await enter(desk, early) == 200
    late = desk.totp(secret)
    desk.watch.now += 60
    assert await enter(desk, late) == 403


async def test_the_session_tells_that_it_was_shown(desk: Desk) -> None:
    await desk.account()
    secret, _ = await desk.with_factor(await desk.login())
    held = await desk.login(code=desk.totp(secret))
    items = (await (await desk.ask("GET", "sessions", token=held.access)).json())["items"]
    assert {item["current"]: item["second_factor"] for item in items} == {True: True, False: False}


async def test_each_recovery_code_opens_once(desk: Desk) -> None:
    await desk.account()
    _, codes = await desk.with_factor(await desk.login())
    statuses = await asyncio.gather(*(enter(desk, codes[0]) for _ in range(10)))
    assert sorted(statuses) == [200] + [403] * 9
    held = await desk.login(code=codes[1].upper().replace("-", " "))
    me = await (await desk.ask("GET", "me", token=held.access)).json()
    assert (me["second_factor"], me["recovery_codes"]) == (True, 8)


async def test_new_recovery_codes_replace_the_others(desk: Desk) -> None:
    await desk.account()
    held = await desk.login()
    secret, codes = await desk.with_factor(held)
    asked = {"password": PASSWORD, "code": desk.totp(secret)}
    renewed = (await (await desk.post("second-factor/recovery-codes", asked, held.access)).json())["recovery_codes"]
    assert not set(renewed) & set(codes)
    assert await enter(desk, codes[0]) == 403
    assert await enter(desk, renewed[0]) == 200


async def test_taking_it_away_takes_password_and_code(desk: Desk) -> None:
    await desk.account()
    held = await desk.login()
    secret, codes = await desk.with_factor(held)
    for body, code in (
        ({"password": PASSWORD}, "second-factor-needed"),
        ({"password": ANOTHER, "code": desk.totp(secret)}, "wrong-password"),
        ({"password": PASSWORD, "code": "000000"}, "wrong-code"),
    ):
        assert await problem(await desk.post("second-factor/disable", body, held.access)) == (403, code)
    assert await enter(desk) == 403
    assert (await desk.post("second-factor/disable", {"password": PASSWORD, "code": codes[0]}, held.access)).status == 204
    assert await enter(desk) == 200
    assert await desk.database.fetch_value("SELECT count(*) FROM recovery_codes") == 0


async def test_one_that_is_on_cannot_be_replaced_unseen(desk: Desk) -> None:
    await desk.account()
    held = await desk.login()
    secret, _ = await desk.with_factor(held)
    assert (await desk.post("second-factor/begin", {"password": PASSWORD}, held.access)).status == 409
    assert (await desk.post("second-factor/confirm", {"code": desk.totp(secret)}, held.access)).status == 409


async def test_a_mailed_password_does_not_walk_around_it(desk: Desk) -> None:
    await desk.account()
    secret, _ = await desk.with_factor(await desk.login())
    await desk.post("password/forgot", {"email": EMAIL})
    assert (await desk.post("password/reset", {"token": await desk.letters.code(), "password": ANOTHER})).status == 204
    bare = await desk.post("login", {"email": EMAIL, "password": ANOTHER})
    assert await problem(bare) == (403, "second-factor-needed")
    assert (await desk.post("login", {"email": EMAIL, "password": ANOTHER, "code": desk.totp(secret)})).status == 200


async def test_codes_cannot_be_guessed(throttled: Desk) -> None:
    await throttled.account()
    held = await throttled.login()
    secret, _ = await throttled.with_factor(held)
    answers = [await throttled.post("second-factor/disable", {"password": PASSWORD, "code": f"{n:06}"}, held.access) for n in range(6)]
    assert 429 in {answer.status for answer in answers}
    right = {"password": PASSWORD, "code": throttled.totp(secret)}
    assert (await throttled.post("second-factor/disable", right, held.access)).status == 429


async def test_a_secret_of_one_account_is_none_of_another(desk: Desk) -> None:
    """Whoever can write into the database still cannot put his own authenticator under another's account."""
    await desk.account()
    await desk.account("other@example.org")
    secret, _ = await desk.with_factor(await desk.login())
    other = await desk.database.fetch_value("SELECT id FROM accounts WHERE email = 'other@example.org'")
    await desk.database.execute("DELETE FROM recovery_codes")
    await desk.database.execute("UPDATE second_factors SET account_id = $1, used_step = 0", other)
    body = {"email": "other@example.org", "password": PASSWORD, "code": desk.totp(secret)}
    assert await problem(await desk.post("login", body)) == (403, "wrong-code")


async def test_secrets_and_recovery_codes_are_not_in_the_database(desk: Desk) -> None:
    await desk.account()
    secret, codes = await desk.with_factor(await desk.login())
    dump = "".join(
        [str(await desk.database.fetch(f"SELECT t::text FROM {t} t")) for t in ("second_factors", "recovery_codes", "audit_log")]
    )
    assert secret not in dump
    assert secret.encode().hex() not in dump
    assert not [code for code in codes if code in dump or code.encode().hex() in dump]
