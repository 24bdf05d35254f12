"""Where one listener is reached, as the kernel has it: the keys to him, a socket, the bytes of his address."""

import socket
import struct
import sys
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address
from typing import Final

LARGEST_ADDRESS_BYTES: Final = 28
"""sockaddr_in6."""
_LENGTH_FIRST: Final = sys.platform == "darwin" or "bsd" in sys.platform
"""There a socket address begins with its length."""


@dataclass(frozen=True, slots=True)
class Seat:
    """It holds as long as its owner keeps the session and the socket."""

    session: int
    """The address of libsrtp's session, srtp_t."""
    socket: int = -1
    """Its number; -1: there is no way to him now."""
    address: bytes = b""
    """A sockaddr_in or sockaddr_in6."""


def socket_address(address: tuple[str, int]) -> bytes:
    """Host and port as bytes of sockaddr_in or sockaddr_in6. ValueError: the host is no IP address; OSError: its zone is unknown."""
    host, _, zone = address[0].partition("%")
    parsed = ip_address(host)
    port = struct.pack("!H", address[1])
    if isinstance(parsed, IPv4Address):
        return _family(socket.AF_INET, 16) + port + parsed.packed + bytes(8)
    scope = struct.pack("=I", socket.if_nametoindex(zone) if zone else 0)
    return _family(socket.AF_INET6, LARGEST_ADDRESS_BYTES) + port + bytes(4) + parsed.packed + scope


def _family(family: int, size: int) -> bytes:
    return bytes((size, family)) if _LENGTH_FIRST else struct.pack("=H", family)
