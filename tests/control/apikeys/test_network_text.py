from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from control.apikeys.network_text import NetworkText, network_of

ADAPTER: TypeAdapter[str] = TypeAdapter(NetworkText)
PATTERN: str = ADAPTER.json_schema()["pattern"]


@given(st.from_regex(PATTERN, alphabet=st.characters(codec="ascii")).map(str.strip))
def test_whatever_fits_the_pattern_is_a_network(text: str) -> None:
    assert network_of(ADAPTER.validate_python(text)).num_addresses >= 1


@given(st.ip_addresses(), st.integers(0, 32))
def test_every_network_fits_as_it_is_printed(address: object, length: int) -> None:
    network = ip_network(f"{address}/{length}", strict=False)
    assert network_of(ADAPTER.validate_python(str(network))) == network


@pytest.mark.parametrize(
    "text",
    ["", "10.0.0.0/33", "10.0.0/8", "010.0.0.0/8", "::/129", "1::2::3", "fe80::1%eth0", "10.0.0.0/8\n", "example.org"],
)
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(ValidationError):
        ADAPTER.validate_python(text)
