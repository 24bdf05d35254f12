"""Batches of providers in memory; real servers that misbehave: tests/control/composing/test_plan.py."""

from dataclasses import replace
from datetime import date

import msgspec
import pytest

from generation.llm.batch_client import BatchClient
from generation.llm.batches import MOST_REQUESTS
from generation.llm.caller import Reply
from generation.llm.errors import NoAnswer
from generation.llm.ledger import MemoryLedger, Spent
from generation.llm.provider import Batching
from tests.generation.llm.choice import QUESTION, Choice
from tests.generation.llm.models import CHEAP, DEAR, FREE, KEY, Models, completion

FILES = replace(CHEAP, batching=Batching.OPENAI)
TODAY = date(2027, 1, 15)
TAKEN = [Reply(200, b'{"id": "file-1"}'), Reply(200, b'{"id": "batch_1", "status": "validating"}')]
TWO = {"a": QUESTION, "b": QUESTION}


def client(models: Models, ledger: MemoryLedger | None = None, budget: int = 10_000) -> BatchClient:
    return BatchClient(FILES, models, ledger or MemoryLedger(), lambda: 1_800_000_000.0, budget)


def line(name: str, reply: Reply) -> bytes:
    return msgspec.json.encode({"custom_id": name, "response": {"status_code": 200, "body": msgspec.Raw(reply.body)}})


async def test_a_batch_is_handed_in_at_half_the_price_which_is_held() -> None:
    models, ledger = Models(answers={"cheap": list(TAKEN)}), MemoryLedger()
    taken = await client(models, ledger).hand_in(TWO)
    assert [url for url, _, _ in models.asked] == ["https://cheap.example/v1/files", "https://cheap.example/v1/batches"]
    assert taken.batch == "batch_1"
    alone = await client(Models(answers={"cheap": list(TAKEN)}), MemoryLedger()).hand_in({"a": QUESTION})
    assert taken.held.microdollars == ledger.sums[TODAY] == 2 * alone.held.microdollars > 0


async def test_more_than_the_budget_is_not_handed_in() -> None:
    models = Models(answers={"cheap": list(TAKEN)})
    with pytest.raises(NoAnswer, match="budget is spent"):
        await client(models, budget=10).hand_in(TWO)
    assert models.asked == []
    for count in (0, MOST_REQUESTS + 1):
        with pytest.raises(NoAnswer, match="questions"):
            await client(models).hand_in(dict.fromkeys(map(str, range(count)), QUESTION))


@pytest.mark.parametrize(
    ("replies", "stays_held"),
    [
        ([Reply(401, KEY.encode())], False),
        ([Reply(200, b'{"id": "../x"}')], False),
        ([TAKEN[0], Reply(429, b"")], False),
        ([TAKEN[0], Reply(200, b"<html>")], True),
        ([TAKEN[0], None], True),
    ],
)
async def test_what_was_not_taken_is_given_back_and_what_may_have_been_taken_is_not(replies: list[Reply | None], stays_held: bool) -> None:
    models, ledger = Models(answers={"cheap": replies}), MemoryLedger()
    with pytest.raises(NoAnswer, match="not taken") as caught:
        await client(models, ledger).hand_in(TWO)
    assert bool(ledger.sums[TODAY]) is stays_held
    assert KEY not in str(caught.value)


async def test_it_is_collected_when_it_is_over_and_what_does_not_fit_is_counted() -> None:
    results = b"\n".join([line("b", completion()), line("a", completion(b'{"genre": "polka", "bpm": 1}'))])
    over = Reply(200, b'{"status": "completed", "output_file_id": "file-2"}')
    models = Models(answers={"cheap": [Reply(200, b'{"status": "in_progress"}'), over, Reply(200, results)]})
    asking = client(models)
    assert await asking.collect("batch_1", QUESTION) is None
    found = await asking.collect("batch_1", QUESTION)
    assert found is not None
    assert [(name, one.value, one.microdollars) for name, one in found.answers.items()] == [("b", Choice("house", 124), 9)]
    assert (found.unanswered, found.spent) == (1, Spent("cheap", "small", 200, 40, 18, "batch"))


async def test_one_that_failed_has_nothing_and_costs_nothing() -> None:
    found = await client(Models(answers={"cheap": [Reply(200, b'{"status": "failed"}')]})).collect("batch_1", QUESTION)
    assert found is not None
    assert (dict(found.answers), found.spent.microdollars) == ({}, 0)


@pytest.mark.parametrize("reply", [None, Reply(500, b""), Reply(200, b"[]")])
async def test_a_provider_that_cannot_be_asked_is_asked_later(reply: Reply | None) -> None:
    with pytest.raises(NoAnswer, match="cheap: "):
        await client(Models(answers={"cheap": [reply]})).collect("batch_1", QUESTION)


def test_who_has_no_batches_gets_no_client() -> None:
    for provider in (CHEAP, DEAR, FREE):
        with pytest.raises(ValueError, match="no batches"):
            BatchClient(provider, Models(), MemoryLedger(), lambda: 0.0, 0)
