"""A DJ's offer: it sends one sound, and is answered how his encoder shall be set. The rest of it is read like a listener's."""

from typing import Final

from server.webrtc.offer import Offer, Side, read_offer

DJ: Final = Side(
    frozenset({"a=sendrecv", "a=sendonly"}),
    "The offer has no sound in it: add an audio track.",
    "The offer sends nothing: its sound must be sendonly.",
    "stereo=1;sprop-stereo=1;usedtx=0;useinbandfec=0;maxaveragebitrate=128000",
)
"""No in-band redundancy is asked for: the decoder here cannot use what it costs."""


def read_djs_offer(text: str) -> Offer:
    """Raises OfferRefused."""
    return read_offer(text, DJ)
