import math
from dataclasses import replace

import pytest

from generation.errors import InvalidBrief
from tests.generation.llm.models import CHEAP, DEAR, FREE, KEY


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


@pytest.mark.parametrize("other", [{"calls_at_once": 0}, {"choices_at_once": 65}, {"batch_price": 1.5}])
def test_what_is_asked_at_once_is_bounded(other: dict[str, float]) -> None:
    with pytest.raises(InvalidBrief, match="cheap"):
        replace(CHEAP, **other)


def test_a_time_is_above_nothing() -> None:
    with pytest.raises(InvalidBrief):
        replace(CHEAP, timeout_seconds=0.0)


def test_a_cost_is_rounded_up() -> None:
    assert CHEAP.microdollars(1, 0) == 1
    assert DEAR.microdollars(1_000, 200) == 2_000
    assert FREE.microdollars(10**6, 10**6) == 0
