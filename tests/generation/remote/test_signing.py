"""What a signature covers, and what it tells nobody."""

import hashlib
import hmac

import pytest

from generation.remote.signing import NONCE, SIGNATURE, TIME, SigningKey, new_nonce, same

SECRET = b"0123456789abcdef0123456789abcdef"
KEY = SigningKey(SECRET)
REQUEST = ("POST", "/v1/errands?wait=1", "1800000000", "ab" * 16, b'{"id":"1"}')


def test_it_is_what_the_protocol_says() -> None:
    """As a stranger would write it from docs/remote.md, without this file."""
    text = "sonicforge-1\nPOST\n/v1/errands?wait=1\n1800000000\n" + "ab" * 16 + "\n" + hashlib.sha256(REQUEST[4]).hexdigest()
    assert KEY.of_request(*REQUEST) == hmac.new(SECRET, text.encode(), "sha256").hexdigest()
    answer = "sonicforge-1\nanswer\n200\n" + "ab" * 16 + "\n" + hashlib.sha256(b"{}").hexdigest()
    assert KEY.of_answer(200, "ab" * 16, b"{}") == hmac.new(SECRET, answer.encode(), "sha256").hexdigest()


@pytest.mark.parametrize(
    "changed",
    [
        ("GET", *REQUEST[1:]),
        ("POST", "/v1/errands?wait=2", *REQUEST[2:]),
        (*REQUEST[:2], "1800000001", *REQUEST[3:]),
        (*REQUEST[:3], "cd" * 16, REQUEST[4]),
        (*REQUEST[:4], b'{"id":"2"}'),
    ],
)
def test_nothing_of_a_request_can_be_changed(changed: tuple[str, str, str, str, bytes]) -> None:
    assert KEY.of_request(*changed) != KEY.of_request(*REQUEST)


def test_an_answer_is_good_for_one_request() -> None:
    assert (
        len({KEY.of_answer(200, "a", b"x"), KEY.of_answer(200, "b", b"x"), KEY.of_answer(201, "a", b"x"), KEY.of_answer(200, "a", b"y")})
        == 4
    )


def test_headers_are_new_each_time() -> None:
    first, second = (KEY.headers("GET", "/v1/about", b"", 1_800_000_000.9) for _ in range(2))
    assert first[TIME] == "1800000000"
    assert first[NONCE] != second[NONCE]
    assert first[SIGNATURE] == KEY.of_request("GET", "/v1/about", first[TIME], first[NONCE], b"")
    assert len(new_nonce()) == 32


@pytest.mark.parametrize("short", [b"", b"secret", b"   " + b"x" * 31 + b"\n"])
def test_a_short_key_is_none(short: bytes) -> None:
    with pytest.raises(ValueError, match="32 characters"):
        SigningKey(short)


def test_a_key_shows_itself_to_nobody() -> None:
    shown = f"{KEY!r} {KEY} {[KEY]}"
    assert SECRET.decode() not in shown
    assert not hasattr(KEY, "__dict__")


def test_equal_and_not() -> None:
    assert same("abc", "abc")
    assert not same("abc", "abd")
    assert not same("abc", "äöü\udc80")
