"""Where one reached the front."""

import pytest
from aiohttp.web import Request, Response, StreamResponse

from server.nowplaying.origin import Origin
from server.route import PUBLIC, Route
from tests.server.served import served


async def origin_of(host: str, public_url: str = "") -> str:
    """What a request with that Host is told; PORT stands for the one it really reached."""

    async def told(request: Request) -> StreamResponse:
        return Response(text=Origin(public_url).of(request))

    async with served([Route("GET", "/", PUBLIC, told)]) as it:
        return (await it.ask("/", host=host))[1].replace(str(it.port), "PORT")


@pytest.mark.parametrize("host", ["radio.example:8000", "127.0.0.1", "[2001:db8::1]:8000", "[::1]", "my-radio_1.local"])
async def test_a_host_is_taken_at_its_word(host: str) -> None:
    assert await origin_of(host) == f"http://{host}"


@pytest.mark.parametrize("host", ["", "a b", "x/../y", "evil\"'", "a:b", "a:999999", "user@host", "[zz]"])
async def test_what_is_no_host_is_replaced_by_the_address_that_was_reached(host: str) -> None:
    assert await origin_of(host) == "http://127.0.0.1:PORT"


async def test_configuration_goes_before_the_request() -> None:
    assert await origin_of("other", "https://radio.example/") == "https://radio.example"
