"""Heads of requests, as source clients and as strangers write them."""

import base64
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.live.icecast.request import Credentials, Refusal, parse


def head(*lines: str) -> bytes:
    return "\r\n".join([*lines, "", ""]).encode("latin1")


def basic(words: bytes) -> str:
    return f"Authorization: Basic {base64.b64encode(words).decode()}"


def test_what_ffmpeg_says() -> None:
    request = parse(
        head(
            "PUT /main HTTP/1.1",
            "User-Agent: Lavf/59.27.100",
            "Accept: */*",
            "Expect: 100-continue",
            "Connection: close",
            "Host: 127.0.0.1:8005",
            "Content-Type: audio/mpeg",
            "Icy-MetaData: 1",
            "Ice-Public: 0",
            "Authorization: Basic c291cmNlOnNmX2tleQ==",
        )
    )
    assert (request.method, request.path, request.query, request.version) == ("PUT", "/main", "", "HTTP/1.1")
    assert request.expects_continue
    assert request.credentials() == Credentials("source", "sf_key")


@pytest.mark.parametrize("version", ["HTTP/1.0", "ICE/1.0"])
def test_what_old_programs_say(version: str) -> None:
    request = parse(head(f"SOURCE /main.mp3 {version}", basic(b"source:pa:ss w\xf6rd"), "ice-name:Radio", "ice-bitrate: 128"))
    assert (request.method, request.path) == ("SOURCE", "/main.mp3")
    assert not request.expects_continue
    assert request.credentials() == Credentials("source", "pa:ss wörd")
    assert request.headers["ice-name"] == "Radio"


def test_escapes_are_resolved_in_the_path_only() -> None:
    request = parse(head("GET /m%61in%20x?song=a%20b+c HTTP/1.1"))
    assert (request.path, request.query) == ("/main x", "song=a%20b+c")


def test_a_query_that_was_not_escaped_is() -> None:
    assert parse(head("GET /admin/metadata?song=\xe9t\xe9 HTTP/1.0")).query == "song=%E9t%E9"


@pytest.mark.parametrize(
    "first",
    [
        "",
        "PUT",
        "PUT /main",
        "PUT  /main HTTP/1.1",
        "PUT main HTTP/1.1",
        "PUT http://other/main HTTP/1.1",
        "put /main HTTP/1.1",
        "PUT /main HTTP/2.0",
        "PUT /main HTTP/1.1 ",
        "PUT /ma\x00in HTTP/1.1",
        "PUT /ma in HTTP/1.1",
        "PUT /" + "x" * 5_000 + " HTTP/1.1",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_first_lines_that_cannot_be_read(first: str) -> None:
    with pytest.raises(Refusal) as refusal:
        parse(head(first))
    assert refusal.value.status == 400


@pytest.mark.parametrize(
    "line",
    ["no colon", ": no name", "na me: x", "name : x", " folded: x", "name: x\x00y", "name: x\ny: z", "n\xe4me: x"],
)
def test_headers_that_cannot_be_read(line: str) -> None:
    with pytest.raises(Refusal) as refusal:
        parse(head("PUT /main HTTP/1.1", line))
    assert refusal.value.status == 400


@pytest.mark.parametrize("name", ["Authorization", "Content-Length", "Transfer-Encoding", "Expect", "Content-Type"])
def test_what_may_be_said_once_is_not_said_twice(name: str) -> None:
    with pytest.raises(Refusal, match="twice"):
        parse(head("PUT /main HTTP/1.1", f"{name}: 100-continue", f"{name.lower()}: 100-continue"))


def test_too_many_headers() -> None:
    with pytest.raises(Refusal) as refusal:
        parse(head("PUT /main HTTP/1.1", *(f"x-{number}: y" for number in range(65))))
    assert refusal.value.status == 431


def test_an_expectation_that_cannot_be_met() -> None:
    with pytest.raises(Refusal) as refusal:
        parse(head("PUT /main HTTP/1.1", "Expect: miracles"))
    assert refusal.value.status == 417


@pytest.mark.parametrize("said", ["", "Basic", "Basic !!!", "Bearer abc", "Basic c291cmNl", basic(b"a\0b:c")[15:], "Basic " + "=" * 9])
def test_no_credentials(said: str) -> None:
    assert parse(head("PUT /main HTTP/1.1", f"Authorization: {said}")).credentials() is None


def test_a_password_is_not_shown() -> None:
    assert "hunter2" not in repr(Credentials("source", "hunter2"))


@given(st.binary(max_size=400))
def test_no_bytes_do_harm(data: bytes) -> None:
    with suppress(Refusal):
        assert parse(data + b"\r\n\r\n").path.startswith("/")
