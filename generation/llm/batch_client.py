"""Hands batches in, asks after them, and collects them. What a batch can cost at most is set aside when it is handed in; what it did cost
is told when it is collected, for whoever keeps the book to put in its place, once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Final, Generic

from generation.llm import batches
from generation.llm.batches import MOST_REQUESTS, Request, Stage
from generation.llm.caller import Caller, Reply
from generation.llm.client import Answered, tokens_in
from generation.llm.dialects import Said, credentials
from generation.llm.errors import BadAnswer, NoAnswer, NoReply
from generation.llm.ledger import Ledger, Spent
from generation.llm.provider import Batching, Provider
from generation.llm.purse import Held, NoMoney, Purse
from generation.llm.question import Question, T
from generation.llm.standing import failure_of

CALL_SECONDS: Final = 60.0
LARGEST_RESULT_BYTES: Final = 32 * 1024 * 1024
_LARGEST_TOLD_BYTES: Final = 65_536
BATCH: Final = "batch"
"""The ending under which a batch is booked."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A batch that the provider has taken."""

    provider: str
    batch: str
    held: Held


@dataclass(frozen=True, slots=True)
class Collected(Generic[T]):
    """What came of a batch."""

    answers: Mapping[str, Answered[T]]
    """Name -> valid answer."""
    unanswered: int
    spent: Spent


class BatchClient:
    """For one provider."""

    def __init__(
        self, provider: Provider, caller: Caller, ledger: Ledger, wall: Callable[[], float], budget_microdollars_a_day: int
    ) -> None:
        """Raises ValueError for a provider without batches."""
        if provider.batching is Batching.NONE:
            raise ValueError(f"{provider.name} has no batches")
        self.provider = provider
        self._caller = caller
        self._purse = Purse(ledger, wall, budget_microdollars_a_day)

    async def hand_in(self, questions: Mapping[str, Question[T]]) -> HandedIn:
        """Name -> question; 1 to MOST_REQUESTS of them. Raises NoAnswer if the provider does not take it, or the budget does not."""
        if not 1 <= len(questions) <= MOST_REQUESTS:
            raise NoAnswer(f"a batch has 1 to {MOST_REQUESTS} questions, not {len(questions)}")
        provider = self.provider
        try:
            held = await self._purse.hold(sum(self._most(question) for question in questions.values()))
        except NoMoney as why:
            raise NoAnswer(f"{provider.name}: {why}") from None
        ordering = False
        try:
            file = ""
            if provider.batching is Batching.OPENAI:
                file = batches.identifier(await self._post(batches.upload(provider, questions)))
            ordering = True
            batch = batches.identifier(await self._post(batches.order(provider, questions, file)))
        except (NoReply, BadAnswer, _Refused) as failure:
            # An order that was sent and not answered may have been taken, and be charged.
            taken = ordering and (failure.reached if isinstance(failure, NoReply) else isinstance(failure, BadAnswer))
            await self._purse.pay(held, Spent(provider.name, provider.model, 0, 0, held.microdollars if taken else 0, "batch not taken"))
            raise NoAnswer(f"{provider.name}: the batch was not taken: {failure}") from None
        return HandedIn(provider.name, batch, held)

    async def collect(self, batch: str, question: Question[T]) -> Collected[T] | None:
        """What came of it; None while it is worked on. `question` tells the shape, and what else an answer must hold.

        Raises NoAnswer if the provider cannot be asked now.
        """
        provider = self.provider
        try:
            told = batches.progress(provider, batch, await self._get(batches.standing_path(provider, batch), _LARGEST_TOLD_BYTES))
            if told.stage is not Stage.OVER:
                return None
            said: dict[str, Said] = {}
            for path in told.answers:
                said |= batches.answers(provider, await self._get(path, LARGEST_RESULT_BYTES))
        except (NoReply, BadAnswer, _Refused) as failure:
            raise NoAnswer(f"{provider.name}: {failure}") from None
        found: dict[str, Answered[T]] = {}
        read_tokens = said_tokens = microdollars = 0
        for name, one in said.items():
            cost = self._price(one.tokens_in or 0, one.tokens_out or 0)
            read_tokens, said_tokens = read_tokens + (one.tokens_in or 0), said_tokens + (one.tokens_out or 0)
            microdollars += cost
            try:
                found[name] = Answered(question.read(one.texts[0]), provider.name, provider.model, cost)
            except BadAnswer:
                continue
        return Collected(found, len(said) - len(found), Spent(provider.name, provider.model, read_tokens, said_tokens, microdollars, BATCH))

    def _most(self, question: Question[T]) -> int:
        return self._price(tokens_in(question), question.most_tokens)

    def _price(self, tokens_of_question: int, tokens_of_answer: int) -> int:
        return ceil(self.provider.batch_price * self.provider.microdollars(tokens_of_question, tokens_of_answer))

    async def _post(self, request: Request) -> bytes:
        url = self.provider.url.rstrip("/") + request.path
        return _body(await self._caller.post(url, request.headers, request.body, CALL_SECONDS, _LARGEST_TOLD_BYTES))

    async def _get(self, path: str, largest_bytes: int) -> bytes:
        url = self.provider.url.rstrip("/") + path
        return _body(await self._caller.get(url, credentials(self.provider), CALL_SECONDS, largest_bytes))


class _Refused(Exception):
    """The provider answered with a status that is not 200."""


def _body(reply: Reply) -> bytes:
    if not 200 <= reply.status < 300:
        raise _Refused(f"{failure_of(reply.status)} ({reply.status})")
    return reply.body
