"""UDP sockets of a test."""

import socket
from collections.abc import Callable


class Ports:
    """Opens them; `keep` sees to it that each is closed."""

    def __init__(self, keep: Callable[[socket.socket], object]) -> None:
        self._keep = keep

    def open(self, host: str = "127.0.0.1") -> socket.socket:
        """Bound to a free port; waits two seconds for a datagram."""
        made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        self._keep(made)
        made.bind((host, 0))
        made.settimeout(2.0)
        return made
