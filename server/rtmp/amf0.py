"""AMF0: how RTMP writes down its commands and metadata. Source: Adobe, Action Message Format 0 (2007).

Values are None, bool, float, str, lists and dicts with string keys. What comes from outside is bounded: in size by the message that
carries it, in depth by DEEPEST.
"""

import struct
from collections.abc import Mapping
from enum import IntEnum
from typing import Final, TypeAlias

DEEPEST: Final = 16
"""Levels of objects within objects; honest ones have two."""
LONGEST_SHORT: Final = 0xFFFF

Value: TypeAlias = bool | float | str | list["Value"] | dict[str, "Value"] | None

_OBJECT_END: Final = b"\0\0\x09"


class _Marker(IntEnum):
    """The byte before a value."""

    NUMBER = 0
    BOOLEAN = 1
    STRING = 2
    OBJECT = 3
    NULL = 5
    UNDEFINED = 6
    ECMA_ARRAY = 8
    END = 9
    ARRAY = 10
    DATE = 11
    LONG_STRING = 12
    UNSUPPORTED = 13
    XML = 15
    TYPED_OBJECT = 16


class Amf0Broken(Exception):
    """What came is no AMF0."""


def encode(*values: Value) -> bytes:
    """The values one after another; a dict becomes an object. Raises Amf0Broken for a key that is too long."""
    return b"".join(map(_encoded, values))


def ecma_array(values: Mapping[str, Value]) -> bytes:
    """A dict as an ECMA array: the way in which metadata is written."""
    return bytes([_Marker.ECMA_ARRAY]) + struct.pack(">I", len(values)) + _properties(values)


def decode(data: bytes) -> list[Value]:
    """All values of `data`. Raises Amf0Broken."""
    reader, values = _Reader(data), list[Value]()
    try:
        while reader.at < len(data):
            values.append(reader.value(0))
    except (IndexError, struct.error, UnicodeDecodeError):
        raise Amf0Broken("it ends in the middle, or its text is no UTF-8") from None
    return values


def _encoded(value: Value) -> bytes:
    match value:
        case None:
            return bytes([_Marker.NULL])
        case bool():
            return bytes([_Marker.BOOLEAN, value])
        case int() | float():
            return struct.pack(">Bd", _Marker.NUMBER, value)
        case str():
            text = value.encode()
            if len(text) > LONGEST_SHORT:
                return struct.pack(">BI", _Marker.LONG_STRING, len(text)) + text
            return struct.pack(">BH", _Marker.STRING, len(text)) + text
        case list():
            return struct.pack(">BI", _Marker.ARRAY, len(value)) + encode(*value)
        case dict():
            return bytes([_Marker.OBJECT]) + _properties(value)


def _properties(values: Mapping[str, Value]) -> bytes:
    return b"".join(_name(name) + _encoded(value) for name, value in values.items()) + _OBJECT_END


def _name(name: str) -> bytes:
    text = name.encode()
    if not 0 < len(text) <= LONGEST_SHORT:
        raise Amf0Broken("a property has no name, or one that is too long")
    return struct.pack(">H", len(text)) + text


class _Reader:
    """Where we are in the data. IndexError and struct.error say that it ends too early."""

    def __init__(self, data: bytes) -> None:
        self.at = 0
        self._data = data

    def value(self, depth: int) -> Value:
        if depth > DEEPEST:
            raise Amf0Broken(f"objects within objects, deeper than {DEEPEST}")
        marker = self._data[self.at]
        self.at += 1
        match marker:
            case _Marker.NUMBER:
                return float(struct.unpack(">d", self._take(8))[0])
            case _Marker.BOOLEAN:
                return self._take(1) != b"\0"
            case _Marker.STRING:
                return self._text(2)
            case _Marker.OBJECT:
                return self._object(depth)
            case _Marker.NULL | _Marker.UNDEFINED | _Marker.UNSUPPORTED:
                return None
            case _Marker.ECMA_ARRAY:
                self._take(4)  # a count that nobody keeps to: the end mark counts
                return self._object(depth)
            case _Marker.ARRAY:
                return self._array(depth)
            case _Marker.DATE:
                moment = float(struct.unpack(">d", self._take(8))[0])
                self._take(2)
                return moment
            case _Marker.LONG_STRING | _Marker.XML:
                return self._text(4)
            case _Marker.TYPED_OBJECT:
                self._text(2)
                return self._object(depth)
        raise Amf0Broken(f"a value of kind {marker}")

    def _take(self, count: int) -> bytes:
        taken = self._data[self.at : self.at + count]
        if len(taken) < count:
            raise IndexError
        self.at += count
        return taken

    def _text(self, length_bytes: int) -> str:
        return self._take(int.from_bytes(self._take(length_bytes), "big")).decode()

    def _object(self, depth: int) -> dict[str, Value]:
        values: dict[str, Value] = {}
        while True:
            name = self._text(2)
            if not name and self._data[self.at] == _Marker.END:
                self.at += 1
                return values
            values[name] = self.value(depth + 1)

    def _array(self, depth: int) -> list[Value]:
        count = int.from_bytes(self._take(4), "big")
        if count > len(self._data):
            raise Amf0Broken(f"an array of {count} values")
        return [self.value(depth + 1) for _ in range(count)]
