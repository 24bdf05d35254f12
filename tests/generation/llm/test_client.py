"""The client against providers that misbehave, on a clock of the test's own."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import msgspec
import pytest

from generation.errors import InvalidBrief
from generation.llm.caller import Reply
from generation.llm.client import Limits, LlmClient
from generation.llm.errors import LedgerAway, NoAnswer, NoReply
from generation.llm.ledger import MemoryLedger, Spent
from generation.llm.provider import Provider
from tests.generation.llm.choice import QUESTION, VALID, Choice
from tests.generation.llm.models import CHEAP, DEAR, FREE, KEY, Models, completion, filled, priced

WALL = 1_800_000_000.0
TODAY = date(2027, 1, 15)


def client(models: Models, *providers: Provider, ledger: MemoryLedger | None = None, limits: Limits | None = None) -> LlmClient:
    return LlmClient(providers or (CHEAP, DEAR), models, ledger or MemoryLedger(), lambda: models.now, lambda: WALL, limits)


async def test_the_cheaper_is_asked_and_its_cost_recorded() -> None:
    models, ledger = Models(answers={"cheap": [completion()], "dear": [filled()]}), MemoryLedger()
    answered = await client(models, DEAR, CHEAP, ledger=ledger).ask(QUESTION)
    assert (answered.value, answered.provider, answered.model, answered.repaired) == (Choice("house", 124), "cheap", "small", False)
    assert answered.microdollars == 18  # 100 * .1 + 20 * .4
    assert ledger.calls == [(TODAY, Spent("cheap", "small", 100, 20, 18, "valid"))]
    assert ledger.sums == {TODAY: 18}, "what was set aside and not spent is given back"


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (None, "no answer"),
        (Reply(429, b"{}"), "too many calls"),
        (Reply(500, b"oops"), "its own fault"),
        (Reply(503, b""), "its own fault"),
        (Reply(302, b""), "its own fault"),
        (Reply(401, b"wrong key"), "key, model or request refused"),
        (Reply(404, b"no such model"), "key, model or request refused"),
        (completion("x" * 70_000), "no answer"),
    ],
)
async def test_one_that_fails_is_followed_by_the_next_and_rests(reply: Reply | None, why: str) -> None:
    models = Models(answers={"cheap": [reply], "dear": [filled()]})
    asking = client(models)
    assert (await asking.ask(QUESTION)).provider == "dear"
    assert asking.standings["cheap"].last_failure == why
    assert asking.resting_seconds("cheap") >= 5.0
    await asking.ask(QUESTION)
    assert models.hosts == ["cheap.example", "dear.example", "dear.example"], "it is left alone"


@pytest.mark.parametrize(
    "broken",
    [
        "{",
        "",
        "null",
        "[]",
        '{"genre": "polka", "bpm": 124}',
        '{"genre": "house", "bpm": "124"}',
        '{"genre": "house", "bpm": 900}',
        '{"genre": "house"}',
        '{"genre": "house", "bpm": 124, "url": "https://evil.example"}',
        "Sure! Here is your track: house.",
        "[" * 20_000,
    ],
)
async def test_an_answer_that_does_not_fit_is_repaired_once(broken: str) -> None:
    models = Models(answers={"cheap": [completion(broken), completion()], "dear": [filled()]})
    asking = client(models)
    answered = await asking.ask(QUESTION)
    assert (answered.provider, answered.repaired) == ("cheap", True)
    assert asking.standings["cheap"].repairs_total == 1
    turns = models.asked[1][2]["messages"]
    assert [turn["role"] for turn in turns] == ["system", "user", "assistant", "user"]
    assert len(turns[2]["content"]) <= 2_000
    assert "does not hold the schema" in turns[3]["content"]


async def test_then_comes_the_next_and_all_of_it_is_paid() -> None:
    models, ledger = Models(answers={"cheap": [completion("{")], "dear": [filled()]}), MemoryLedger()
    answered = await client(models, ledger=ledger).ask(QUESTION)
    assert models.hosts == ["cheap.example", "cheap.example", "dear.example"]
    assert answered.microdollars == 18 + 18 + 200 == ledger.sums[TODAY]


async def test_json_in_a_fence_is_taken() -> None:
    models = Models(answers={"cheap": [completion(b"```json\n" + VALID + b"\n```")]})
    assert not (await client(models).ask(QUESTION)).repaired


async def test_when_nobody_answers_it_says_how_each_one_ended_and_no_more() -> None:
    models = Models(answers={"cheap": [Reply(401, f"invalid key {KEY}".encode())], "dear": [filled(b'{"genre": "secret-word"}')]})
    asking = client(models, CHEAP, DEAR, FREE)
    with pytest.raises(NoAnswer) as caught:
        await asking.ask(QUESTION)
    told = str(caught.value)
    assert "cheap: key, model or request refused (401)" in told
    assert "dear: not what was asked for" in told
    assert "free: no answer" in told
    for secret in (KEY, "secret-word"):
        assert secret not in f"{told} {asking.standings!r} {CHEAP!r}"
    with pytest.raises(NoAnswer, match="all rest: cheap, dear, free"):
        await asking.ask(QUESTION)
    assert len(models.asked) == 4


async def test_who_asks_for_time_gets_it_and_is_asked_again_after_it() -> None:
    models = Models(answers={"cheap": [Reply(429, b"", 120.0), completion()], "dear": [filled()]})
    asking = client(models)
    await asking.ask(QUESTION)
    models.now = 119.0
    assert (await asking.ask(QUESTION)).provider == "dear"
    models.now = 121.0
    assert (await asking.ask(QUESTION)).provider == "cheap"


async def one_after_another(asking: LlmClient, count: int) -> list[str]:
    """How so many questions ended."""
    endings = []
    for _ in range(count):
        try:
            await asking.ask(QUESTION)
            endings.append("valid")
        except NoAnswer as failure:
            endings.append(str(failure))
    return endings


async def test_the_budget_of_a_day_is_not_passed_and_what_is_free_goes_on() -> None:
    models, ledger = Models(answers={"cheap": [completion()], "127": [completion()]}), MemoryLedger()
    poor = Limits(budget_microdollars_a_day=500)
    asking = client(models, CHEAP, ledger=ledger, limits=poor)
    endings = await one_after_another(asking, 40)
    answers = endings.count("valid")
    assert 5 <= answers < 28
    assert set(endings[answers:]) == {"cheap: the day's budget is spent"}
    assert ledger.sums[TODAY] == 18 * answers <= 500
    assert asking.standings["cheap"].failures_total == 0, "an empty purse is not the provider's fault"
    assert (await client(models, CHEAP, FREE, ledger=ledger, limits=poor).ask(QUESTION)).provider == "free"


async def test_many_at_once_cannot_pass_the_budget() -> None:
    models, ledger = Models(answers={"cheap": [completion()]}), MemoryLedger()
    asking = client(models, CHEAP, ledger=ledger, limits=Limits(budget_microdollars_a_day=1_000))
    answers = await asyncio.gather(*(asking.ask(QUESTION) for _ in range(50)), return_exceptions=True)
    assert {type(answer).__name__ for answer in answers} == {"Answered", "NoAnswer"}
    assert ledger.sums[TODAY] <= 1_000


@pytest.mark.parametrize("tokens", [None, (-1, 5), (10**12, 5)])
async def test_a_count_that_is_missing_or_nonsense_costs_what_was_set_aside(tokens: tuple[int, int] | None) -> None:
    models, ledger = Models(answers={"cheap": [completion(tokens=tokens)]}), MemoryLedger()
    answered = await client(models, ledger=ledger).ask(QUESTION)
    assert answered.microdollars == ledger.sums[TODAY] > 160  # the longest answer alone


class ClosedBook(MemoryLedger):
    """A ledger that is away from its n-th use on."""

    def __init__(self, uses: int) -> None:
        super().__init__()
        self.uses = uses

    def _use(self) -> None:
        self.uses -= 1
        if self.uses < 0:
            raise LedgerAway("away")

    async def set_aside(self, day: date, microdollars: int, budget_microdollars: int) -> bool:
        self._use()
        return await super().set_aside(day, microdollars, budget_microdollars)

    async def settle(self, day: date, set_aside_microdollars: int, spent: Spent) -> None:
        self._use()
        await super().settle(day, set_aside_microdollars, spent)


async def test_what_cannot_be_booked_is_not_spent() -> None:
    models = Models(answers={"cheap": [completion()], "127": [completion()]})
    with pytest.raises(NoAnswer, match="cannot be booked"):
        await client(models, CHEAP, ledger=ClosedBook(0)).ask(QUESTION)
    assert models.asked == []
    assert (await client(models, CHEAP, FREE, ledger=ClosedBook(0)).ask(QUESTION)).provider == "free"


async def test_a_book_that_closes_after_the_call_keeps_what_was_set_aside() -> None:
    models, book = Models(answers={"cheap": [completion()]}), ClosedBook(1)
    answered = await client(models, CHEAP, ledger=book).ask(QUESTION)
    assert answered.microdollars == 18 < book.sums[TODAY]


async def test_the_time_for_a_question_ends_over_all_providers() -> None:
    models = Models(takes_seconds=15.0, answers={"cheap": [completion("{")], "dear": [filled(b"{}")]})
    with pytest.raises(NoAnswer, match="the time is over"):
        await client(models, CHEAP, DEAR, priced("late", 9.0), limits=Limits(seconds=40.0)).ask(QUESTION)
    assert models.now == 40.0


class Gate:
    """A provider that is asked and does not answer."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float, largest_bytes: int) -> Reply:  # noqa: ARG002
        self.reached.set()
        await asyncio.Event().wait()
        raise AssertionError

    async def get(self, url: str, headers: Mapping[str, str], timeout_seconds: float, largest_bytes: int) -> Reply:
        return await self.post(url, headers, b"", timeout_seconds, largest_bytes)


async def test_a_question_that_is_given_up_stays_paid() -> None:
    gate, ledger = Gate(), MemoryLedger()
    asking = asyncio.create_task(LlmClient([CHEAP], gate, ledger, lambda: 0.0, lambda: WALL).ask(QUESTION))
    await gate.reached.wait()
    aside = ledger.sums[TODAY]
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert ledger.sums[TODAY] == aside > 0
    assert [spent.ending for _, spent in ledger.calls] == ["given up"]


def test_two_providers_of_one_name_are_refused() -> None:
    with pytest.raises(InvalidBrief, match="one name"):
        client(Models(), CHEAP, CHEAP)


async def test_without_providers_there_is_nobody_to_ask() -> None:
    with pytest.raises(NoAnswer, match="nobody to ask"):
        await LlmClient([], Models(), MemoryLedger(), lambda: 0.0, lambda: WALL).ask(QUESTION)


SERVER = replace(FREE, name="vllm", choices_at_once=4, dollars_per_million_in=0.1, dollars_per_million_out=0.4)


def choices(*texts: str | bytes) -> Reply:
    """Several answers to one question."""
    said = [{"message": {"content": one.decode() if isinstance(one, bytes) else one}} for one in texts]
    return Reply(200, msgspec.json.encode({"choices": said, "usage": {"prompt_tokens": 100, "completion_tokens": 60}}))


async def test_several_answers_come_of_one_call_where_a_provider_gives_them() -> None:
    models, ledger = Models(answers={"127": [choices(VALID, "{", VALID), choices(VALID)]}), MemoryLedger()
    answers = await client(models, SERVER, ledger=ledger).ask_several(QUESTION, 3)
    assert [one.value for one in answers] == [Choice("house", 124)] * 3
    assert [asked[2].get("n") for asked in models.asked] == [3, None], "what does not fit is left out, what is missing asked for again"
    assert sum(one.microdollars for one in answers) == ledger.sums[TODAY] == 2 * 34


async def test_of_several_none_that_fits_the_next_is_asked() -> None:
    models = Models(answers={"127": [choices("{", "no")], "cheap": [completion()]})
    asking = client(models, SERVER, CHEAP)
    assert [one.provider for one in await asking.ask_several(QUESTION, 2)] == ["cheap", "cheap"]
    assert asking.standings["vllm"].last_failure == "not what was asked for"


class Lanes(Models):
    """A provider that answers only when as many are asking as it bears."""

    def __init__(self, width: int) -> None:
        super().__init__(answers={"cheap": [completion()]})
        self.width, self.inside, self.most = width, 0, 0
        self.full = asyncio.Event()

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float, largest_bytes: int) -> Reply:
        self.inside += 1
        self.most = max(self.most, self.inside)
        if self.inside == self.width:
            self.full.set()
        await self.full.wait()
        self.inside -= 1
        return await super().post(url, headers, body, timeout_seconds, largest_bytes)


async def test_others_are_asked_side_by_side_and_no_more_than_they_bear() -> None:
    models = Lanes(3)
    answers = await client(models, replace(CHEAP, calls_at_once=3)).ask_several(QUESTION, 7)
    assert (len(answers), len(models.asked), models.most) == (7, 7, 3)


async def test_one_that_fails_beside_others_is_not_asked_on() -> None:
    models = Models(answers={"cheap": [Reply(429, b"")], "dear": [filled()]})
    answers = await client(models).ask_several(QUESTION, 5)
    assert models.hosts.count("cheap.example") == 1
    assert [one.provider for one in answers] == ["dear"] * 5


class Unplugged(Models):
    async def post(self, url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float, largest_bytes: int) -> Reply:  # noqa: ARG002
        raise NoReply("no connection", reached=False)


async def test_what_was_not_reached_costs_nothing() -> None:
    ledger = MemoryLedger()
    with pytest.raises(NoAnswer, match="not reached"):
        await client(Unplugged(), CHEAP, ledger=ledger).ask(QUESTION)
    assert ledger.sums[TODAY] == 0
