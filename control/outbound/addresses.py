"""Which numbers are somewhere else on the public internet. Everything that is not plainly so may be this machine or its neighbours.

The standard library's `is_global` will not do: it is True for 64:ff9b::/96, 2002::/16 and 224.0.0.0/4. Source: IANA's special-purpose
registries (RFC 6890), and the metadata services of clouds that lie outside of them.
"""

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

NOT_PUBLIC_4: Final = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # "this network": reaches loopback on Linux
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' NAT; 100.100.100.200 is a cloud's metadata
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's host agent
        "169.254.0.0/16",  # link-local, with the metadata of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
PUBLIC_6: Final = IPv6Network("2000::/3")
"""Global unicast: leaves out ::1, ::ffff:0:0/96 (IPv4 in disguise), 64:ff9b::/96 (NAT64), fc00::/7, fe80::/10, ff00::/8."""
NOT_PUBLIC_6: Final = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # Teredo, ORCHID, benchmarks
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address inside
        "3fff::/20",
    )
)


def is_public(address: str) -> bool:
    """Whether an IP address in digits is on the public internet; False for what is no address at all."""
    try:
        number = ip_address(address)
    except ValueError:
        return False
    if isinstance(number, IPv6Address):
        return number.scope_id is None and number in PUBLIC_6 and not any(number in network for network in NOT_PUBLIC_6)
    return not any(number in network for network in NOT_PUBLIC_4)
