"""Whose address counts: what anybody can write into a header moves nobody."""

from ssl import PROTOCOL_TLS_SERVER, SSLContext

import pytest
from aiohttp.test_utils import make_mocked_request
from aiohttp.web import Request
from multidict import CIMultiDict

from control.identity.clients import MOST_HOPS, UNKNOWN, Clients


class Transport:
    """As much of a connection as a request asks for."""

    def __init__(self, peer: object) -> None:
        self._told = {"peername": peer}

    def get_extra_info(self, name: str, default: object = None) -> object:
        return self._told.get(name) or default

    def is_closing(self) -> bool:
        return False


def request(peer: object, *headers: tuple[str, str], tls: bool = False) -> Request:
    return make_mocked_request(
        "GET",
        "/",
        headers=CIMultiDict(headers),
        transport=Transport((peer, 1)),
        sslcontext=SSLContext(PROTOCOL_TLS_SERVER) if tls else None,
    )


NAIVE = Clients()
BEHIND = Clients(["10.0.0.0/8", "127.0.0.1", "2001:db8:ffff::/48"])


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Client-IP", "True-Client-IP", "CF-Connecting-IP"])
@pytest.mark.parametrize("peer", ["203.0.113.7", "127.0.0.1"])
def test_without_a_trusted_proxy_headers_move_nobody(header: str, peer: str) -> None:
    for said in ("198.51.100.1", "127.0.0.1", "for=198.51.100.1", "198.51.100.1, 198.51.100.2"):
        assert NAIVE.address(request(peer, (header, said))) == peer


@pytest.mark.parametrize(
    ("said", "client"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("1.1.1.1, 198.51.100.1", "198.51.100.1"),
        ("1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.9, 198.51.100.1, 10.0.0.2, 10.0.0.3", "198.51.100.1"),
        ("198.51.100.1:51000", "198.51.100.1"),
        ("[2001:db8::7]:51000", "2001:db8::7"),
        ("::ffff:198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "10.0.0.2"),
        ("198.51.100.1, unknown", "10.0.0.1"),
        ("198.51.100.1, <script>, 10.0.0.2", "10.0.0.2"),
        ("", "10.0.0.1"),
        (",,,", "10.0.0.1"),
    ],
)
def test_behind_a_trusted_proxy_the_rightmost_stranger_counts(said: str, client: str) -> None:
    assert BEHIND.address(request("10.0.0.1", ("X-Forwarded-For", said))) == client


def test_several_headers_are_one_list() -> None:
    lines = [("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-For", "198.51.100.1, 10.0.0.2")]
    assert BEHIND.address(request("10.0.0.1", *lines)) == "198.51.100.1"


def test_a_stranger_who_names_a_trusted_chain_stays_himself() -> None:
    assert BEHIND.address(request("203.0.113.7", ("X-Forwarded-For", "198.51.100.1, 10.0.0.1"))) == "203.0.113.7"


def test_an_endless_chain_is_not_walked() -> None:
    hops = ", ".join(["198.51.100.1"] + ["10.0.0.2"] * MOST_HOPS)
    assert BEHIND.address(request("10.0.0.1", ("X-Forwarded-For", hops))) == "10.0.0.2"


def test_an_ipv6_household_is_one_client() -> None:
    first, second = request("2001:db8:1:2::1"), request("2001:db8:1:2:ffff::9%eth0")
    assert NAIVE.network(first) == NAIVE.network(second)
    assert NAIVE.network(request("2001:db8:1:3::1")) != NAIVE.network(first)
    assert NAIVE.network(request("::ffff:203.0.113.7")) == "203.0.113.7"


@pytest.mark.parametrize("peer", ["", "unix", None])
def test_a_peer_without_an_address_is_unknown(peer: object) -> None:
    assert NAIVE.address(request(peer)) == UNKNOWN


def test_encrypted_here_or_at_a_trusted_proxy() -> None:
    said = ("X-Forwarded-Proto", "https")
    assert NAIVE.is_secure(request("203.0.113.7", tls=True))
    assert BEHIND.is_secure(request("10.0.0.1", said))
    assert BEHIND.is_secure(request("10.0.0.1", ("X-Forwarded-Proto", "http, https")))
    assert not BEHIND.is_secure(request("10.0.0.1", ("X-Forwarded-Proto", "https, http")))
    assert not BEHIND.is_secure(request("203.0.113.7", said))
    assert not NAIVE.is_secure(request("127.0.0.1", said))


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000", "127.9.9.9"])
def test_the_machine_itself(host: str) -> None:
    assert NAIVE.is_this_machine(request("127.0.0.1", ("Host", host)))
    assert NAIVE.is_this_machine(request("::1", ("Host", host)))
    assert not NAIVE.is_this_machine(request("203.0.113.7", ("Host", host)))


@pytest.mark.parametrize("host", ["rebound.example", "radio.local:8000", "127.0.0.1.rebound.example", "localhost.example", "[::2]"])
def test_a_name_that_points_here_is_not_the_machine(host: str) -> None:
    assert not NAIVE.is_this_machine(request("127.0.0.1", ("Host", host)))


@pytest.mark.parametrize("misspelt", ["10.0.0.0/33", "proxy", "10.0.0"])
def test_a_misspelt_proxy_stops_the_start(misspelt: str) -> None:
    with pytest.raises(ValueError, match=misspelt):
        Clients([misspelt])
