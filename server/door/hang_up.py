"""How a connection ends that does not deserve an orderly end: at once, on both sides.

To close a socket whose peer does not read leaves what is unsent, up to megabytes, with the kernel for minutes, and the peer believes it
is still connected. A reset frees the one and tells the other.
"""

import asyncio
import socket
import struct
from typing import Final

NO_LINGER: Final = struct.pack("ii", 1, 0)


def hang_up(transport: asyncio.Transport) -> None:
    """Drops what is unsent and resets the connection."""
    sock = transport.get_extra_info("socket")
    if sock is not None and sock.fileno() >= 0:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
    transport.abort()
