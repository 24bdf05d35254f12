"""What the source port answers, in the words that source clients know."""

from html import escape
from http import HTTPStatus
from typing import Final

from server.door.answers import SERVER

CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
"""To a client that asked whether it may send; the last word is said when it has sent all."""
WELCOME: Final = f"HTTP/1.0 200 OK\r\nServer: {SERVER}\r\n\r\n".encode()
"""To a client that just sends. HTTP/1.0, as from Icecast: old programs look for exactly that."""
METHODS: Final = "GET, POST, PUT, SOURCE"
"""libshout, which Mixxx and others are built on, asks for them before its first PUT."""
_CHALLENGE: Final = 'WWW-Authenticate: Basic realm="Icecast2 Server", charset="UTF-8"\r\n'
"""Some source clients know the realm by heart."""


def text(status: int, reason: str) -> bytes:
    """A whole answer that is one sentence. The connection ends with it."""
    return _answer(status, "text/plain; charset=utf-8", f"{reason}\n".encode())


def taken(message: str, took: bool) -> bytes:
    """Icecast's answer to a title."""
    words = f"<iceresponse><message>{escape(message)}</message><return>{int(took)}</return></iceresponse>"
    return _answer(200 if took else 400, "text/xml; charset=utf-8", f'<?xml version="1.0"?>\n{words}\n'.encode())


def _answer(status: int, kind: str, content: bytes) -> bytes:
    challenge = _CHALLENGE if status == 401 else ""
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nServer: {SERVER}\r\nAllow: {METHODS}\r\nConnection: close\r\n"
        f"{challenge}Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content
