from generation.llm.routing import order
from generation.llm.standing import Failure, Standing
from tests.generation.llm.models import priced

A, B, C = priced("a", 3.0), priced("b", 1.0), priced("c", 1.0)


def names(standings: dict[str, Standing], now: float = 0.0) -> list[str]:
    return [provider.name for provider in order((A, B, C), standings, 100, 100, now)]


def test_the_cheaper_first_and_of_equals_the_one_named_first() -> None:
    assert names({}) == ["b", "c", "a"]


def test_who_rests_is_left_out_until_he_has_rested() -> None:
    standings = {"b": Standing(rests_until=10.0)}
    assert names(standings, 9.9) == ["c", "a"]
    assert names(standings, 10.0) == ["b", "c", "a"]


def test_a_price_is_that_of_a_valid_answer() -> None:
    assert names({"b": Standing(health=0.6)}) == ["c", "b", "a"]


def test_the_sickly_come_last_whatever_they_cost() -> None:
    sick = Standing()
    for _ in range(7):
        sick = sick.failed(Failure.SILENT, -1e6)
    assert names({"b": sick, "c": sick}) == ["a", "b", "c"]
