"""What must not be known outside: the keys that sign, hash and encrypt.

A secret comes from the configuration (its own text, or `file:/run/secrets/jwt`), else from Vault, else from a file in the state folder
that is made at the first start and that nobody else may read. There are no defaults: a sample value, a short one or one that repeats
itself stops the start. Several may be given for one purpose, the newest first: it signs, the others are still believed.
"""

import math
import os
import re
import secrets
import zlib
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from stat import S_IMODE
from typing import Final

NAMES: Final = ("jwt", "pepper", "stream_keys", "cursor")
LEAST_CHARACTERS: Final = 32
LEAST_BITS: Final = 120.0
"""What 24 random bytes in base64 show in all but one of a million cases; they hold 192."""
MADE_BYTES: Final = 48
LEAST_UNUSUAL: Final = 12
"""Characters that stand in no word of a sample."""
FILE: Final = "file:"
_SAMPLES: Final = re.compile(
    r"change|please|replace|secret|password|passwd|sonicforge|example|sample|default|insert|your|here|this|test|demo|token|jwt|key|me|my|"
    r"pepper|admin|not|so|super|very|long|random|string|value|todo|xxx|qwerty|letmein|production|development|in|now|do|use|for|must|be|abc|123"
)
_OTHERS_MAY: Final = 0o077


class UnfitSecret(Exception):
    """A secret cannot be used; the text says which, why, and what to do. It never holds the secret."""


class Secrets:
    """All secrets of the house, read once."""

    def __init__(self, folder: Path, given: Mapping[str, str] | None = None) -> None:
        """`folder` is made if it is missing; `given`: by name, the text of the configuration or of Vault, empty where there is none.

        Raises UnfitSecret.
        """
        given = given or {}
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._keys = {name: _given(name, text) if (text := given.get(name, "")) else _kept(name, folder / f"{name}.key") for name in NAMES}

    def get(self, name: str) -> bytes:
        """The newest. Raises KeyError for a name that is not in NAMES."""
        return self._keys[name][0]

    def all(self, name: str) -> tuple[bytes, ...]:
        """Newest first: the first signs, all are believed."""
        return self._keys[name]


def make_secret() -> str:
    """A new one: 384 random bits in 64 characters."""
    return secrets.token_urlsafe(MADE_BYTES)


def text_of(name: str, told: str) -> str:
    """What the configuration tells: the text itself, or with `file:` before it what the file holds. Raises UnfitSecret."""
    if not told.startswith(FILE):
        return told
    try:
        return Path(told.removeprefix(FILE)).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnfitSecret(f"secrets.{name}: the file cannot be read: {error}") from None


def _given(name: str, told: str) -> tuple[bytes, ...]:
    return _judged(f"secrets.{name}", text_of(name, told))


def _kept(name: str, file: Path) -> tuple[bytes, ...]:
    """What the file holds, one on a line; made if there is none. Of several processes that make it at once one wins."""
    if not file.exists():
        _make(file)
    if S_IMODE(file.stat().st_mode) & _OTHERS_MAY:
        raise UnfitSecret(f"{file}: others may read it. Make a new secret if they could have, then: chmod 600 {file}")
    try:
        return _judged(str(file), file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UnfitSecret(f"secrets.{name}: {file} cannot be read: {error}") from None


def _make(file: Path) -> None:
    beside = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as writing:
            writing.write(f"{make_secret()}\n")
            writing.flush()
            os.fsync(writing.fileno())
        os.link(beside, file)
    except FileExistsError:
        return
    finally:
        beside.unlink()


def _judged(where: str, text: str) -> tuple[bytes, ...]:
    found = text.split()
    if not found:
        raise UnfitSecret(f"{where} is empty: remove it and a secret is made at the start")
    if fault := next((fault for each in (text.strip(), *found) if (fault := unfit(each))), None):
        raise UnfitSecret(f"{where} {fault}. Make one with: openssl rand -base64 48")
    return tuple(each.encode() for each in found)


def unfit(text: str) -> str | None:
    """Why the text is no secret, in words that do not repeat it; None if it is one."""
    unusual = _SAMPLES.sub("", re.sub(r"[^a-z0-9]", "", text.lower()))
    if not unusual or (len(text) >= LEAST_CHARACTERS and len(unusual) < LEAST_UNUSUAL):
        return "is a sample value that everybody knows"
    if len(text) < LEAST_CHARACTERS:
        return f"is too short: it needs {LEAST_CHARACTERS} characters"
    steps = sum(abs(ord(one) - ord(other)) <= 1 for one, other in pairwise(text))
    if strength_bits(text) < LEAST_BITS or steps > len(text) // 2:
        return "is too easy to guess: its characters repeat or follow a pattern"
    return None


def strength_bits(text: str) -> float:
    """An upper estimate of what it takes to guess it: the entropy of its characters (Shannon), and how little it can be packed into."""
    counts = Counter(text)
    entropy = -sum(count * math.log2(count / len(text)) for count in counts.values())
    packed_bits = 8.0 * (len(zlib.compress(text.encode(), 9)) - 8)  # zlib itself adds 6 bytes, deflate 2
    return min(entropy, packed_bits)
