"""What a browser says after its offer (RFC 8840): further addresses at which it may be reached.

Each candidate belongs to the one sound that was taken, whatever section it was gathered for: everything else is bundled away or turned
down. Those that are no addresses are left out, like in an offer.
"""

from dataclasses import dataclass
from typing import Final

from aiortc import RTCIceCandidate
from aiortc.sdp import candidate_from_sdp

from server.webrtc.offer import is_address

MOST_CANDIDATES: Final = 64


class NoFragment(Exception):
    """What was sent is no trickle-ice-sdpfrag; the message says why."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """One PATCH."""

    user: str
    """The ICE user name it belongs to; empty if it names none."""
    candidates: tuple[RTCIceCandidate, ...]
    ended: bool
    """No more will come."""


def read_fragment(text: str) -> Fragment:
    """Raises NoFragment."""
    user, ended = "", False
    candidates: list[RTCIceCandidate] = []
    for line in text.splitlines():
        if line.startswith("a=ice-ufrag:"):
            user = line[12:].strip()
        elif line.startswith("a=candidate:"):
            candidate = _candidate(line[12:])
            if candidate is not None:
                candidates.append(candidate)
        elif line.startswith("a=end-of-candidates"):
            ended = True
    if len(candidates) > MOST_CANDIDATES:
        raise NoFragment(f"At most {MOST_CANDIDATES} candidates can be sent at once.")
    return Fragment(user, tuple(candidates), ended)


def _candidate(words: str) -> RTCIceCandidate | None:
    """Raises NoFragment."""
    try:
        candidate = candidate_from_sdp(words)
    except (AssertionError, ValueError):
        raise NoFragment("A candidate in it cannot be read.") from None
    return candidate if is_address(candidate.ip) and candidate.protocol.lower() == "udp" else None
