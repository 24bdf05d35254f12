"""Where a target may be."""

from collections.abc import Sequence

import pytest

from control.targets.whereabouts import INSIDE, Whereabouts, numbers_of
from server.rtmp.target import parse_address

PUBLIC = "93.184.215.14"


async def nothing(_: str) -> Sequence[str]:
    return ()


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "0x7f.1", "2130706433", "0", "[::1]", "[::ffff:10.0.0.1]", "10.1.2.3", "[fe80::1]", "localhost"]
)
async def test_no_spelling_leads_inside(host: str) -> None:
    assert await Whereabouts().wrong_with(parse_address(f"rtmp://{host}/app")) == INSIDE


async def test_a_public_number_and_a_name_that_nobody_knows_yet_may_be() -> None:
    assert await Whereabouts().wrong_with(parse_address(f"rtmps://{PUBLIC}/app")) is None
    assert await Whereabouts(look_up=nothing).wrong_with(parse_address("rtmps://soon.example/app")) is None


@pytest.mark.parametrize(("port", "may"), [(443, True), (1935, True), (1936, True), (8443, True), (22, False), (25, False), (80, False)])
async def test_low_ports_belong_to_others(port: int, may: bool) -> None:
    assert (await Whereabouts().wrong_with(parse_address(f"rtmp://{PUBLIC}:{port}/app")) is None) is may


async def test_what_the_operator_allows_may_be_inside() -> None:
    allowing = Whereabouts(lambda address, number: (address.host, number) == ("127.0.0.1", "127.0.0.1"))
    assert await allowing.wrong_with(parse_address("rtmp://127.0.0.1:1936/app")) is None
    assert await allowing.wrong_with(parse_address("rtmp://127.0.0.2:1936/app")) == INSIDE


async def test_a_name_that_cannot_be_one_has_no_numbers() -> None:
    assert await numbers_of("a" * 300) == ()
