"""A provider of language models: where it is, which model is asked, what it takes for it, and how it wants to be spoken to.

The prices are what the operator states; the presets' are list prices in US dollars and age. They decide the order and the budget, so a
price that is too high only makes the budget end sooner.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import ceil, isfinite
from typing import Final

from generation.errors import InvalidBrief

_MOST_PER_MILLION: Final = 1_000_000.0


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

    def __post_init__(self) -> None:
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


PRESETS: Final = {
    preset.name: preset
    for preset in (
        Provider("ollama", "http://127.0.0.1:11434/v1", "llama3.1", 0.0, 0.0, timeout_seconds=60.0, own_network=True),
        Provider("groq", "https://api.groq.com/openai/v1", "llama-3.3-70b-versatile", 0.59, 0.79, json_mode=JsonMode.OBJECT),
        Provider("gemini", "https://generativelanguage.googleapis.com/v1beta/openai", "gemini-2.5-flash-lite", 0.10, 0.40),
        Provider("deepseek", "https://api.deepseek.com/v1", "deepseek-chat", 0.28, 0.42, json_mode=JsonMode.OBJECT),
        Provider("openai", "https://api.openai.com/v1", "gpt-4.1-mini", 0.40, 1.60, tokens_field="max_completion_tokens"),
        Provider("anthropic", "https://api.anthropic.com/v1", "claude-haiku-4-5", 1.00, 5.00, dialect=Dialect.ANTHROPIC),
    )
}
"""Name -> a provider without its key."""


def preset(name: str, key: str = "", model: str = "") -> Provider:
    """A provider that is known by name. Raises InvalidBrief if it is not."""
    if name not in PRESETS:
        raise InvalidBrief(f"the provider {name!r} is unknown; known are {', '.join(PRESETS)}")
    known = PRESETS[name]
    return replace(known, key=key, model=model or known.model)
