"""A measurement always gives a row a bar, whatever breaks in it; and the list of them chooses by name."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from benchmarks.air import MEASUREMENTS
from benchmarks.area import wanted
from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import Unmeasured

ONE = Bar("one gap", "s", most=1)
TWO = Bar("two gaps", "s", most=1)


def measurement(measure: Callable[[], Awaitable[list[Row]]]) -> Measurement:
    return Measurement((ONE, TWO), measure, 0.1)


async def test_rows_come_in_the_order_of_the_bars() -> None:
    async def measure() -> list[Row]:
        return [TWO.row(0.5), ONE.row(0.4)]

    assert [row.value for row in await measurement(measure).rows()] == [0.4, 0.5]


async def test_a_missing_program_leaves_its_rows_unmeasured() -> None:
    async def measure() -> list[Row]:
        raise Unmeasured("x is not installed: apt-get install x")

    rows = await measurement(measure).rows()
    assert [row.holds for row in rows] == [False, False]
    assert rows[0].note == "x is not installed: apt-get install x"


@pytest.mark.parametrize("error", [KeyError("gone"), OSError(5, "broken"), AssertionError()])
async def test_what_breaks_is_told_and_hides_nothing(error: Exception) -> None:
    async def measure() -> list[Row]:
        raise error

    assert all(type(error).__name__ in row.note for row in await measurement(measure).rows())


async def test_it_ends_by_itself() -> None:
    async def measure() -> list[Row]:
        await asyncio.Event().wait()
        return []

    assert "within 0.1 s" in (await measurement(measure).rows())[0].note


async def test_a_bar_without_a_row_does_not_hold() -> None:
    async def measure() -> list[Row]:
        return [ONE.row(0.0)]

    assert [row.holds for row in await measurement(measure).rows()] == [True, False]


def test_bars_are_chosen_by_any_part_of_their_name() -> None:
    assert wanted((ONE, TWO), []) == [ONE, TWO]
    assert wanted((ONE, TWO), ["GAPS"]) == [TWO]
    assert wanted((ONE, TWO), ["three"]) == []


def test_no_two_bars_have_the_same_name() -> None:
    names = [bar.name for measurement in MEASUREMENTS for bar in measurement.bars]
    assert len(names) == len(set(names))
