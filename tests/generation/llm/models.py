"""Providers in memory that misbehave on a pattern: each call takes the next of a provider's answers; the last one stays."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from generation.llm.caller import Reply
from generation.llm.errors import NoReply
from generation.llm.provider import Dialect, Provider
from tests.generation.llm.choice import VALID

KEY = "canary-key-4711"
CHEAP = Provider("cheap", "https://cheap.example/v1", "small", 0.1, 0.4, KEY)
DEAR = Provider("dear", "https://dear.example/v1", "large", 1.0, 5.0, KEY, dialect=Dialect.ANTHROPIC)
FREE = Provider("free", "http://127.0.0.1:11434/v1", "own", 0.0, 0.0, own_network=True)


def completion(text: str | bytes = VALID, tokens: tuple[int, int] | None = (100, 20)) -> Reply:
    """As OpenAI's format has it."""
    words = text.decode() if isinstance(text, bytes) else text
    usage = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1]} if tokens else None
    return Reply(200, msgspec.json.encode({"id": "x", "choices": [{"message": {"role": "assistant", "content": words}}], "usage": usage}))


def filled(text: bytes = VALID, tokens: tuple[int, int] = (100, 20)) -> Reply:
    """As Anthropic's format has it."""
    blocks: list[dict[str, Any]] = [
        {"type": "text", "text": "So be it."},
        {"type": "tool_use", "id": "t", "name": "answer", "input": msgspec.Raw(text)},
    ]
    return Reply(200, msgspec.json.encode({"content": blocks, "usage": {"input_tokens": tokens[0], "output_tokens": tokens[1]}}))


@dataclass
class Models:
    """All providers at once, by host; a provider that is not named gives no reply."""

    now: float = 0.0
    answers: dict[str, list[Reply | None]] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, str], dict[str, Any]]] = field(default_factory=list)
    takes_seconds: float = 0.0
    """By this clock."""

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float, largest_bytes: int) -> Reply:
        self.asked.append((url, headers, msgspec.json.decode(body) if body.startswith(b"{") else {}))
        host = url.split("/")[2].split(".")[0].split(":")[0]
        answers = self.answers.get(host, [None])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        self.now += min(self.takes_seconds, timeout_seconds)
        if answer is None or self.takes_seconds > timeout_seconds or len(answer.body) > largest_bytes:
            raise NoReply("no whole answer")
        return answer

    async def get(self, url: str, headers: Mapping[str, str], timeout_seconds: float, largest_bytes: int) -> Reply:
        return await self.post(url, headers, b"", timeout_seconds, largest_bytes)

    @property
    def hosts(self) -> list[str]:
        return [url.split("/")[2] for url, _, _ in self.asked]


def priced(name: str, dollars: float) -> Provider:
    """One that takes so much for a million tokens either way."""
    return replace(CHEAP, name=name, url=f"https://{name}.example/v1", dollars_per_million_in=dollars, dollars_per_million_out=dollars)
