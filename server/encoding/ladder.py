"""The renditions a station is sent in, and how each is encoded: one recipe a rung, each setting with its reason.

It knows no encoder, only what to ask of one. The settings were chosen by noise-to-mask ratio over drums, tones, noise and the studio's own
tracks (`sonicforge bench air` prints the cost):

- AAC with the `fast` coder and without intensity stereo, noise substitution and temporal noise shaping. With intensity stereo, FFmpeg's
  default, `fast` drowns the tones between 4 and 10 kHz (3 dB of distance at 192 kbit/s); without it, it is as good as `twoloop` at 64,
  192 and 320, better on tones and 1 dB worse on drums at 128, keeps to its bit rate, and costs a third.
- MP3 without a bit reservoir: at 192 kbit/s constant it sounds no better with one, and without it every packet stands on its own, so
  a listener or the emergency loop may cut in anywhere. Level 7 costs half of level 2, for 1.5 dB more
  noise, still below the mask.
- Opus complexity 5: within 0.1 dB of 10. Constrained, because free VBR makes 165 kbit/s of "128" from noisy music.
- Opus expects 5 % of its packets to be lost, with in-band redundancy allowed: music stays in the mode that sounds best (which has
  none), but hardly leans on packets before, so that after a lost one everything is right again within 40 ms instead of 160, for 0.03 dB.
  From 6 % on libopus changes to a mode with redundancy, and music is 5 dB worse.
- The trim is head-room: a decoder of few bits overshoots the peak that mastering left (EBU Tech 3343, AES TD1008). Below 192 kbit/s
  the encoder is given -1.5 dBTP, at 64 and less -2.0, where mastering gives -1.0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one rendition is made."""

    name: str
    codec: str
    """aac, mp3 or opus."""
    encoder: str
    """FFmpeg's name of the encoder."""
    sample_format: str
    """What the encoder eats: fltp (planar) or flt (interleaved)."""
    bitrate: int
    packet_frames: int
    delay_frames: int
    """How far a packet lies before the frames that were fed for it: the codec's priming."""
    trim_db: float
    options: Mapping[str, str] = field(default_factory=dict)
    """FFmpeg's options for the encoder, each explained above."""


MASTERED_DBTP: Final = -1.0
"""The ceiling of mastering that the trims reckon with; a station with a lower one has more head-room than it needs."""


def ceiling_dbtp(bitrate: int) -> float:
    """The true peak that an encoder of so many bits a second may be given, so that what is decoded stays below full scale."""
    if bitrate <= 64_000:
        return -2.0
    return -1.5 if bitrate < 192_000 else -1.0


def _trim_db(bitrate: int) -> float:
    return min(0.0, ceiling_dbtp(bitrate) - MASTERED_DBTP)


def _aac(kbits: int) -> Recipe:
    bitrate = kbits * 1000
    options = {"aac_coder": "fast", "aac_is": "0", "aac_pns": "0", "aac_tns": "0"}
    return Recipe(f"aac_{kbits}", "aac", "aac", "fltp", bitrate, 1024, 1024, _trim_db(bitrate), options)


LADDER: Final[Sequence[Recipe]] = (
    _aac(64),
    _aac(128),
    _aac(192),
    _aac(320),
    Recipe("mp3_192", "mp3", "libmp3lame", "fltp", 192_000, 1152, 1105, _trim_db(192_000), {"compression_level": "7", "reservoir": "0"}),
    Recipe(
        "opus_128",
        "opus",
        "libopus",
        "flt",
        128_000,
        960,
        312,
        _trim_db(128_000),
        {"application": "audio", "vbr": "constrained", "compression_level": "5", "fec": "1", "packet_loss": "5"},
    ),
)
"""Every rendition of a station, in the order in which they are announced."""
