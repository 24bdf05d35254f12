"""Statements told apart without their values, counted within bounds."""

from dataclasses import dataclass
from typing import cast

import pytest
from asyncpg.connection import LoggedQuery

from control.database.statistics import LARGEST, REST, Statistics, fingerprint


@dataclass(frozen=True)
class Ended:
    """What asyncpg tells of a statement, as far as it is looked at."""

    query: str
    elapsed: float
    exception: BaseException | None = None


def note(statistics: Statistics, query: str, elapsed: float = 0.001, exception: BaseException | None = None) -> None:
    statistics.note(cast("LoggedQuery", Ended(query, elapsed, exception)))


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select  1\n from t", "select ? from t"),
        ("select a from t where b = $1 and c = $12", "select a from t where b = ? and c = ?"),
        ("select a from t where b in ($1, $2,$3)", "select a from t where b in (…)"),
        ("select a from t where b = 'it''s a secret'", "select a from t where b = ?"),
        ("select t1.a from t1", "select t1.a from t1"),
    ],
)
def test_fingerprint(sql: str, expected: str) -> None:
    assert fingerprint(sql) == expected


def test_same_statement_is_counted_once_with_its_worst() -> None:
    statistics = Statistics(slow_seconds=1.0)
    note(statistics, "select a from t where b = 1", 0.2)
    note(statistics, "select a from t where b = 2", 0.4, TimeoutError())
    (dearest,) = statistics.dearest()
    assert dearest == {"statement": "select a from t where b = ?", "count": 2, "failed": 1, "total_seconds": 0.6, "longest_seconds": 0.4}


def test_slow_ones_are_counted() -> None:
    statistics = Statistics(slow_seconds=0.25)
    note(statistics, "select 1", 0.24)
    note(statistics, "select 1", 0.25)
    assert statistics.slow == 1


def test_statements_without_end_stay_within_bounds() -> None:
    statistics = Statistics(slow_seconds=1.0)
    names = [
        f"select a from {chr(97 + one)}{chr(97 + two)}{chr(97 + three)}" for one in range(26) for two in range(26) for three in range(4)
    ]
    for name in names:
        note(statistics, name)
    assert len(statistics.costs()) <= LARGEST + 1
    assert statistics.costs()[REST].count == len(names) - LARGEST
