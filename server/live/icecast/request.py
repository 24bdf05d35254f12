"""The head of a request at the source port: bytes in, a Request or a Refusal out. It knows no socket and no station.

HTTP/1.x as it is written, plus two things that only source clients say: the method SOURCE, and the version ICE/1.0. What is doubtful is
refused and never mended: nobody stands before this port who would have read it another way.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

HEAD_END: Final = b"\r\n\r\n"
LONGEST_HEAD: Final = 16_384
MOST_HEADERS: Final = 64
_LINE: Final = re.compile(rb"([A-Z]{1,16}) (/[!-~\x80-\xff]{0,4095}) (HTTP/1\.[01]|ICE/1\.0)")
_HEADER: Final = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*?)[ \t]*")
_NOT_ASCII: Final = re.compile(rb"[\x80-\xff]")
_ONCE: Final = frozenset({"authorization", "content-length", "content-type", "expect", "transfer-encoding"})


class Refusal(Exception):
    """A request is answered with no: HTTP's status, and a sentence for whoever set up the source."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody says he is."""

    user: str
    password: str

    def __repr__(self) -> str:
        return f"Credentials({self.user!r})"


@dataclass(frozen=True, slots=True)
class Request:
    """A request's head."""

    method: str
    path: str
    """Without the query, %-escapes resolved."""
    query: str
    """As it was sent; what should have been escaped in it is."""
    version: str
    headers: Mapping[str, str]
    """By their names in lower case."""

    @property
    def expects_continue(self) -> bool:
        """Whether the client waits for a word before it sends its body."""
        return self.version == "HTTP/1.1" and self.headers.get("expect", "").lower() == "100-continue"

    def credentials(self) -> Credentials | None:
        """Name and password of HTTP Basic; None if there are none that can be read."""
        scheme, _, said = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user, colon, password = _text(base64.b64decode(said.strip(), validate=True)).partition(":")
        except (binascii.Error, ValueError):
            return None
        return Credentials(user, password) if colon and "\0" not in user + password else None


def parse(head: bytes) -> Request:
    """The request whose head this is, up to and with its empty line. Raises Refusal."""
    first, *lines = head.removesuffix(HEAD_END).split(b"\r\n")
    matched = _LINE.fullmatch(first)
    if matched is None:
        raise Refusal(400, "This is not a request that can be read.")
    if len(lines) > MOST_HEADERS:
        raise Refusal(431, f"The request has more than {MOST_HEADERS} headers.")
    headers: dict[str, str] = {}
    for line in lines:
        found = _HEADER.fullmatch(line)
        if found is None:
            raise Refusal(400, "The request has a header that cannot be read.")
        name = found[1].decode().lower()
        if name in headers and name in _ONCE:
            raise Refusal(400, f"The request says {name} twice.")
        headers[name] = _text(found[2])
    if headers.get("expect", "100-continue").lower() != "100-continue":
        raise Refusal(417, "The request expects what nobody here can do.")
    target = _NOT_ASCII.sub(lambda found: b"%%%02X" % ord(found[0]), matched[2]).decode()
    path, _, query = target.partition("?")
    return Request(matched[1].decode(), _text(unquote_to_bytes(path)), query, matched[3].decode(), headers)


def _text(raw: bytes) -> str:
    """UTF-8 or, where it is none, what old programs write instead."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin1")
