from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from control.api.instant import EARLIEST, LATEST, Instant

ADAPTER: TypeAdapter[datetime] = TypeAdapter(Instant)


@given(st.datetimes(timezones=st.timezones()))
def test_every_one_can_be_turned_to_utc(moment: datetime) -> None:
    assert EARLIEST <= ADAPTER.validate_python(moment).astimezone(UTC) <= LATEST


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
def test_the_ends_of_the_world(text: str) -> None:
    assert ADAPTER.validate_python(text) in {EARLIEST, LATEST}


def test_others_are_as_they_are_and_have_a_zone() -> None:
    assert ADAPTER.validate_python("2026-01-02T03:04:05+01:00").isoformat() == "2026-01-02T03:04:05+01:00"
    with pytest.raises(ValidationError):
        ADAPTER.validate_python("2026-01-02T03:04:05")
