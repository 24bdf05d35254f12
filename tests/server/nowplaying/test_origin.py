"""Where one reached the front."""

import pytest
from aiohttp.test_utils import make_mocked_request

from server.nowplaying.origin import Origin


@pytest.mark.parametrize(
    "host", ["radio.example", "radio.example:8000", "127.0.0.1:8000", "[2001:db8::1]:8000", "[::1]", "my-radio_1.local"]
)
def test_a_host_is_taken_at_its_word(host: str) -> None:
    assert Origin().of(make_mocked_request("GET", "/", {"Host": host})) == f"http://{host}"


@pytest.mark.parametrize("host", ["", "a b", "x/../y", "evil\"'", "a:b", "a:999999", "user@host", "[zz]"])
def test_what_is_no_host_is_not(host: str) -> None:
    assert host == "" or host not in Origin().of(make_mocked_request("GET", "/", {"Host": host}))


def test_configuration_goes_before_the_request() -> None:
    assert Origin("https://radio.example/").of(make_mocked_request("GET", "/", {"Host": "other"})) == "https://radio.example"
