"""The second factor: codes of an authenticator (TOTP, RFC 6238) and ten recovery codes for the day the telephone is lost.

An authenticator's secret must be read again to check a code, so it is sealed (AES-256-GCM) under a key made from the house's pepper and
bound to its account. A code is good for its half minute and one on either side; the step that was used is kept by the caller, since a
code that was seen over a shoulder must not open a second time.
"""

import os
import secrets
from collections.abc import Sequence
from hmac import compare_digest, digest
from typing import Final
from uuid import UUID

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ISSUER: Final = "SonicForge"
STEP_SECONDS: Final = 30
DRIFT_STEPS: Final = 1
"""How far a telephone's clock may be off, either way."""
RECOVERY_CODES: Final = 10
NONCE_BYTES: Final = 12
ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters that are taken for one another."""
RECOVERY_LETTERS: Final = 16
"""79 bits."""


class SecondFactor:
    """Makes, seals and checks. Keeps nothing. Times are UNIX seconds."""

    def __init__(self, pepper: bytes) -> None:
        """With another pepper every authenticator and recovery code must be set up anew. Raises ValueError below 32 bytes."""
        if len(pepper) < 32:
            raise ValueError("a pepper has at least 32 bytes")
        self._seal = AESGCM(digest(pepper, b"sonicforge second factor seal", "sha256"))
        self._recovery_key = digest(pepper, b"sonicforge recovery codes", "sha256")

    def new_secret(self) -> str:
        """160 bits in base32, as it is typed into an authenticator."""
        return pyotp.random_base32()

    def uri(self, secret: str, email: str) -> str:
        """otpauth://, to be shown as a QR code."""
        return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)

    def sealed(self, secret: str, account_id: UUID) -> bytes:
        """To be stored."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._seal.encrypt(nonce, secret.encode(), account_id.bytes)

    def opened(self, sealed: bytes, account_id: UUID) -> str | None:
        """The secret again; None if it was sealed for another account, under another pepper, or not at all."""
        try:
            return self._seal.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], account_id.bytes).decode()
        except (InvalidTag, ValueError):
            return None

    def step_of(self, secret: str, code: str, now: float) -> int | None:
        """The step whose code this is; None if it is of none near `now`."""
        totp = pyotp.TOTP(secret)
        current = int(now) // STEP_SECONDS
        found = None
        for step in range(current - DRIFT_STEPS, current + DRIFT_STEPS + 1):
            if compare_digest(totp.at(step * STEP_SECONDS).encode(), code.encode("utf-8", "replace")):
                found = step
        return found

    def new_recovery_codes(self) -> list[str]:
        """Shown once: `abcd-efgh-jkmn-pqrs`."""
        return [_grouped("".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_LETTERS))) for _ in range(RECOVERY_CODES)]

    def recovery_digests(self, codes: Sequence[str], account_id: UUID) -> list[bytes]:
        """What is stored of them. Blanks, dashes and capitals make no difference."""
        return [digest(self._recovery_key, account_id.bytes + _bare(code).encode("utf-8", "replace"), "sha256") for code in codes]


def is_totp(code: str) -> bool:
    """Whether it looks like an authenticator's code; else it is taken for a recovery code."""
    bare = code.replace(" ", "")
    return len(bare) == 6 and bare.isascii() and bare.isdigit()


def _grouped(letters: str) -> str:
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def _bare(code: str) -> str:
    return "".join(letter for letter in code.lower() if letter.isalnum())
