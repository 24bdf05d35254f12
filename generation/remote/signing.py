"""Signatures between a station and its workers: HMAC-SHA256 under a key that both know and neither sends.

A request's signature covers method, target, time, nonce and body: nobody on the way can change it, and who records it can send it again
neither later (the time) nor sooner (the nonce). An answer's covers its status, its body and the nonce of the request, so that nobody
else can answer, and no answer can be given twice.
"""

import hashlib
import hmac
import secrets
from typing import Final

TIME: Final = "X-SonicForge-Time"
NONCE: Final = "X-SonicForge-Nonce"
SIGNATURE: Final = "X-SonicForge-Signature"
WINDOW_SECONDS: Final = 300
"""By how much the clocks of the two may differ, and how long a request lives."""
SHORTEST_KEY_BYTES: Final = 32
_VERSION: Final = "sonicforge-1"


class SigningKey:
    """The shared secret. It shows itself to nobody: neither in a log nor in a traceback."""

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        """Raises ValueError if it is too short to be one."""
        secret = secret.strip()
        if len(secret) < SHORTEST_KEY_BYTES:
            raise ValueError(f"a worker's key has {SHORTEST_KEY_BYTES} characters or more: openssl rand -hex 32 makes one")
        self._secret = secret

    def __repr__(self) -> str:
        return "SigningKey(...)"

    def of_request(self, method: str, target: str, time: str, nonce: str, body: bytes) -> str:
        """64 hexadecimal digits. `target` is path and query as they are sent; `time` the header of that name."""
        return self._sign(method, target, time, nonce, hashlib.sha256(body).hexdigest())

    def of_answer(self, status: int, nonce: str, body: bytes) -> str:
        """64 hexadecimal digits. `nonce` is the request's."""
        return self._sign("answer", str(status), nonce, hashlib.sha256(body).hexdigest())

    def headers(self, method: str, target: str, body: bytes, wall: float) -> dict[str, str]:
        """What a request must carry; another nonce each time."""
        time, nonce = str(int(wall)), new_nonce()
        return {TIME: time, NONCE: nonce, SIGNATURE: self.of_request(method, target, time, nonce, body)}

    def _sign(self, *lines: str) -> str:
        return hmac.new(self._secret, "\n".join((_VERSION, *lines)).encode(), hashlib.sha256).hexdigest()


def new_nonce() -> str:
    """32 hexadecimal digits that nobody can foretell."""
    return secrets.token_hex(16)


def same(one: str, other: str) -> bool:
    """Whether two signatures are equal, in a time that tells nothing of where they differ."""
    return hmac.compare_digest(one.encode(errors="replace"), other.encode(errors="replace"))
