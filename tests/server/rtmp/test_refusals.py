"""Whatever a server says, nobody who reads it knows more of the key."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rtmp.refusals import gives_away, unreached, worded

KEY = "live_4711_SecretOfTheHouse?x=1&y=%2F"


@pytest.mark.parametrize("said", [KEY, KEY.upper(), quote(KEY), quote(KEY, safe=""), f"no stream app/{KEY}!", KEY[5:14], "LIVE_4711_"])
def test_what_a_server_repeats_is_left_out(said: str) -> None:
    assert worded("refused", {"code": said, "description": said}, KEY) == "refused"


def test_what_is_harmless_is_told() -> None:
    about = {"code": "NetStream.Publish.Denied", "description": "Stream\x00 is\nlocked \u202e"}
    assert worded("refused", about, KEY) == "refused (NetStream.Publish.Denied: Stream is locked)"
    assert worded("refused", {"description": "x" * 500}, KEY) == f"refused ({'x' * 120})"
    for about_nothing in (None, 1.0, [], {}, {"code": 5.0}, {"code": "<b>"}):
        assert worded("refused", about_nothing, KEY) == "refused"  # type: ignore[arg-type]


@given(st.text(min_size=1, max_size=20), st.integers(0, 20), st.text(max_size=10))
def test_no_part_of_a_key_gets_through(key: str, start: int, around: str) -> None:
    piece = key[start : start + 8]
    told = worded("no", {"description": around + piece + around}, key)
    assert told == "no" or not gives_away(told, key) or len(piece) < 6


def test_errors_in_plain_words() -> None:
    assert unreached(ConnectionRefusedError(111, "Connect call failed ('10.0.0.1', 1935)")) == "connection refused"
    assert unreached(ConnectionResetError()) == "the server closed the connection"
    assert unreached(TimeoutError()) == "no answer"
    assert unreached(OSError(0, "there is no such host")) == "no connection: there is no such host"
    assert unreached(OSError()) == "no connection: OSError"
