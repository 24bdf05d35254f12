"""The two formats of messages: OpenAI's, which nearly everybody speaks, and Anthropic's. Pure: a question to bytes, bytes to a text."""

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from generation.llm.errors import BadAnswer
from generation.llm.provider import Dialect, JsonMode, Provider
from generation.llm.question import Question, T

ANSWER: Final = "answer"
"""How the form is called that is to be filled in."""
_ANTHROPIC_VERSION: Final = "2023-06-01"
_MOST_TOKENS: Final = 10_000_000
_TEMPERATURE: Final = 0.9


@dataclass(frozen=True, slots=True)
class Said:
    """What a model said."""

    texts: tuple[bytes, ...]
    """Each to be JSON of the question's shape; not yet checked. One, or as many as were wished."""
    tokens_in: int | None
    tokens_out: int | None
    """As the provider counted; None if it did not, or counted nonsense."""


@dataclass(frozen=True, slots=True)
class Repair:
    """A first answer that did not fit, and why."""

    answer: str
    fault: str

    @property
    def wish(self) -> str:
        return f"That does not hold the schema: {self.fault}. Answer again with the JSON object alone."


def written(provider: Provider, question: Question[T], repair: Repair | None, choices: int = 1) -> tuple[str, dict[str, str], bytes]:
    """Address, headers and body, for one answer or several. The headers hold the key."""
    url = provider.url.rstrip("/")
    address = f"{url}/messages" if provider.dialect is Dialect.ANTHROPIC else f"{url}/chat/completions"
    headers = {"Content-Type": "application/json", **credentials(provider)}
    return address, headers, msgspec.json.encode(parameters(provider, question, repair, choices))


def credentials(provider: Provider) -> dict[str, str]:
    """The headers that hold the key."""
    if provider.dialect is Dialect.ANTHROPIC:
        return {"x-api-key": provider.key, "anthropic-version": _ANTHROPIC_VERSION}
    return {"Authorization": f"Bearer {provider.key}"} if provider.key else {}


def parameters(provider: Provider, question: Question[T], repair: Repair | None = None, choices: int = 1) -> dict[str, Any]:
    """The body of one call, alone or within a batch."""
    turns = [{"role": "user", "content": question.user()}]
    if repair:
        turns += [{"role": "assistant", "content": repair.answer or "(nothing)"}, {"role": "user", "content": repair.wish}]
    if provider.dialect is Dialect.ANTHROPIC:
        return _anthropic(provider, question, turns)
    return _openai(provider, question, turns) | ({"n": choices} if choices > 1 else {})


def read(provider: Provider, body: bytes) -> Said:
    """What the model said. Raises BadAnswer if the format is not the dialect's."""
    try:
        if provider.dialect is Dialect.ANTHROPIC:
            return _read_anthropic(msgspec.json.decode(body, type=_Message))
        return _read_openai(msgspec.json.decode(body, type=_Completion))
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise BadAnswer(f"the answer is not in the format of {provider.dialect}") from None


class _Counts(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None


class _Words(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    message: _Words


class _Completion(msgspec.Struct):
    choices: list[_Choice]
    usage: _Counts | None = None


class _Block(msgspec.Struct):
    type: str
    input: msgspec.Raw = msgspec.Raw()


class _Message(msgspec.Struct):
    content: list[_Block]
    usage: _Counts | None = None


def _openai(provider: Provider, question: Question[T], turns: list[dict[str, str]]) -> dict[str, Any]:
    if provider.json_mode is JsonMode.SCHEMA:
        form: dict[str, Any] = {
            "type": "json_schema",
            "json_schema": {"name": ANSWER, "strict": True, "schema": question.schema()},
        }
    else:
        form = {"type": "json_object"}
    return {
        "model": provider.model,
        "messages": [{"role": "system", "content": question.system()}, *turns],
        provider.tokens_field: question.most_tokens,
        "temperature": _TEMPERATURE,
        "response_format": form,
    }


def _anthropic(provider: Provider, question: Question[T], turns: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "model": provider.model,
        "system": question.system(),
        "messages": turns,
        "max_tokens": question.most_tokens,
        "temperature": _TEMPERATURE,
        "tools": [{"name": ANSWER, "description": "The answer.", "input_schema": question.schema()}],
        "tool_choice": {"type": "tool", "name": ANSWER},
    }


def _read_openai(said: _Completion) -> Said:
    texts = tuple(choice.message.content.encode() for choice in said.choices if choice.message.content)
    if not texts:
        raise BadAnswer("the answer is empty")
    usage = said.usage or _Counts()
    return Said(texts, _sane(usage.prompt_tokens), _sane(usage.completion_tokens))


def _read_anthropic(said: _Message) -> Said:
    filled = next((bytes(block.input) for block in said.content if block.type == "tool_use"), b"")
    if not filled:
        raise BadAnswer("the answer is empty")
    usage = said.usage or _Counts()
    return Said((filled,), _sane(usage.input_tokens), _sane(usage.output_tokens))


def _sane(count: int | None) -> int | None:
    return count if count is not None and 0 <= count <= _MOST_TOKENS else None
