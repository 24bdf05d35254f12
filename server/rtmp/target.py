"""A target: one place at a platform to which the station is published. And its address, taken apart.

It knows what makes a target fit to be kept, not how one is reached. The stream key is the platform's password for the station: it is no
part of the address, stands in no text that this file makes, and whoever prints a target prints no key.
"""

import re
from enum import StrEnum
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

LONGEST_NAME: Final = 60
LONGEST_ADDRESS: Final = 300
LONGEST_KEY: Final = 512
SCHEMES: Final = {"rtmp": 1935, "rtmps": 443}
"""With the port that each means when none is given."""
BACKUP: Final = "backup=1"
"""The only query an address may hold: YouTube's second ingest asks for it. Whatever else platforms put there is secret: it is key."""
NO_URL: Final = "the address is no URL like rtmps://host/app"
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45}")
_APP: Final = re.compile(r"[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*")
_KEY: Final = re.compile(rf"[!-~]{{1,{LONGEST_KEY}}}")


class UnfitTarget(ValueError):
    """A target that cannot be kept; the text says why and never holds the key."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field
        """Which of the target's fields is wrong."""


class Platform(StrEnum):
    """Who takes the stream."""

    YOUTUBE = "youtube"
    TWITCH = "twitch"
    KICK = "kick"
    CUSTOM = "custom"


class Target(Struct, frozen=True):
    """One place to which the station is published while it is enabled. See server/rtmp/presets.py for what makes it fit."""

    id: str
    """1 to 64 letters, digits, dashes and underscores, unique in the house."""
    name: str
    """As the operator calls it."""
    platform: Platform
    address: str
    """`rtmps://host:port/app`; empty: the platform's own."""
    key: str
    """Write-only: no interface gives it out again."""
    enabled: bool = True

    def __repr__(self) -> str:
        return f"Target(id={self.id!r}, name={self.name!r}, platform={self.platform.value!r}, enabled={self.enabled})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """As __repr__: tracebacks that are drawn by rich print what they find."""
        return [("id", self.id), ("platform", self.platform.value)]


class Address(Struct, frozen=True):
    """Where an ingest is."""

    scheme: str
    """rtmp or rtmps."""
    host: str
    """A name, or a number without brackets."""
    port: int
    app: str
    """The application at the ingest, with its query if there is one."""

    @property
    def tls(self) -> bool:
        return self.scheme == "rtmps"

    def __str__(self) -> str:
        """The URL, its port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == SCHEMES[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}/{self.app}"


def parse_address(text: str) -> Address:
    """An address as an operator writes it. Raises UnfitTarget."""
    if len(text) > LONGEST_ADDRESS:
        raise UnfitTarget("address", f"the address is longer than {LONGEST_ADDRESS} characters")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise UnfitTarget("address", NO_URL) from None
    if not text.isprintable():  # urlsplit leaves line ends out without a word
        raise UnfitTarget("address", NO_URL)
    if parts.scheme not in SCHEMES:
        raise UnfitTarget("address", "the address does not begin with rtmp:// or rtmps://")
    if not _HOST.fullmatch(host) or port == 0:
        raise UnfitTarget("address", "the address names no host that can be called")
    return Address(parts.scheme, host, port or SCHEMES[parts.scheme], _app_of(parts))


def _app_of(parts: SplitResult) -> str:
    if parts.username is not None or parts.password is not None:
        raise UnfitTarget("address", "the address holds a user or a password: what is secret belongs into the stream key")
    if parts.fragment or parts.query not in ("", BACKUP):
        raise UnfitTarget("address", "the address holds more than scheme, host, port and application: the rest belongs into the stream key")
    app = parts.path.strip("/")
    if not _APP.fullmatch(app):
        raise UnfitTarget("address", "the address names no application: it ends like /live2 or /app")
    return f"{app}?{parts.query}" if parts.query else app


def check_fields(target: Target) -> None:
    """Whether id, name and key are as they must be on every platform. Raises UnfitTarget."""
    if not _ID.fullmatch(target.id):
        raise UnfitTarget("id", "the id is not 1 to 64 letters, digits, dashes and underscores")
    if not 1 <= len(target.name) <= LONGEST_NAME or not target.name.isprintable() or target.name.isspace():
        raise UnfitTarget("name", f"the name is not 1 to {LONGEST_NAME} printable characters")
    if not target.key:
        raise UnfitTarget("key", "the stream key is missing")
    if not _KEY.fullmatch(target.key):
        raise UnfitTarget("key", f"the stream key holds a space or an unusual character, or is longer than {LONGEST_KEY} characters")
