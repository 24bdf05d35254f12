import pytest

from control.kv.memory import MemoryKv
from control.oauth.counterpart import FRESH_SECONDS, Counterpart
from control.oauth.failures import ProviderFailed
from control.oauth.journey import Journeys
from control.oauth.provider import ProviderName
from control.outbound.http import OutboundHttp
from tests.control.admin.office import Watch
from tests.control.oauth.provider import open_house

pytestmark = pytest.mark.real
REDIRECT = "http://radio.example/callback"


async def test_a_house_that_never_answers_is_given_up() -> None:
    watch = Watch()
    async with open_house(watch.wall, {REDIRECT}) as house:
        outbound = OutboundHttp(allow_private=(house.url.removeprefix("http://"),))
        counterpart = Counterpart(house.github(), outbound, watch.wall, answer_seconds=0.2)
        _, _, journey = await Journeys(MemoryKv()).begin(ProviderName.GITHUB, None, "/")
        house.manners.never_answers = True
        with pytest.raises(ProviderFailed):
            await counterpart.who("code", journey, REDIRECT)
        await outbound.close()


async def test_a_house_in_this_network_is_not_asked_unless_the_operator_said_so() -> None:
    watch = Watch()
    async with open_house(watch.wall, {REDIRECT}) as house:
        outbound = OutboundHttp()
        _, _, journey = await Journeys(MemoryKv()).begin(ProviderName.GOOGLE, None, "/")
        with pytest.raises(ProviderFailed):
            await Counterpart(house.google(), outbound, watch.wall).address("state", journey, REDIRECT)
        assert house.asked_for_keys == 0
        await outbound.close()


async def test_addresses_are_discovered_once_an_hour_and_outlive_a_failure() -> None:
    watch = Watch()
    async with open_house(watch.wall, {REDIRECT}) as house:
        outbound = OutboundHttp(allow_private=(house.url.removeprefix("http://"),))
        counterpart = Counterpart(house.google(), outbound, watch.wall)
        _, _, journey = await Journeys(MemoryKv()).begin(ProviderName.GOOGLE, None, "/")
        first = await counterpart.address("state", journey, REDIRECT)
        house.manners.discovers_another = True
        watch.now += FRESH_SECONDS + 1
        assert await counterpart.address("state", journey, REDIRECT) == first
        await outbound.close()
