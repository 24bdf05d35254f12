import pytest
from msgspec.structs import replace

from control.kv.memory import MemoryKv
from control.oauth.journey import LIFE_SECONDS, Journey, Journeys, is_local
from control.oauth.provider import ProviderName


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return self.seconds


async def test_a_journey_ends_once() -> None:
    journeys = Journeys(MemoryKv())
    state, cookie, journey = await journeys.begin(ProviderName.GOOGLE, None, "/")
    assert await journeys.end(state) == journey
    assert await journeys.end(state) is None
    assert journey.is_of(cookie)
    assert not journey.is_of(state)
    assert not journey.is_of(None)


async def test_a_journey_takes_ten_minutes_at_most() -> None:
    hands = Hands()
    journeys = Journeys(MemoryKv(hands.now))
    state, _, _ = await journeys.begin(ProviderName.GOOGLE, None, "/")
    hands.seconds = LIFE_SECONDS + 0.1
    assert await journeys.end(state) is None


async def test_nothing_is_used_twice() -> None:
    journeys = Journeys(MemoryKv())
    began = [await journeys.begin(ProviderName.GITHUB, None, "/") for _ in range(50)]
    told = [text for state, cookie, journey in began for text in (state, cookie, journey.verifier, journey.nonce, journey.challenge)]
    assert len(set(told)) == 250
    assert min(len(text) for text in told) >= 43


async def test_what_is_kept_would_not_let_its_reader_in() -> None:
    kv = MemoryKv()
    state, cookie, journey = await Journeys(kv).begin(ProviderName.GITHUB, None, "/")
    assert await kv.get(f"oauth:{state}") is None
    assert cookie not in (journey.browser, journey.verifier)


def test_the_challenge_is_that_of_rfc_7636() -> None:
    """Its appendix B."""
    journey = Journey(provider=ProviderName.GITHUB, verifier="", nonce="", browser="", account_id=None, return_to="/")
    with_verifier = replace(journey, verifier="dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert with_verifier.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.mark.parametrize("path", ["/", "/account", "/dj/main?x=1&y=%20", "/a/b"])
def test_a_path_of_ours(path: str) -> None:
    assert is_local(path)


@pytest.mark.parametrize("path", ["", "account", "//x", "/\\x", "https://x", "/a b", "/a\nb", "/a\\b", "/a#b", "/ü", "/" + "a" * 600])
def test_no_path_of_ours(path: str) -> None:
    assert not is_local(path)
