"""Bodies of requests: endless, of known length, in chunks, and lies about them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.live.icecast.body import Body, Chunked, Endless, Sized, body_of
from server.live.icecast.request import Refusal, Request


def request(**headers: str) -> Request:
    return Request("PUT", "/main", "", "HTTP/1.1", {name.replace("_", "-"): value for name, value in headers.items()})


def content(body: Body, *pieces: bytes) -> bytes:
    return b"".join(body.take(piece) for piece in pieces)


def test_the_kinds_of_bodies() -> None:
    assert isinstance(body_of(request()), Endless)
    assert isinstance(body_of(request(transfer_encoding="identity")), Endless)
    assert isinstance(body_of(request(transfer_encoding="Chunked")), Chunked)
    assert isinstance(body_of(request(content_length="5")), Sized)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"transfer_encoding": "gzip"}, 501),
        ({"transfer_encoding": "gzip, chunked"}, 501),
        ({"transfer_encoding": "chunked", "content_length": "5"}, 400),
        ({"content_length": "-1"}, 400),
        ({"content_length": "+1"}, 400),
        ({"content_length": "0x10"}, 400),
        ({"content_length": "5, 5"}, 400),
        ({"content_length": "9" * 40}, 400),
        ({"content_length": ""}, 400),
    ],
)
def test_lengths_that_are_doubtful(headers: dict[str, str], status: int) -> None:
    with pytest.raises(Refusal) as refusal:
        body_of(request(**headers))
    assert refusal.value.status == status


def test_a_body_of_known_length_ends_there() -> None:
    body = Sized(5)
    assert content(body, b"abc") == b"abc"
    assert not body.done
    assert content(body, b"defg") == b"de"
    assert body.done


def test_an_empty_body_is_over() -> None:
    assert Sized(0).done


def test_an_endless_body_goes_on() -> None:
    body = Endless()
    assert content(body, b"abc", b"def") == b"abcdef"
    assert not body.done


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=6), st.integers(1, 7))
def test_chunks_however_they_are_cut(chunks: list[bytes], step: int) -> None:
    sent = b"".join(b"%x;name=value\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    body = Chunked()
    assert content(body, *(sent[at : at + step] for at in range(0, len(sent), step))) == b"".join(chunks)
    assert body.done


@pytest.mark.parametrize(
    "sent", [b"\r\n", b"xyz\r\n", b"-1\r\n", b"123456789\r\n", b" 5\r\n", b"5\nabc", b"3\r\nabcd\r\n", b"f" * 300, b"1;" + b"e" * 300]
)
def test_chunks_that_cannot_be_read(sent: bytes) -> None:
    body = Chunked()
    with pytest.raises(Refusal):
        content(body, sent, b"\r\n" * 2)
