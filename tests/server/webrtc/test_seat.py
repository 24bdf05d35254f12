"""What the kernel understands as an address is what Python understands as one."""

import socket

import pytest

from server.webrtc.seat import LARGEST_ADDRESS_BYTES, socket_address


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_the_kernel_takes_it(family: int, host: str) -> None:
    """Sent to by its bytes: tests/server/webrtc/test_sealed_group.py. Here: nothing is lost on the way into bytes."""
    written = socket_address((host, 54_321))
    assert len(written) <= LARGEST_ADDRESS_BYTES
    assert (54_321).to_bytes(2, "big") in written
    assert socket.inet_pton(family, host) in written


def test_a_zone_is_the_number_of_its_interface() -> None:
    name = socket.if_nameindex()[0][1]
    assert socket_address((f"fe80::1%{name}", 9))[-4:] == socket.if_nametoindex(name).to_bytes(4, "little")
    with pytest.raises(OSError, match="no interface"):
        socket_address(("fe80::1%nowhere0", 9))


def test_a_name_is_no_address() -> None:
    with pytest.raises(ValueError, match=r"example\.org"):
        socket_address(("example.org", 9))
