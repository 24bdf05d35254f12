"""Consent to be sent to (RFC 7675), as bytes of STUN (RFC 8489): asked every few seconds, and answered when the listener asks.

A thousand listeners ask and are asked hundreds of times a second, for as long as they listen, so the two messages that a connected pair
exchanges are made and read here without a parse tree, a future or a timer. Everything else that is STUN is left to aioice. It knows no
socket and no time.
"""

import hmac
import struct
from ipaddress import IPv4Address, ip_address
from typing import Final
from zlib import crc32

_REQUEST: Final = 0x0001
_RESPONSE: Final = 0x0101
_COOKIE: Final = 0x2112A442
_HEAD_BYTES: Final = 20
_INTEGRITY_BYTES: Final = 24
_FINGERPRINT_BYTES: Final = 8
_FINGERPRINT_MASK: Final = 0x5354554E
_USERNAME: Final = 0x0006
_INTEGRITY: Final = 0x0008
_XOR_MAPPED_ADDRESS: Final = 0x0020
_PRIORITY: Final = 0x0024
_USE_CANDIDATE: Final = 0x0025
_FINGERPRINT: Final = 0x8028
_CONTROLLED: Final = 0x8029
_CONTROLLING: Final = 0x802A
_MUST_KNOW: Final = range(0x8000)
"""A request with an attribute of these that is not known must not be answered as if it were (RFC 8489, 5)."""
_KNOWN: Final = frozenset({_USERNAME, _INTEGRITY, _PRIORITY, _USE_CANDIDATE})

_head = struct.Struct("!HHI12s").pack
_attribute = struct.Struct("!HH").pack
_read_head = struct.Struct("!HHI12s").unpack_from
_read_attribute = struct.Struct("!HH").unpack_from


class Consent:
    """One pair of users who know each other's passwords."""

    def __init__(self, near: tuple[str, str], far: tuple[str, str], priority: int, tie_breaker: int, *, controlling: bool) -> None:
        """`near` and `far` are ICE user name and password."""
        self._near_key, self._far_key = near[1].encode(), far[1].encode()
        self._near_name = f"{near[0]}:{far[0]}".encode()
        far_name = f"{far[0]}:{near[0]}".encode()
        role = _CONTROLLING if controlling else _CONTROLLED
        self._conflict = role
        self._asks = (
            _attribute(_USERNAME, len(far_name))
            + far_name
            + bytes(-len(far_name) % 4)
            + _attribute(_PRIORITY, 4)
            + struct.pack("!I", priority)
            + _attribute(role, 8)
            + struct.pack("!Q", tie_breaker)
        )
        self._asked: bytes | None = None

    def ask(self, transaction: bytes) -> bytes:
        """The next request. `transaction`: 12 bytes that nobody guesses."""
        self._asked = transaction
        return _message(_REQUEST, transaction, self._asks, self._far_key)

    def is_given(self, data: bytes) -> bool:
        """Whether this is his answer to the last request, and his own."""
        if self._asked is None or len(data) < _HEAD_BYTES:
            return False
        kind, _, cookie, transaction = _read_head(data)
        if (kind, cookie, transaction) != (_RESPONSE, _COOKIE, self._asked) or not _is_signed(data, _attributes(data), self._far_key):
            return False
        self._asked = None
        return True

    def answer(self, data: bytes, address: tuple[str, int]) -> bytes | None:
        """The answer to his request, which came from `address`; None where it is not his, or asks for more than consent."""
        if len(data) < _HEAD_BYTES:
            return None
        kind, _, cookie, transaction = _read_head(data)
        if (kind, cookie) != (_REQUEST, _COOKIE):
            return None
        found = _attributes(data)
        if self._conflict in found or any(name in _MUST_KNOW and name not in _KNOWN for name in found):
            return None
        begin, length = found.get(_USERNAME, (0, 0))
        if data[begin : begin + length] != self._near_name or not _is_signed(data, found, self._near_key):
            return None
        return _message(_RESPONSE, transaction, _mapped(address, transaction), self._near_key)


def _message(kind: int, transaction: bytes, attributes: bytes, key: bytes) -> bytes:
    """A whole message, signed and with its fingerprint."""
    length = len(attributes) + _INTEGRITY_BYTES
    signed = _head(kind, length, _COOKIE, transaction) + attributes
    signature = _attribute(_INTEGRITY, 20) + hmac.digest(key, signed, "sha1")
    message = _head(kind, length + _FINGERPRINT_BYTES, _COOKIE, transaction) + attributes + signature
    return message + _attribute(_FINGERPRINT, 4) + struct.pack("!I", crc32(message) ^ _FINGERPRINT_MASK)


def _attributes(data: bytes) -> dict[int, tuple[int, int]]:
    """Of each attribute up to the signature: where its value begins, and its length. What stands behind it is not signed."""
    found: dict[int, tuple[int, int]] = {}
    begin = _HEAD_BYTES
    while begin + 4 <= len(data) and _INTEGRITY not in found:
        name, length = _read_attribute(data, begin)
        found.setdefault(name, (begin + 4, length))
        begin += 4 + length + -length % 4
    return found


def _is_signed(data: bytes, found: dict[int, tuple[int, int]], key: bytes) -> bool:
    begin, length = found.get(_INTEGRITY, (0, 0))
    if length != 20:
        return False
    signed = data[:2] + (begin - 4 + _INTEGRITY_BYTES - _HEAD_BYTES).to_bytes(2, "big") + data[4 : begin - 4]
    return hmac.compare_digest(hmac.digest(key, signed, "sha1"), data[begin : begin + length])


def _mapped(address: tuple[str, int], transaction: bytes) -> bytes:
    """XOR-MAPPED-ADDRESS (RFC 8489, 14.2)."""
    parsed = ip_address(address[0].partition("%")[0])
    family, size = (1, 4) if isinstance(parsed, IPv4Address) else (2, 16)
    mask = int.from_bytes((_COOKIE.to_bytes(4, "big") + transaction)[:size], "big")
    hidden = (int(parsed) ^ mask).to_bytes(size, "big")
    return _attribute(_XOR_MAPPED_ADDRESS, 4 + size) + struct.pack("!HH", family, address[1] ^ _COOKIE >> 16) + hidden
