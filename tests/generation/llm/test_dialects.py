from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.llm.dialects import Repair, Said, read, written
from generation.llm.errors import BadAnswer
from generation.llm.presets import provider_of
from generation.llm.provider import JsonMode, Provider
from tests.generation.llm.choice import QUESTION, VALID
from tests.generation.llm.models import CHEAP, DEAR, FREE, KEY, completion, filled


def test_openai() -> None:
    url, headers, body = written(CHEAP, QUESTION, None)
    sent = msgspec.json.decode(body)
    assert url == "https://cheap.example/v1/chat/completions"
    assert headers == {"Content-Type": "application/json", "Authorization": f"Bearer {KEY}"}
    assert sent["model"] == "small"
    assert sent["max_tokens"] == 400
    assert [turn["role"] for turn in sent["messages"]] == ["system", "user"]
    assert sent["response_format"]["json_schema"]["strict"] is True
    assert sent["response_format"]["json_schema"]["schema"] == QUESTION.schema()
    assert KEY not in body.decode()


def test_those_without_schemas_are_told_it_in_words() -> None:
    sent = msgspec.json.decode(written(replace(CHEAP, json_mode=JsonMode.OBJECT), QUESTION, None)[2])
    assert sent["response_format"] == {"type": "json_object"}
    assert '"additionalProperties":false' in sent["messages"][0]["content"]


def test_newer_models_call_the_limit_otherwise() -> None:
    sent = msgspec.json.decode(written(provider_of("openai", KEY), QUESTION, None)[2])
    assert sent["max_completion_tokens"] == 400
    assert "max_tokens" not in sent


def test_anthropic() -> None:
    url, headers, body = written(DEAR, QUESTION, Repair("{", "cut off"))
    sent = msgspec.json.decode(body)
    assert url == "https://dear.example/v1/messages"
    assert headers == {"Content-Type": "application/json", "x-api-key": KEY, "anthropic-version": "2023-06-01"}
    assert sent["system"] == QUESTION.system()
    assert [turn["role"] for turn in sent["messages"]] == ["user", "assistant", "user"]
    assert sent["tools"][0]["input_schema"] == QUESTION.schema()
    assert sent["tool_choice"] == {"type": "tool", "name": "answer"}


def test_several_answers_are_wished_and_read() -> None:
    assert msgspec.json.decode(written(CHEAP, QUESTION, None, 4)[2])["n"] == 4
    assert "n" not in msgspec.json.decode(written(CHEAP, QUESTION, None)[2]), "some providers refuse the word"
    assert "n" not in msgspec.json.decode(written(DEAR, QUESTION, None, 4)[2])
    several = msgspec.json.encode({"choices": [{"message": {"content": one}} for one in ("a", "", "b", None)]})
    assert read(CHEAP, several).texts == (b"a", b"b")


def test_without_a_key_none_is_sent() -> None:
    assert "Authorization" not in written(FREE, QUESTION, None)[1]


def test_both_are_read_with_their_counts() -> None:
    said = read(CHEAP, completion().body)
    assert (said.texts, said.tokens_in, said.tokens_out) == ((VALID,), 100, 20)
    said = read(DEAR, filled().body)
    assert (msgspec.json.decode(said.texts[0]), said.tokens_in, said.tokens_out) == ({"genre": "house", "bpm": 124}, 100, 20)


@pytest.mark.parametrize("provider", [CHEAP, DEAR])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"{}",
        b'{"choices": []}',
        b'{"choices": [{"message": {"content": null}}]}',
        b'{"content": []}',
        b"[" * 60_000,
        b"\xff\xfe",
    ],
)
def test_what_is_neither_is_a_bad_answer(provider: Provider, body: bytes) -> None:
    with pytest.raises(BadAnswer):
        read(provider, body)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for provider in (CHEAP, DEAR):
        try:
            found: Said | str = read(provider, body)
        except BadAnswer as fault:
            found = str(fault)
        assert isinstance(found, Said) or "format" in found or "empty" in found
