"""Targets and stream keys at rest: sealed so that a copy of the state folder or of the database gives no key away.

AES-256-GCM (NIST SP 800-38D) with a random nonce; the key is drawn by HKDF-SHA256 (RFC 5869) from the house's secret, another for each
purpose. What a seal is about (the station, the target) is bound into it as associated data: nobody who may write there can swap two.
"""

import os
from collections.abc import Iterable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import DecodeError
from msgspec.json import Decoder, Encoder

from server.rtmp.target import Target

HEADER: Final = b"SonicForge sealed 1\n"
"""Says to people what it is, and to programs which version."""
NONCE_BYTES: Final = 12
KEY_BYTES: Final = 32
TAG_BYTES: Final = 16
_TARGETS: Final = b"sonicforge rtmp targets"
_KEY: Final = b"sonicforge stream key"

_encoder: Final = Encoder()
_decoder: Final = Decoder(tuple[Target, ...])


class SealBroken(Exception):
    """It cannot be unsealed: it is damaged, about something else, or sealed with another secret."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def seal(targets: Iterable[Target], secret: bytes, station: str) -> bytes:
    """All targets of a station, for `folders.targets(station)`. `secret`: the newest of the house's `stream_keys`."""
    return _seal(_encoder.encode(tuple(targets)), secret, _TARGETS, station)


def unseal(sealed: bytes, secrets: Iterable[bytes], station: str) -> tuple[Target, ...]:
    """What was sealed with one of `secrets`. Raises SealBroken."""
    try:
        return _decoder.decode(_unseal(sealed, secrets, _TARGETS, station))
    except DecodeError:
        raise SealBroken from None


def seal_key(key: str, secret: bytes, target_id: str) -> bytes:
    """One stream key, for the database."""
    return _seal(key.encode(), secret, _KEY, target_id)


def unseal_key(sealed: bytes, secrets: Iterable[bytes], target_id: str) -> str:
    """The stream key that was sealed for this target with one of `secrets`. Raises SealBroken."""
    return _unseal(sealed, secrets, _KEY, target_id).decode()


def _seal(content: bytes, secret: bytes, purpose: bytes, about: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return HEADER + nonce + AESGCM(_drawn(secret, purpose)).encrypt(nonce, content, HEADER + about.encode())


def _unseal(sealed: bytes, secrets: Iterable[bytes], purpose: bytes, about: str) -> bytes:
    start = len(HEADER) + NONCE_BYTES
    if not sealed.startswith(HEADER) or len(sealed) < start + TAG_BYTES:
        raise SealBroken
    for secret in secrets:
        try:
            return AESGCM(_drawn(secret, purpose)).decrypt(sealed[len(HEADER) : start], sealed[start:], HEADER + about.encode())
        except InvalidTag:
            continue
    raise SealBroken


def _drawn(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose).derive(secret)
