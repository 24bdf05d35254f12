"""The audit log as a file: one JSON object a line, or CSV for a spreadsheet."""

import csv
import io
from collections.abc import Sequence
from typing import Final

import msgspec

from control.audit.entry import Entry

COLUMNS: Final = Entry.__struct_fields__
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is a formula to a spreadsheet; ours get an apostrophe before it."""
_encoder: Final = msgspec.json.Encoder()


def as_ndjson(entries: Sequence[Entry]) -> bytes:
    """One object a line."""
    return b"".join(_encoder.encode(entry) + b"\n" for entry in entries)


def as_csv(entries: Sequence[Entry]) -> bytes:
    """One row an entry, without the header."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    for entry in entries:
        writer.writerow([_cell(getattr(entry, column)) for column in COLUMNS])
    return file.getvalue().encode()


def csv_header() -> bytes:
    """The first row."""
    return ",".join(COLUMNS).encode() + b"\r\n"


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = _encoder.encode(value).decode() if isinstance(value, dict) else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
