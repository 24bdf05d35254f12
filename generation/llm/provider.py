"""A provider of language models: where it is, which model is asked, what it takes for it, and how it wants to be spoken to.

The prices are what the operator states; the presets' are list prices in US dollars and age. They decide the order and the budget, so a
price that is too high only makes the budget end sooner.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil, isfinite
from typing import Final

from generation.errors import InvalidBrief

_MOST_PER_MILLION: Final = 1_000_000.0
_MOST_AT_ONCE: Final = 64


class Dialect(StrEnum):
    """The format of messages."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"


class JsonMode(StrEnum):
    """What the provider can promise of its answer. What it promises is checked all the same."""

    SCHEMA = "schema"
    """It holds a JSON schema."""
    OBJECT = "object"
    """It is a JSON object of some kind; the schema is told in words."""


class Batching(StrEnum):
    """How many questions are handed in to be answered within a day, at a lower price."""

    NONE = "none"
    OPENAI = "openai"
    """A file of requests at /files, a batch of it at /batches, a file of answers. Groq does the same."""
    ANTHROPIC = "anthropic"
    """A list of requests at /messages/batches, its answers at /results."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One model at one provider."""

    name: str
    url: str
    """Up to and without /chat/completions or /messages."""
    model: str
    dollars_per_million_in: float
    dollars_per_million_out: float
    key: str = field(default="", repr=False)
    """A secret: in no text, log or error. Empty where none is needed."""
    dialect: Dialect = Dialect.OPENAI
    json_mode: JsonMode = JsonMode.SCHEMA
    tokens_field: str = "max_tokens"
    """How the limit of the answer's length is called there."""
    timeout_seconds: float = 20.0
    own_network: bool = False
    """It stands on the operator's own network: it may be at a private address, and is spoken to by http if the url says so."""
    calls_at_once: int = 1
    """So many questions are asked of it side by side: a server like vLLM answers many in little more than the time of one."""
    choices_at_once: int = 1
    """So many answers it gives to one question at once (`n`)."""
    batching: Batching = Batching.NONE
    batch_price: float = 0.5
    """What a batch costs, as a share of the price."""

    def __post_init__(self) -> None:
        if not 1 <= min(self.calls_at_once, self.choices_at_once) <= max(self.calls_at_once, self.choices_at_once) <= _MOST_AT_ONCE:
            raise InvalidBrief(f"{self.name} can be asked 1 to {_MOST_AT_ONCE} at once")
        if not 0.0 <= self.batch_price <= 1.0:
            raise InvalidBrief(f"a batch of {self.name} costs 0 to 1 of the price")
        for price in (self.dollars_per_million_in, self.dollars_per_million_out):
            if not (isfinite(price) and 0 <= price <= _MOST_PER_MILLION):
                raise InvalidBrief(f"the price {price} of {self.name} is no price")
        if not (isfinite(self.timeout_seconds) and self.timeout_seconds > 0):
            raise InvalidBrief(f"the time {self.timeout_seconds} for {self.name} is not above 0")
        if not self.key.isprintable() or not self.key.isascii():
            raise InvalidBrief(f"the key of {self.name} holds what no header may hold")

    @property
    def free(self) -> bool:
        """Whether it costs nothing, so that no budget stops it."""
        return self.dollars_per_million_in == 0 and self.dollars_per_million_out == 0

    def microdollars(self, tokens_in: int, tokens_out: int) -> int:
        """What a call costs, rounded up. A dollar a million tokens is a microdollar a token."""
        return ceil(tokens_in * self.dollars_per_million_in + tokens_out * self.dollars_per_million_out)
