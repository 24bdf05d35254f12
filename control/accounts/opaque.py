"""Opaque secrets: refresh tokens and mailed codes. 256 random bits, so their plain SHA-256 is all that needs to be stored."""

from hashlib import sha256
from secrets import token_urlsafe
from typing import Final

BITS: Final = 256


def new_opaque() -> str:
    """43 characters that fit into an address and a cookie."""
    return token_urlsafe(BITS // 8)


def digest_of(opaque: str) -> bytes:
    """What is stored and looked up; 32 bytes."""
    return sha256(opaque.encode("utf-8", "surrogatepass")).digest()
