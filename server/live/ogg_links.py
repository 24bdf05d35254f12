"""A chained Ogg stream, cut into its links, each to be opened as a stream of its own.

A source that sends Ogg says a new title by ending its logical stream and beginning another (RFC 3533, chaining). FFmpeg does not tell of
that; opened link by link, every title is heard and no sound is lost. For the inside of a sandbox only: what comes in is untrusted.
"""

from collections.abc import Iterator
from typing import Final, Protocol

PATTERN: Final = b"OggS"
_HEAD_BYTES: Final = 27
_FLAGS_AT: Final = 5
_SEGMENTS_AT: Final = 26
_BEGINS: Final = 2
"""The flag of a logical stream's first page."""
_READ_BYTES: Final = 16_384
_LONGEST_RUBBISH: Final = 262_144
"""Bytes without a page, after which it is no Ogg any more; a page has at most 65,307."""


class Raw(Protocol):
    """What comes in."""

    def read(self, most: int, /) -> bytes:
        """At least one byte; none at the end."""


class OggLinks:
    """Cuts the stream of pages in `raw`, which begins with `begun`."""

    def __init__(self, raw: Raw, begun: bytes = b"") -> None:
        self._raw = raw
        self._buffer = bytearray(begun)
        self._next: bytes | None = None

    def __iter__(self) -> Iterator["Link"]:
        """The links in order. Each must be read to its end before the next is asked for; what was left of it is skipped."""
        while self._upcoming() is not None:
            link = Link(self)
            yield link
            link.skip()

    def of_link(self, heard: bool) -> bytes | None:
        """The next page if it belongs to the link of which the stream headers have (`heard`) or have not been read; else None."""
        page = self._upcoming()
        if page is None or (heard and begins(page)):
            return None
        self._next = None
        return page

    def _upcoming(self) -> bytes | None:
        """The next page, which stays the next one. Read when somebody wants it and no sooner: a page may be a second of sound."""
        if self._next is None:
            self._next = self._page()
        return self._next

    def _page(self) -> bytes | None:
        """The next whole page; None at the end, or where there is nothing but rubbish."""
        buffer = self._buffer
        skipped = 0
        while True:
            at = buffer.find(PATTERN)
            rubbish = max(0, len(buffer) - len(PATTERN) + 1) if at < 0 else at
            del buffer[:rubbish]
            skipped += rubbish
            if skipped > _LONGEST_RUBBISH:
                return None
            if at >= 0 and len(buffer) >= _HEAD_BYTES:
                body_at = _HEAD_BYTES + buffer[_SEGMENTS_AT]
                end = body_at + sum(buffer[_HEAD_BYTES:body_at])
                if len(buffer) >= max(end, body_at):
                    page = bytes(buffer[:end])
                    del buffer[:end]
                    return page
            more = self._raw.read(_READ_BYTES)
            if not more:
                return None
            buffer += more


class Link:
    """One link: a file to read from, that ends where the next link begins."""

    def __init__(self, links: OggLinks) -> None:
        self._links = links
        self._rest = b""
        self._heard = False

    def read(self, most: int) -> bytes:
        """At most so many bytes; none at the end of the link."""
        if not self._rest:
            page = self._links.of_link(self._heard)
            if page is None:
                return b""
            self._heard |= not begins(page)
            self._rest = page
        given, self._rest = self._rest[:most], self._rest[most:]
        return given

    def skip(self) -> None:
        """Reads what nobody wanted."""
        while self.read(_LONGEST_RUBBISH):
            pass


def begins(page: bytes) -> bool:
    """Whether a logical stream begins with this page."""
    return bool(page[_FLAGS_AT] & _BEGINS)
