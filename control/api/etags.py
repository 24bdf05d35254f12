"""Entity tags (RFC 9110, section 8.8): made of a body or of a version, and compared. All of ours are strong."""

from hashlib import blake2b
from typing import Final

_DIGEST_BYTES: Final = 12


def body_etag(body: bytes) -> str:
    """The tag of exactly these bytes."""
    return f'"{blake2b(body, digest_size=_DIGEST_BYTES).hexdigest()}"'


def version_etag(version: int) -> str:
    """The tag of a thing that counts its changes, the same for whoever reads it and whoever changes it."""
    return f'"v{version}"'


def matches_weakly(etag: str, wanted: str) -> bool:
    """Whether `wanted`, an If-None-Match, names `etag` (RFC 9110, 13.1.2)."""
    return wanted.strip() == "*" or any(each.removeprefix("W/") == etag for each in _listed(wanted))


def matches_strongly(etag: str, wanted: str) -> bool:
    """Whether `wanted`, an If-Match, names `etag` (RFC 9110, 13.1.1): a weak tag never does."""
    return wanted.strip() == "*" or etag in _listed(wanted)


def _listed(header: str) -> list[str]:
    # Our tags hold no comma, so one inside a foreign tag only makes parts that match nothing.
    return [each.strip() for each in header.split(",")]
