"""Idempotency keys over a real PostgreSQL: one effect, whatever is sent again and however often at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from aiohttp import ClientSession

from control.api.idempotency import REPLAYED, once
from control.api.operation import operations
from control.api.repository import IdempotentRequests, KeptAnswer
from control.database.database import Database
from control.errors import Conflict, DatabaseAway, StationAway
from tests.control.api.counter import Counter
from tests.control.api.shelf import house
from tests.control.postgres import fresh_database

pytestmark = pytest.mark.real
PATH = "/api/v1/count"


@asynccontextmanager
async def counting(counter: Counter) -> AsyncIterator[tuple[ClientSession, Database]]:
    async with fresh_database() as database, house(once(operations(counter), IdempotentRequests(database))) as client:
        yield client, database


async def post(client: ClientSession, key: str = "k", by: int = 1, path: str = PATH) -> tuple[int, bytes, bool]:
    async with client.post(path, json={"by": by}, headers={"Idempotency-Key": key}) as answer:
        return answer.status, await answer.read(), REPLAYED in answer.headers


async def test_the_answer_of_the_first_is_the_answer_of_all() -> None:
    counter = Counter()
    async with counting(counter) as (client, _):
        assert await post(client) == (201, b'{"count":1}', False)
        assert await post(client) == (201, b'{"count":1}', True)
        async with client.post(PATH, json={"by": 1}, headers={"Idempotency-Key": "k"}) as answer:
            assert answer.headers["Location"] == "/api/v1/count/1"
            assert answer.headers["Content-Type"] == "application/json"
        assert await post(client, "other") == (201, b'{"count":2}', False)
    assert counter.count == 2


async def test_without_a_key_every_request_counts() -> None:
    counter = Counter()
    async with counting(counter) as (client, _):
        for _ in range(2):
            async with client.post(PATH, json={}) as answer:
                assert answer.status == 201
    assert counter.count == 2


async def test_a_hundred_at_once_have_one_effect() -> None:
    counter = Counter()
    async with counting(counter) as (client, _):
        answers = await asyncio.gather(*(post(client) for _ in range(100)))
        assert {status for status, _, _ in answers} <= {201, 409}
        assert {body for status, body, _ in answers if status == 201} == {b'{"count":1}'}
        assert sum(status == 201 and not replayed for status, _, replayed in answers) == 1
        assert await post(client) == (201, b'{"count":1}', True)
    assert counter.count == 1


async def test_a_key_belongs_to_one_request() -> None:
    counter = Counter()
    async with counting(counter) as (client, _):
        await post(client)
        assert (await post(client, by=2))[0] == 422
        assert (await post(client, path=f"{PATH}?again"))[0] == 422
    assert counter.count == 1


async def test_accounts_do_not_share_keys() -> None:
    async with fresh_database() as database:
        ledger = IdempotentRequests(database)
        for account_id in (UUID(int=98), UUID(int=99)):
            assert await ledger.begin(account_id, "k", b"1")
            assert not await ledger.begin(account_id, "k", b"1")


async def test_while_the_first_is_worked_on_the_second_is_told_so() -> None:
    counter = Counter()
    counter.go_on.clear()
    async with counting(counter) as (client, _):
        first = asyncio.create_task(post(client))
        await asyncio.wait_for(counter.begun.wait(), 10)
        async with client.post(PATH, json={"by": 1}, headers={"Idempotency-Key": "k"}) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (409, "1")
        counter.go_on.set()
        assert (await first)[0] == 201
        assert await post(client) == (201, b'{"count":1}', True)


async def test_a_refusal_has_had_no_effect_and_frees_its_key() -> None:
    counter = Counter(fails=Conflict)
    async with counting(counter) as (client, _):
        assert (await post(client))[0] == 409
        async with client.post(PATH, json={"by": "x"}, headers={"Idempotency-Key": "k"}) as answer:
            assert answer.status == 422
        counter.fails = None
        assert await post(client) == (201, b'{"count":1}', False)


@pytest.mark.parametrize(("fails", "status"), [(RuntimeError, 500), (StationAway, 503)])
async def test_what_may_have_had_its_effect_is_never_run_again_under_its_key(fails: type[Exception], status: int) -> None:
    counter = Counter(fails=fails)
    async with counting(counter) as (client, _):
        assert (await post(client))[0] == status
        counter.fails = None
        assert (await post(client))[0] == 409
        assert counter.count == 0
        assert (await post(client, "a new key"))[0] == 422
        assert (await post(client, "a-new-key"))[0] == 201


@pytest.mark.parametrize("key", ["", "a b", "ü", "x" * 256])
async def test_a_key_is_printable_and_short(key: str) -> None:
    counter = Counter()
    async with counting(counter) as (client, _):
        status, body, _ = await post(client, key)
        assert status == 422
        assert b"headers.Idempotency-Key" in body
    assert counter.count == 0


async def test_after_a_day_a_key_is_new_and_its_row_can_go() -> None:
    counter = Counter()
    async with counting(counter) as (client, database):
        await post(client, "old")
        await post(client, "gone")
        await post(client, "young")
        await database.execute("UPDATE idempotent_requests SET begun_at = now() - interval '25 hours' WHERE key <> 'young'")
        assert (await post(client, "old"))[2] is False
        assert await IdempotentRequests(database).forget() == 1
        assert await database.fetch_value("SELECT count(*) FROM idempotent_requests") == 2
    assert counter.count == 4


class Forgetful(IdempotentRequests):
    """Begins, and is away when the answer is to be kept."""

    async def finish(self, account_id: object, key: str, answer: KeptAnswer) -> None:  # noqa: ARG002
        raise DatabaseAway


async def test_an_effect_is_told_even_if_it_cannot_be_kept() -> None:
    counter = Counter()
    async with fresh_database() as database, house(once(operations(counter), Forgetful(database))) as client:
        assert await post(client) == (201, b'{"count":1}', False)
        assert (await post(client))[0] == 409
    assert counter.count == 1
