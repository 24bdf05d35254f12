"""Bars and rows: what holds, and how it is printed."""

import json

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.row import Bar, heading, line

MOST = Bar("CPU", "cores", most=0.2)
LEAST = Bar("speed", "x", least=40)
BOTH = Bar("loudness", "LUFS", least=-16.5, most=-15.5)


def test_a_value_on_the_limit_holds() -> None:
    assert MOST.row(0.2).holds
    assert LEAST.row(40).holds
    assert BOTH.row(-15.5).holds


def test_a_value_past_the_limit_does_not() -> None:
    assert not MOST.row(0.2001).holds
    assert not LEAST.row(39.9).holds
    assert not BOTH.row(-17).holds
    assert not BOTH.row(-15).holds


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_proves_nothing_never_holds(value: float) -> None:
    assert not Bar("gaps", "gaps", most=value).row(value, valid=False).holds


def test_not_a_number_never_holds() -> None:
    assert not MOST.row(float("nan")).holds
    assert not LEAST.row(float("nan")).holds


def test_what_was_not_measured_says_why_and_does_not_hold() -> None:
    row = MOST.unmeasured("liquidsoap is not installed: apt-get install liquidsoap")
    assert not row.holds
    assert row.value is None
    assert "apt-get install liquidsoap" in row.note


def test_json_has_exactly_the_promised_keys() -> None:
    row = json.loads(MOST.row(0.123456789, peer=0.1, note="windows").json())
    assert row == {"name": "CPU", "value": 0.12346, "unit": "cores", "limit": "<= 0.2", "peer": 0.1, "holds": True, "note": "windows"}


def test_json_of_what_never_came_can_be_read() -> None:
    assert json.loads(MOST.row(float("inf")).json(), parse_constant=lambda name: name)["value"] is None


def test_the_table_lines_up() -> None:
    bars = (MOST, LEAST, BOTH)
    title = heading(bars).splitlines()[0]
    rows = [line(MOST.row(0.1, peer=0.12), bars), line(LEAST.row(12), bars), line(BOTH.unmeasured("why"), bars).splitlines()[0]]
    assert {len(row) for row in rows} == {len(title)}
    assert rows[1].endswith("NO")
    assert line(BOTH.unmeasured("why"), bars).endswith("\n    why")
