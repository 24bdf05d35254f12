"""Asks a question of whoever answers it well and cheaply: one provider after the other until one gives a valid answer.

Each gets one chance to repair an answer that does not fit. Nothing is spent that the ledger has not set aside, and nothing from a
provider's reply but the checked value leaves here: neither its words nor a key come into a log, an error or a standing.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, Generic

from generation.errors import InvalidBrief
from generation.llm.caller import Caller
from generation.llm.dialects import Repair, read, written
from generation.llm.errors import BadAnswer, LedgerAway, NoAnswer, NoReply
from generation.llm.ledger import Ledger, Spent
from generation.llm.provider import Provider
from generation.llm.question import Question, T, clean
from generation.llm.routing import order
from generation.llm.standing import Failure, Standing, failure_of

LARGEST_REPLY_BYTES: Final = 65_536
_LONGEST_REPAIRED: Final = 2_000
_BYTES_A_TOKEN: Final = 2
"""Fewer than any tokenizer needs of plain English and JSON: the estimate is too high rather than too low."""


@dataclass(frozen=True, slots=True)
class Answered(Generic[T]):
    """A valid answer."""

    value: T
    provider: str
    model: str
    microdollars: int
    """Of all that was spent on the question, failed attempts too."""
    repaired: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """What a question may cost."""

    budget_microdollars_a_day: int = 1_000_000
    seconds: float = 60.0
    """In all, over all providers."""


class LlmClient:
    """Knows its providers and how they stand. Asks one at a time for each question; several questions may be asked at once."""

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
        self._ledger = ledger
        self._now = now
        self._wall = wall
        self._limits = limits or Limits()
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
        endings: list[str] = []
        spent = 0
        ends = self._now() + self._limits.seconds
        tokens_in = self._tokens_in(question)
        for provider in order(self._providers, self._standings, tokens_in, question.most_tokens, self._now()):
            repair: Repair | None = None
            for _ in range(2):
                left = ends - self._now()
                if left <= 0:
                    raise NoAnswer("; ".join([*endings, "the time is over"]))
                attempt = await self._attempt(provider, question, repair, min(left, provider.timeout_seconds))
                spent += attempt.microdollars
                if attempt.value is not None:
                    self._standings[provider.name] = self._standings[provider.name].answered(repair is not None)
                    return Answered(attempt.value, provider.name, provider.model, spent, repair is not None)
                if repair is not None or attempt.repair is None:
                    break
                repair = attempt.repair
            endings.append(f"{provider.name}: {attempt.ending}")
        resting = [name for name, standing in self._standings.items() if standing.resting(self._now())]
        raise NoAnswer("; ".join(endings) or (f"all rest: {', '.join(resting)}" if resting else "nobody to ask"))

    async def _attempt(self, provider: Provider, question: Question[T], repair: Repair | None, seconds: float) -> "_Attempt[T]":
        """One call, its money set aside before and settled after, whatever becomes of it."""
        most = provider.microdollars(self._tokens_in(question, repair), question.most_tokens)
        day = datetime.fromtimestamp(self._wall(), UTC).date()
        if not provider.free:
            try:
                if not await self._ledger.set_aside(day, most, self._limits.budget_microdollars_a_day):
                    return _Attempt("the day's budget is spent")
            except LedgerAway:
                return _Attempt("what is spent cannot be booked")
        try:
            attempt = await self._call(provider, question, repair, seconds)
        except asyncio.CancelledError:
            await asyncio.shield(self._settle(day, most, provider, _Attempt("given up", most)))
            raise
        await self._settle(day, most, provider, attempt)
        return attempt

    async def _call(self, provider: Provider, question: Question[T], repair: Repair | None, seconds: float) -> "_Attempt[T]":
        most = provider.microdollars(self._tokens_in(question, repair), question.most_tokens)
        url, headers, body = written(provider, question, repair)
        try:
            reply = await self._caller.post(url, headers, body, seconds, LARGEST_REPLY_BYTES)
        except NoReply:
            self._fail(provider, Failure.SILENT)
            return _Attempt(str(Failure.SILENT), most)  # it may have been made, and be charged, all the same
        if reply.status != 200:
            failure = failure_of(reply.status)
            self._fail(provider, failure, reply.retry_after_seconds)
            return _Attempt(f"{failure} ({reply.status})")
        text = b""
        tokens_in, tokens_out, cost = 0, 0, most
        try:
            said = read(provider, reply.body)
            text = said.text
            if said.tokens_in is not None and said.tokens_out is not None:
                tokens_in, tokens_out = said.tokens_in, said.tokens_out
                cost = provider.microdollars(tokens_in, tokens_out)
            return _Attempt("valid", cost, tokens_in, tokens_out, question.read(text))
        except BadAnswer as fault:
            if repair is not None:
                self._fail(provider, Failure.INVALID)
            told = clean(text.decode(errors="replace"), _LONGEST_REPAIRED)
            return _Attempt(str(Failure.INVALID), cost, tokens_in, tokens_out, None, Repair(told, str(fault)))

    async def _settle(self, day: date, most: int, provider: Provider, attempt: "_Attempt[T]") -> None:
        spent = Spent(provider.name, provider.model, attempt.tokens_in, attempt.tokens_out, attempt.microdollars, attempt.ending)
        try:
            await self._ledger.settle(day, 0 if provider.free else most, spent)
        except LedgerAway:
            return  # what was set aside stays so: the day's sum is too high rather than too low

    def _fail(self, provider: Provider, why: Failure, asked_seconds: float | None = None) -> None:
        self._standings[provider.name] = self._standings[provider.name].failed(why, self._now(), asked_seconds)

    @staticmethod
    def _tokens_in(question: Question[T], repair: Repair | None = None) -> int:
        text = 2 * len(question.system().encode()) + len(question.user().encode())  # the schema is sent once more beside the words
        text += len(repair.answer.encode()) + len(repair.wish.encode()) if repair else 0
        return text // _BYTES_A_TOKEN


@dataclass(frozen=True, slots=True)
class _Attempt(Generic[T]):
    ending: str
    microdollars: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    value: T | None = None
    repair: Repair | None = None
    """What may be repaired, if anything."""
