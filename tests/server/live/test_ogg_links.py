"""Chained Ogg, cut into links."""

import io
import os

from server.icy.ogg import FIRST, LAST, OggStream
from server.live.ogg_links import Link, OggLinks


def link(serial: int, *packets: bytes) -> bytes:
    stream = OggStream(serial)
    pages = [stream.page([b"head"], 0, FIRST), *(stream.page([packet], 960) for packet in packets), stream.page([], 960, LAST)]
    return b"".join(pages)


def cut(stream: bytes, piece_bytes: int = 1_000_000) -> list[bytes]:
    """The links, read in pieces."""
    links = OggLinks(Trickle(stream, piece_bytes))
    return [whole(each) for each in links]


def whole(each: Link) -> bytes:
    return b"".join(iter(lambda: each.read(100), b""))


class Trickle:
    """Gives no more than so many bytes at a time, as a pipe may."""

    def __init__(self, content: bytes, piece_bytes: int) -> None:
        self._file = io.BytesIO(content)
        self._piece_bytes = piece_bytes

    def read(self, most: int, /) -> bytes:
        return self._file.read(min(most, self._piece_bytes))


def test_links_come_out_as_they_went_in() -> None:
    links = [link(1, b"a" * 700, b"b"), link(2), link(3, b"c" * 60_000)]
    assert cut(b"".join(links)) == links
    assert cut(b"".join(links), piece_bytes=1) == links


def test_streams_that_begin_together_stay_together() -> None:
    one, other = OggStream(1), OggStream(2)
    begin = one.page([b"x"], 0, FIRST) + other.page([b"y"], 0, FIRST) + one.page([b"sound"], 960) + other.page([b"sound"], 960)
    assert cut(begin + link(3, b"next")) == [begin, link(3, b"next")]


def test_what_is_not_read_is_skipped() -> None:
    links = OggLinks(io.BytesIO(link(1, b"a" * 500) + link(2, b"b")))
    heads = [each.read(10)[:4] for each in links]
    assert heads == [b"OggS", b"OggS"]


def test_rubbish_between_pages_is_left_out() -> None:
    assert cut(b"rubbish" + link(1, b"a") + os.urandom(500).replace(b"OggS", b"") + link(2, b"b")) == [link(1, b"a"), link(2, b"b")]


def test_a_page_is_given_as_soon_as_it_is_there() -> None:
    stream = OggStream(1)
    first = stream.page([b"head"], 0, FIRST)
    raw = io.BytesIO(first)
    assert next(iter(OggLinks(raw))).read(10_000) == first
    assert raw.tell() == len(first)


def test_rubbish_without_end_is_an_end() -> None:
    class Rubbish:
        given = 0

        def read(self, most: int, /) -> bytes:
            self.given += most
            assert self.given < 10_000_000
            return b"Ogg" * (most // 3)

    assert list(OggLinks(Rubbish())) == []


def test_a_torn_page_at_the_end_is_nothing() -> None:
    assert cut(link(1, b"a") + link(2, b"b" * 900)[:200])[0] == link(1, b"a")
