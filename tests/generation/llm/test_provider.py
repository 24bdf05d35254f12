import math
from dataclasses import replace

import pytest

from generation.errors import InvalidBrief
from generation.llm.provider import PRESETS, Dialect, preset
from tests.generation.llm.models import CHEAP, DEAR, FREE, KEY


def test_the_six_are_known() -> None:
    assert set(PRESETS) == {"ollama", "groq", "gemini", "deepseek", "openai", "anthropic"}
    assert [one.name for one in PRESETS.values() if one.dialect is Dialect.ANTHROPIC] == ["anthropic"]
    assert [one.name for one in PRESETS.values() if one.free or one.own_network] == ["ollama"]
    assert all(one.url.startswith("https://") for one in PRESETS.values() if not one.own_network)


def test_a_preset_gets_its_key_and_perhaps_another_model() -> None:
    assert preset("groq", KEY).key == KEY
    assert preset("groq", KEY, "another").model == "another"
    with pytest.raises(InvalidBrief, match="known are"):
        preset("nobody")


def test_a_key_is_in_no_text() -> None:
    assert KEY not in repr(DEAR)
    assert KEY not in f"{DEAR}"


@pytest.mark.parametrize("key", ["two\r\nlines", "schlüssel", "nul\x00"])
def test_a_key_is_what_a_header_may_hold(key: str) -> None:
    with pytest.raises(InvalidBrief) as caught:
        replace(CHEAP, key=key)
    assert key not in str(caught.value)


@pytest.mark.parametrize("price", [-0.1, math.nan, math.inf])
def test_a_price_is_a_price(price: float) -> None:
    with pytest.raises(InvalidBrief):
        replace(CHEAP, dollars_per_million_in=price)


def test_a_time_is_above_nothing() -> None:
    with pytest.raises(InvalidBrief):
        replace(CHEAP, timeout_seconds=0.0)


def test_a_cost_is_rounded_up() -> None:
    assert CHEAP.microdollars(1, 0) == 1
    assert DEAR.microdollars(1_000, 200) == 2_000
    assert FREE.microdollars(10**6, 10**6) == 0
