"""Who somebody is, without telling who: a name made of address and player that nobody can turn back, and that lasts a day at most.

The salt is made by each process for itself, is never written down, and is a new one every day: so the history of listening can count
how many people there were on a day, and can follow nobody into the next.
"""

import os
from hashlib import blake2b
from typing import Final

PSEUDONYM_BYTES: Final = 16
_SALT_BYTES: Final = 32
_DAY_SECONDS: Final = 86_400


class Pseudonyms:
    """Gives them out."""

    def __init__(self) -> None:
        self._day = -1
        self._salt = b""

    def of(self, address: str, player: str, wall: float) -> bytes:
        """The pseudonym at that UNIX time: 16 bytes, the same for one address and player on one day (UTC)."""
        day = int(wall // _DAY_SECONDS)
        if day != self._day:
            self._day, self._salt = day, os.urandom(_SALT_BYTES)
        told = f"{address}\0{player}".encode("utf-8", "surrogatepass")
        return blake2b(told, key=self._salt, digest_size=PSEUDONYM_BYTES).digest()
