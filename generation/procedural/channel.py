"""The mixing desk's settings: for each part its level and what it is sent through. The house's usual balance; styles lean from it."""

from dataclasses import dataclass
from typing import Final

from generation.procedural.part import Part


@dataclass(frozen=True, slots=True)
class Channel:
    """One strip of the desk."""

    level_lufs: float
    """Loudness of the part where it plays, before effects."""
    highpass_hz: float = 0.0
    lowpass: bool = False
    """Whether the automated filter of the voices acts on it."""
    duck: float = 0.0
    """How far it gives way to the bass drum."""
    ensemble: float = 0.0
    echo: float = 0.0
    hall: float = 0.0
    voice: bool = False
    """Whether the automated loudness of the voices acts on it."""


DESK: Final[dict[Part, Channel]] = {
    Part.KICK: Channel(-17.5),
    Part.BACKBEAT: Channel(-21.5, highpass_hz=120.0, hall=0.10),
    Part.HATS: Channel(-26.5, highpass_hz=300.0, hall=0.04, duck=0.15),
    Part.PERCUSSION: Channel(-27.0, highpass_hz=110.0, hall=0.14),
    Part.BASS: Channel(-20.0, duck=0.85),
    Part.PAD: Channel(-23.0, highpass_hz=115.0, lowpass=True, duck=0.65, ensemble=0.5, hall=0.40, voice=True),
    Part.STAB: Channel(-21.5, highpass_hz=150.0, lowpass=True, duck=0.4, ensemble=0.3, echo=0.35, hall=0.28, voice=True),
    Part.ARP: Channel(-23.5, highpass_hz=200.0, lowpass=True, duck=0.4, echo=0.45, hall=0.30, voice=True),
    Part.LEAD: Channel(-20.5, highpass_hz=200.0, lowpass=True, duck=0.3, ensemble=0.2, echo=0.40, hall=0.34, voice=True),
    Part.TEXTURE: Channel(-35.0, highpass_hz=180.0, duck=0.5, hall=0.1),
    Part.TRANSITIONS: Channel(-27.0, hall=0.3),
}
