import pytest

from generation.errors import InvalidBrief
from generation.llm.presets import PRESETS, provider_of
from generation.llm.provider import Batching, Dialect
from tests.generation.llm.models import KEY


def test_the_seven_are_known() -> None:
    assert set(PRESETS) == {"ollama", "vllm", "groq", "gemini", "deepseek", "openai", "anthropic"}
    assert [one.name for one in PRESETS.values() if one.dialect is Dialect.ANTHROPIC] == ["anthropic"]
    assert [one.name for one in PRESETS.values() if one.free and one.own_network] == ["ollama", "vllm"]
    assert [one.name for one in PRESETS.values() if one.batching is not Batching.NONE] == ["groq", "openai", "anthropic"]
    assert all(one.url.startswith("https://") and one.model for one in PRESETS.values() if not one.own_network)
    assert not any(one.key for one in PRESETS.values())


def test_a_preset_gets_its_key_and_what_the_operator_wants_otherwise() -> None:
    stated = provider_of("groq", KEY, model="another", dollars_per_million_in=2.0)
    assert (stated.key, stated.model, stated.dollars_per_million_in) == (KEY, "another", 2.0)
    assert stated.url == PRESETS["groq"].url


def test_a_vllm_server_needs_its_model() -> None:
    with pytest.raises(InvalidBrief, match=r"vllm needs model$"):
        provider_of("vllm")
    assert provider_of("vllm", model="qwen").choices_at_once == 8


def test_a_stranger_is_stated_whole() -> None:
    with pytest.raises(
        InvalidBrief, match="needs url, model, dollars_per_million_in, dollars_per_million_out; known without them are ollama"
    ):
        provider_of("mine")
    mine = provider_of("mine", url="https://llm.example/v1", model="m", dollars_per_million_in=1.0, dollars_per_million_out=2.0)
    assert (mine.name, mine.batching) == ("mine", Batching.NONE)
