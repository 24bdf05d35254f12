"""An offer, judged and answered as text: one sound is taken, whatever else was offered is turned down section by section.

It knows SDP (RFC 8866) as lines and no connection; who offers, a listener or a DJ, is told it. Clients that always offer a picture too
are served all the same: RFC 3264 turns a section down by the port 0, and RFC 9143 leaves it out of the bundle.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

LONGEST_OFFER_BYTES: Final = 64 * 1024
MOST_SECTIONS: Final = 16
MOST_CANDIDATES: Final = 64
_OPUS: Final = re.compile(r"a=rtpmap:(\d{1,3}) opus/48000(/2)?$", re.IGNORECASE)
_DIRECTIONS: Final = frozenset({"a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive"})
_NEEDED: Final = {
    "a=ice-ufrag:": "an ICE user name (a=ice-ufrag)",
    "a=ice-pwd:": "an ICE password (a=ice-pwd)",
    "a=fingerprint:": "the fingerprint of its certificate (a=fingerprint)",
    "a=setup:": "a DTLS role (a=setup:actpass)",
}
_NO_MORE: Final = "a=end-of-candidates"
"""Not believed: who names none that can be used is reached all the same, when he asks (RFC 8445, 7.3.1.3)."""


class OfferRefused(Exception):
    """The offer cannot be taken; the message says how to make one that can."""


@dataclass(frozen=True, slots=True)
class Side:
    """Who offers: what his sound must be like, and how it is agreed on."""

    directions: frozenset[str]
    """Of his sound, as attributes; any of them will do."""
    no_sound: str
    """The refusal of an offer without one."""
    wrong_way: str
    """The refusal of one whose sound goes the other way."""
    parameters: str
    """Of Opus in the answer (RFC 7587)."""


LISTENER: Final = Side(
    frozenset({"a=sendrecv", "a=recvonly"}),
    'The offer has no sound in it: call addTransceiver("audio", { direction: "recvonly" }) before createOffer().',
    "The offer hears nothing: its sound must be recvonly.",
    "minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1",
)
"""What is sent to him is stereo and may carry redundancy for speech."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer of which one section is taken."""

    sound: str
    """The offer as if nothing else had been offered, without candidates that are no addresses."""
    user: str
    """The other side's ICE user name: a trickled candidate names it."""
    _side: Side
    _sections: tuple[tuple[str, ...], ...]
    _taken: int
    """Which of the sections is the sound."""

    def answer(self, sound: str, packet_milliseconds: int | None = None) -> str:
        """The whole answer, from the answer to the sound alone: what was turned down in its place, and how the sound is sent."""
        session, taken = _cut(sound)
        answered = [_turned_down(section) for section in self._sections]
        answered[self._taken] = _described(taken[0], self._side, packet_milliseconds)
        return _text([session, *answered])


def read_offer(text: str, side: Side = LISTENER) -> Offer:
    """Raises OfferRefused."""
    session, sections = _cut(text)
    if not session or not session[0].startswith("v=0"):
        raise OfferRefused("This is no SDP offer: one begins with v=0.")
    if len(sections) > MOST_SECTIONS:
        raise OfferRefused(f"An offer has at most {MOST_SECTIONS} sections.")
    taken = _sound_among(sections, side)
    kept = [line for line in sections[taken] if not _is_unreachable(line) and line != _NO_MORE]
    for beginning, what in _NEEDED.items():
        if not any(line.startswith(beginning) and line != beginning for line in [*kept, *session]):
            raise OfferRefused(f"The offer lacks {what}: send what createOffer() gives, unchanged.")
    if "a=rtcp-mux" not in kept:
        raise OfferRefused("The offer lacks a=rtcp-mux: sound and reports share one port here.")
    if sum(line.startswith("a=candidate:") for line in kept) > MOST_CANDIDATES:
        raise OfferRefused(f"An offer names at most {MOST_CANDIDATES} candidates.")
    mid = _value("a=mid:", kept)
    whole = [f"a=group:BUNDLE {mid}" if line.startswith("a=group:BUNDLE") else line for line in session]
    user = _value("a=ice-ufrag:", [*kept, *session])
    return Offer(_text([whole, kept]), user, side, tuple(tuple(section) for section in sections), taken)


def _sound_among(sections: Sequence[Sequence[str]], side: Side) -> int:
    """Which section is taken: the first sound that is Opus and goes the right way. Raises OfferRefused."""
    sounds = [number for number, section in enumerate(sections) if section[0].startswith("m=audio ")]
    if not sounds:
        raise OfferRefused(side.no_sound)
    able = [number for number in sounds if any(_OPUS.match(line) for line in sections[number])]
    if not able:
        raise OfferRefused("The offer has no Opus in it: allow the codec opus/48000/2.")
    for number in able:
        directions = _DIRECTIONS.intersection(sections[number]) or {"a=sendrecv"}
        if directions <= side.directions:
            return number
    raise OfferRefused(side.wrong_way)


def _cut(text: str) -> tuple[list[str], list[list[str]]]:
    """The session's own lines, and those of each section."""
    session: list[str] = []
    sections: list[list[str]] = []
    for line in text.splitlines():
        if line.startswith("m="):
            sections.append([])
        (sections[-1] if sections else session).append(line.rstrip())
    return session, sections


def _text(parts: Sequence[Sequence[str]]) -> str:
    return "".join(f"{line}\r\n" for part in parts for line in part if line)


def _value(beginning: str, lines: Sequence[str]) -> str:
    return next((line[len(beginning) :] for line in lines if line.startswith(beginning)), "")


def _turned_down(section: Sequence[str]) -> list[str]:
    media, _, *rest = section[0].split(" ")
    mid = _value("a=mid:", section)
    return [" ".join([media, "0", *rest]), "c=IN IP4 0.0.0.0", "a=inactive", *([f"a=mid:{mid}"] if mid else [])]


def _described(section: Sequence[str], side: Side, packet_milliseconds: int | None) -> list[str]:
    lines: list[str] = []
    for line in section:
        lines.append(line)
        opus = _OPUS.match(line)
        if opus:
            lines.append(f"a=fmtp:{opus[1]} {side.parameters}")
    return lines if packet_milliseconds is None else [*lines, f"a=ptime:{packet_milliseconds}"]


def _is_unreachable(line: str) -> bool:
    """A candidate that names a host instead of an address: looking it up takes a second, and browsers reach us without."""
    if not line.startswith("a=candidate:"):
        return False
    words = line.split()
    return len(words) < 8 or not is_address(words[4])


def is_address(text: str) -> bool:
    """Whether it is an IP address and no name."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
