"""Where a request really comes from, and whether its way was encrypted.

A proxy says for whom it asks in `X-Forwarded-For`, and so can anybody else. Only a peer that the operator has named is believed, and
of its list only the rightmost address that is not itself such a proxy: what stands left of it was written by the asker.
"""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias

from aiohttp.web import BaseRequest

from server.door.door import network as network_of

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
UNKNOWN: Final = "0.0.0.0"  # nobody listens here; it stands for a peer that has no address
MOST_HOPS: Final = 20
FORWARDED: Final = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "X-Forwarded-Host", "X-Forwarded-Proto", "Via")
"""What a proxy adds; who sends one of them is not the machine itself, whatever its address says."""
_LOCAL_NAMES: Final = frozenset({"", "localhost"})


class Clients:
    """Tells clients apart behind the proxies that may be believed."""

    def __init__(self, trusted_proxies: Iterable[str] = ()) -> None:
        """Addresses and networks (`10.0.0.0/8`). Raises ValueError for what is neither."""
        self._trusted = tuple(ip_network(each.strip(), strict=False) for each in trusted_proxies)

    def address(self, request: BaseRequest) -> str:
        """The client's address as text; an IPv4 address that came mapped into IPv6 is plain IPv4."""
        peer = request.remote or UNKNOWN
        if not self._trusted:
            return _plain(peer)
        if not self._trusts(peer):
            return _plain(peer)
        return self._behind(peer, request.headers.getall("X-Forwarded-For", ()))

    def network(self, request: BaseRequest) -> str:
        """What counts as one client for limits: an IPv4 address, or the /64 that one household has of IPv6."""
        return network_of(self.address(request))

    def is_secure(self, request: BaseRequest) -> bool:
        """Whether the client's connection is encrypted, here or at a trusted proxy."""
        if request.secure:
            return True
        if not self._trusted or not self._trusts(request.remote or UNKNOWN):
            return False
        said = request.headers.get("X-Forwarded-Proto", "")
        return said.rpartition(",")[2].strip().lower() == "https"

    def is_this_machine(self, request: BaseRequest) -> bool:
        """Whether a program on this machine asks for itself.

        The Host header must name the machine too: a page whose name was pointed at 127.0.0.1 makes a visitor's browser ask from here.
        """
        peer = _parsed(request.remote or "")
        if peer is None or not peer.is_loopback:
            return False
        headers = request.headers
        if any(name in headers for name in FORWARDED) or headers.get("Sec-Fetch-Site", "none") == "cross-site":
            return False
        host = _without_port(headers.get("Host", ""))
        named = _parsed(host)
        return host.lower() in _LOCAL_NAMES or (named is not None and named.is_loopback)

    def _trusts(self, address: str) -> bool:
        parsed = _parsed(address)
        return parsed is not None and any(parsed in network for network in self._trusted)

    def _behind(self, peer: str, forwarded: Iterable[str]) -> str:
        hops = [hop.strip() for line in forwarded for hop in line.split(",")]
        nearest = peer
        for hop in reversed(hops[-MOST_HOPS:]):
            if _parsed(_without_port(hop)) is None:
                break  # not an address: the last hop that was one answers for it
            nearest = _without_port(hop)
            if not self._trusts(nearest):
                break
        return _plain(nearest)


def _without_port(host: str) -> str:
    """`1.2.3.4:80` and `[::1]:80` without brackets and port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0] if host.count(":") == 1 else host


@lru_cache(maxsize=4_096)
def _parsed(text: str) -> Address | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


@lru_cache(maxsize=4_096)
def _plain(text: str) -> str:
    parsed = _parsed(text)
    return str(parsed) if parsed else UNKNOWN
