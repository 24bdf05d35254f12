"""Providers that are known by name, without their keys. An operator who names one states his key and what he wants otherwise."""

from dataclasses import replace
from typing import Any, Final

from generation.errors import InvalidBrief
from generation.llm.provider import Batching, Dialect, JsonMode, Provider

PRESETS: Final = {
    known.name: known
    for known in (
        Provider("ollama", "http://127.0.0.1:11434/v1", "llama3.1", 0.0, 0.0, timeout_seconds=60.0, own_network=True),
        Provider(
            "vllm",
            "http://127.0.0.1:8001/v1",
            "",  # whatever the server was started with
            dollars_per_million_in=0.0,
            dollars_per_million_out=0.0,
            timeout_seconds=60.0,
            own_network=True,
            calls_at_once=16,
            choices_at_once=8,
        ),
        Provider(
            "groq",
            "https://api.groq.com/openai/v1",
            "llama-3.3-70b-versatile",
            dollars_per_million_in=0.59,
            dollars_per_million_out=0.79,
            json_mode=JsonMode.OBJECT,
            calls_at_once=2,
            batching=Batching.OPENAI,
        ),
        Provider(
            "gemini",
            "https://generativelanguage.googleapis.com/v1beta/openai",
            "gemini-2.5-flash-lite",
            dollars_per_million_in=0.10,
            dollars_per_million_out=0.40,
            calls_at_once=2,
        ),
        Provider(
            "deepseek",
            "https://api.deepseek.com/v1",
            "deepseek-chat",
            dollars_per_million_in=0.28,
            dollars_per_million_out=0.42,
            json_mode=JsonMode.OBJECT,
            calls_at_once=4,
        ),
        Provider(
            "openai",
            "https://api.openai.com/v1",
            "gpt-4.1-mini",
            dollars_per_million_in=0.40,
            dollars_per_million_out=1.60,
            tokens_field="max_completion_tokens",
            calls_at_once=4,
            choices_at_once=8,
            batching=Batching.OPENAI,
        ),
        Provider(
            "anthropic",
            "https://api.anthropic.com/v1",
            "claude-haiku-4-5",
            dollars_per_million_in=1.00,
            dollars_per_million_out=5.00,
            dialect=Dialect.ANTHROPIC,
            calls_at_once=2,
            batching=Batching.ANTHROPIC,
        ),
    )
}
"""Name -> what is known of it. Prices are list prices in US dollars, and age."""
_NEEDED: Final = ("url", "model", "dollars_per_million_in", "dollars_per_million_out")


def provider_of(name: str, key: str = "", **stated: Any) -> Provider:
    """A provider: by its name here, or as the operator states it whole. What he states (a Provider's fields) comes before the preset.

    Raises InvalidBrief for one that lacks what must be known of it.
    """
    known = PRESETS.get(name)
    if missing := [field for field in _NEEDED if stated.get(field, getattr(known, field, "")) == ""]:
        stranger = "" if known else f"; known without them are {', '.join(one for one in PRESETS if PRESETS[one].model)}"
        raise InvalidBrief(f"the provider {name} needs {', '.join(missing)}{stranger}")
    return replace(known, key=key, **stated) if known else Provider(name, key=key, **stated)
