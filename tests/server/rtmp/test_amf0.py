"""AMF0: what is written is read again, and nothing that comes from outside does harm."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rtmp.amf0 import DEEPEST, Amf0Broken, Value, decode, ecma_array, encode

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS.filter(bool), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(VALUES, max_size=4))
def test_what_is_written_is_read_again(values: list[Value]) -> None:
    assert decode(encode(*values)) == values


def test_known_bytes() -> None:
    assert encode("connect", 1.0) == b"\x02\x00\x07connect\x00" + struct.pack(">d", 1.0)
    assert encode({"app": "live"}, None, True) == b"\x03\x00\x03app\x02\x00\x04live\x00\x00\x09\x05\x01\x01"
    assert decode(ecma_array({"width": 1280.0, "title": "Nuit d\u2019\u00e9t\u00e9"})) == [
        {"width": 1280.0, "title": "Nuit d\u2019\u00e9t\u00e9"}
    ]
    assert decode(b"\x06\x0d") == [None, None]
    assert decode(b"\x0b" + struct.pack(">d", 5.0) + b"\0\0") == [5.0]
    assert decode(b"\x10\x00\x01T\x00\x01a\x05\x00\x00\x09") == [{"a": None}]


def test_a_long_text_is_written_as_one() -> None:
    assert decode(encode("x" * 70_000)) == ["x" * 70_000]


@given(st.binary(max_size=80))
def test_any_bytes_are_values_or_are_refused(data: bytes) -> None:
    with suppress(Amf0Broken):
        assert isinstance(decode(data), list)


@pytest.mark.parametrize(
    "data",
    [b"\x00\x01", b"\x02\x00\x05abc", b"\x03\x00\x01a", b"\x0a\xff\xff\xff\xff", b"\x02\x00\x01\xff", b"\x11", b"\x07\0\0", b"\x08\0"],
    ids=["short number", "short text", "open object", "huge array", "no UTF-8", "AMF3", "reference", "short count"],
)
def test_broken(data: bytes) -> None:
    with pytest.raises(Amf0Broken):
        decode(data)


def test_objects_within_objects_have_an_end() -> None:
    nested = b"\x03\x00\x01a" * (DEEPEST + 2)
    with pytest.raises(Amf0Broken, match="deeper"):
        decode(nested)
