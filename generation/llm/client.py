"""Asks a question of whoever answers it well and cheaply: one provider after the other until one gives a valid answer.

Each gets one chance to repair an answer that does not fit. Nothing is spent that the ledger has not set aside, and nothing from a
provider's reply but the checked value leaves here: neither its words nor a key come into a log, an error or a standing.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic

from generation.errors import InvalidBrief
from generation.llm.caller import Caller
from generation.llm.dialects import Repair, read, written
from generation.llm.errors import BadAnswer, NoAnswer, NoReply
from generation.llm.ledger import Ledger, Spent
from generation.llm.provider import Dialect, Provider
from generation.llm.purse import NoMoney, Purse
from generation.llm.question import Question, T, clean
from generation.llm.routing import order
from generation.llm.standing import Failure, Standing, failure_of

LARGEST_REPLY_BYTES: Final = 65_536
_LONGEST_REPAIRED: Final = 2_000
_BYTES_A_TOKEN: Final = 2
"""Fewer than any tokenizer needs of plain English and JSON: the estimate is too high rather than too low."""
GIVEN_UP: Final = "given up"
UNREACHED: Final = "not reached"


@dataclass(frozen=True, slots=True)
class Answered(Generic[T]):
    """A valid answer."""

    value: T
    provider: str
    model: str
    microdollars: int
    """Of all that was spent on the question, failed attempts too."""
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """What a question may cost."""

    budget_microdollars_a_day: int = 1_000_000
    seconds: float = 60.0
    """In all, over all providers."""


def tokens_in(question: Question[T], repair: Repair | None = None) -> int:
    """What the question has at most."""
    text = 2 * len(question.system().encode()) + len(question.user().encode())  # the schema is sent once more beside the words
    text += len(repair.answer.encode()) + len(repair.wish.encode()) if repair else 0
    return text // _BYTES_A_TOKEN


class LlmClient:
    """Knows its providers and how they stand. Asks one provider at a time for each question; several questions may be asked at once."""

    def __init__(
        self,
        providers: Sequence[Provider],
        caller: Caller,
        ledger: Ledger,
        now: Callable[[], float],
        wall: Callable[[], float],
        limits: Limits | None = None,
    ) -> None:
        """`providers` in the order of fallback; `now` counts seconds and never jumps; `wall` is UNIX time.

        Raises InvalidBrief if two share a name.
        """
        if len({provider.name for provider in providers}) != len(providers):
            raise InvalidBrief("two providers of language models have one name")
        self._providers = tuple(providers)
        self._caller = caller
        self._now = now
        self._limits = limits or Limits()
        self._purse = Purse(ledger, wall, self._limits.budget_microdollars_a_day)
        self._standings = {provider.name: Standing() for provider in providers}

    @property
    def standings(self) -> dict[str, Standing]:
        """How each stands, in the order of fallback."""
        return dict(self._standings)

    def resting_seconds(self, name: str) -> float:
        """How long a provider will still be left alone."""
        return max(0.0, self._standings[name].rests_until - self._now())

    async def ask(self, question: Question[T]) -> Answered[T]:
        """The first valid answer. Raises NoAnswer if there is none within the time and the budget."""
        return (await self.ask_several(question, 1))[0]

    async def ask_several(self, question: Question[T], count: int) -> list[Answered[T]]:
        """At most `count` valid answers to one question, all of one provider: in one call where it gives several (`n`), else in calls side
        by side, as many at once as it bears. Raises NoAnswer if there is none within the time and the budget.
        """
        asking = _Asking(question, count, self._now() + self._limits.seconds)
        for provider in order(self._providers, self._standings, tokens_in(question), question.most_tokens, self._now()):
            if provider.choices_at_once > 1 and count > 1 and provider.dialect is Dialect.OPENAI:
                await self._in_one_call(provider, asking)
            else:
                lanes = asyncio.Semaphore(provider.calls_at_once)
                await asyncio.gather(*(self._in_a_lane(provider, asking, lanes) for _ in range(count)))
            if asking.answers:
                return asking.paid()
        resting = [name for name, standing in self._standings.items() if standing.resting(self._now())]
        raise NoAnswer("; ".join(asking.endings) or (f"all rest: {', '.join(resting)}" if resting else "nobody to ask"))

    async def _in_a_lane(self, provider: Provider, asking: "_Asking[T]", lanes: asyncio.Semaphore) -> None:
        """One answer by one conversation: a call and, if its answer does not fit, another that repairs it."""
        async with lanes:
            if asking.ending_of(provider):
                return  # somebody beside has found out that it does not answer
            repair: Repair | None = None
            for _ in range(2):
                attempt = await self._attempt(provider, asking, repair, 1)
                asking.spent += attempt.microdollars
                if attempt.values:
                    self._standings[provider.name] = self._standings[provider.name].answered(repair is not None)
                    asking.answers.append(Answered(attempt.values[0], provider.name, provider.model, 0, repair is not None))
                    return
                if repair is not None or attempt.repair is None:
                    break
                repair = attempt.repair
            asking.end(provider, attempt.ending)

    async def _in_one_call(self, provider: Provider, asking: "_Asking[T]") -> None:
        """Several answers to one call, and another call for those that are still missing; what does not fit is left out."""
        while len(asking.answers) < asking.count:
            attempt = await self._attempt(provider, asking, None, min(asking.count - len(asking.answers), provider.choices_at_once))
            asking.spent += attempt.microdollars
            if not attempt.values:
                if attempt.repair is not None:
                    self._fail(provider, Failure.INVALID)
                asking.end(provider, attempt.ending)
                return
            self._standings[provider.name] = self._standings[provider.name].answered(repaired=False)
            asking.answers += [Answered(value, provider.name, provider.model, 0) for value in attempt.values]

    async def _attempt(self, provider: Provider, asking: "_Asking[T]", repair: Repair | None, choices: int) -> "_Attempt[T]":
        """One call, its money set aside before and settled after, whatever becomes of it."""
        left = min(provider.timeout_seconds, asking.ends - self._now())
        if left <= 0:
            return _Attempt("the time is over")
        most = provider.microdollars(tokens_in(asking.question, repair), choices * asking.question.most_tokens)
        try:
            held = await self._purse.hold(most)
        except NoMoney as why:
            return _Attempt(str(why))
        attempt: _Attempt[T] = _Attempt(GIVEN_UP, most)
        try:
            attempt = await self._call(provider, asking.question, repair, choices, left, most)
        finally:  # a question that is called off while it is being answered stays paid
            spent = Spent(provider.name, provider.model, attempt.tokens_in, attempt.tokens_out, attempt.microdollars, attempt.ending)
            await asyncio.shield(self._purse.pay(held, spent))
        return attempt

    async def _call(
        self, provider: Provider, question: Question[T], repair: Repair | None, choices: int, seconds: float, most: int
    ) -> "_Attempt[T]":
        url, headers, body = written(provider, question, repair, choices)
        try:
            reply = await self._caller.post(url, headers, body, seconds, LARGEST_REPLY_BYTES)
        except NoReply as failure:
            self._fail(provider, Failure.SILENT)
            # What was sent may have been answered, and be charged, all the same.
            return _Attempt(str(Failure.SILENT), most) if failure.reached else _Attempt(UNREACHED)
        if reply.status != 200:
            failed = failure_of(reply.status)
            self._fail(provider, failed, reply.retry_after_seconds)
            return _Attempt(f"{failed} ({reply.status})")
        return self._read(provider, question, repair, reply.body, most)

    def _read(self, provider: Provider, question: Question[T], repair: Repair | None, body: bytes, most: int) -> "_Attempt[T]":
        text, fault = b"", ""
        tokens: tuple[int, int] = (0, 0)
        values: list[T] = []
        cost = most
        try:
            said = read(provider, body)
            if said.tokens_in is not None and said.tokens_out is not None:
                tokens = said.tokens_in, said.tokens_out
                cost = provider.microdollars(*tokens)
            for text in said.texts:
                try:
                    values.append(question.read(text))
                except BadAnswer as bad:
                    fault = str(bad)
        except BadAnswer as bad:
            fault = str(bad)
        if values:
            return _Attempt("valid", cost, *tokens, tuple(values))
        if repair is not None:
            self._fail(provider, Failure.INVALID)
        told = clean(text.decode(errors="replace"), _LONGEST_REPAIRED)
        return _Attempt(str(Failure.INVALID), cost, *tokens, (), Repair(told, fault))

    def _fail(self, provider: Provider, why: Failure, asked_seconds: float | None = None) -> None:
        self._standings[provider.name] = self._standings[provider.name].failed(why, self._now(), asked_seconds)


@dataclass(slots=True)
class _Asking(Generic[T]):
    """One question on its way from provider to provider."""

    question: Question[T]
    count: int
    ends: float
    spent: int = 0
    answers: list[Answered[T]] = field(default_factory=list)
    endings: list[str] = field(default_factory=list)

    def end(self, provider: Provider, ending: str) -> None:
        """It has come to nothing there; of those who asked side by side the first one tells."""
        if not self.ending_of(provider):
            self.endings.append(f"{provider.name}: {ending}")

    def ending_of(self, provider: Provider) -> bool:
        return any(ending.startswith(f"{provider.name}: ") for ending in self.endings)

    def paid(self) -> list[Answered[T]]:
        """The answers, the cost of them all shared out so that their sum is what was spent."""
        share, rest = divmod(self.spent, len(self.answers))
        return [
            Answered(one.value, one.provider, one.model, share + (place < rest), one.repaired) for place, one in enumerate(self.answers)
        ]


@dataclass(frozen=True, slots=True)
class _Attempt(Generic[T]):
    ending: str
    microdollars: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    values: tuple[T, ...] = ()
    repair: Repair | None = None
    """What may be repaired, if anything."""
