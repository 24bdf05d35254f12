import csv
import io
import json
from datetime import UTC, datetime

from control.audit.entry import Entry, new_entry
from control.audit.export import as_csv, as_ndjson, csv_header

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def entry(subject: str) -> Entry:
    return new_entry("account.suspend", AT, None, subject, {"why": 'said "no", twice'}, "192.0.2.1")


def test_each_line_is_one_object() -> None:
    lines = as_ndjson([entry("a"), entry("b")]).splitlines()
    assert [json.loads(line)["subject"] for line in lines] == ["a", "b"]
    assert json.loads(lines[0])["detail"] == {"why": 'said "no", twice'}


def test_csv_reads_back() -> None:
    rows = list(csv.DictReader(io.StringIO((csv_header() + as_csv([entry("a")])).decode())))
    assert rows[0]["event"] == "account.suspend"
    assert json.loads(rows[0]["detail"]) == {"why": 'said "no", twice'}
    assert rows[0]["actor_id"] == ""


def test_a_cell_is_never_a_formula() -> None:
    rows = list(csv.DictReader(io.StringIO((csv_header() + as_csv([entry('=HYPERLINK("http://x")')])).decode())))
    assert rows[0]["subject"].startswith("'=")
