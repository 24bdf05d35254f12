"""The text of a key, `sf_<prefix>_<secret>`, and what is kept of it.

The prefix is public: it finds the key, stands in lists and may be logged. The secret has 256 bits, so one fast keyed hash is enough:
there is nothing to guess. The pepper lies outside the database, so a stolen table opens nothing and cannot be filled with keys.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
PREFIX_CHARACTERS: Final = 12
SECRET_CHARACTERS: Final = 43
"""62 ** 43 > 2 ** 256."""
SHAPE: Final = re.compile(r"sf_([0-9A-Za-z]{12})_([0-9A-Za-z]{43})")


@dataclass(frozen=True, slots=True)
class Presented:
    """A key as somebody shows it. It is nowhere kept; its repr shows the prefix alone."""

    prefix: str
    secret: str

    @property
    def text(self) -> str:
        return f"sf_{self.prefix}_{self.secret}"

    def __repr__(self) -> str:
        return f"sf_{self.prefix}_…"

    def digest(self, pepper: bytes) -> bytes:
        """What the database keeps: 32 bytes."""
        return hmac.digest(pepper, self.text.encode(), sha256)

    def proves(self, digest: bytes, pepper: bytes) -> bool:
        """Whether this is the key of that digest, in a time that tells nothing."""
        return hmac.compare_digest(self.digest(pepper), digest)


def new_secret() -> Presented:
    """A prefix and a secret that nobody had before."""
    return Presented(_random(PREFIX_CHARACTERS), _random(SECRET_CHARACTERS))


def read_key(text: str) -> Presented | None:
    """The parts of a key's text; None if it is no key of ours."""
    match = SHAPE.fullmatch(text)
    return Presented(match[1], match[2]) if match else None


def _random(characters: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(characters))
