"""What kind of sound file something is, by its first bytes: enough to turn away what is none before it is stored and decoded.

Only intake, in its sandbox, knows whether it really is one.
"""

from typing import Final

MAGIC_BYTES: Final = 12
_AT_THE_START: Final = ((b"fLaC", ".flac"), (b"OggS", ".ogg"), (b"ID3", ".mp3"))
_IFF: Final = {(b"RIFF", b"WAVE"): ".wav", (b"FORM", b"AIFF"): ".aiff", (b"FORM", b"AIFC"): ".aiff"}


def ending_of(beginning: bytes) -> str | None:
    """The ending that a file with this beginning should have; None if it is of no kind that may air."""
    for magic, ending in _AT_THE_START:
        if beginning.startswith(magic):
            return ending
    if beginning[4:8] == b"ftyp":
        return ".m4a"
    return _IFF.get((beginning[:4], beginning[8:12])) or _mpeg_ending(beginning)


def _mpeg_ending(beginning: bytes) -> str | None:
    """A frame header without a tag before it: ADTS has layer 0, MP3 layer III (ISO 11172-3, 2.4.2.3)."""
    if len(beginning) < 2 or beginning[0] != 0xFF or beginning[1] & 0xE0 != 0xE0:
        return None
    if beginning[1] & 0xF6 == 0xF0:
        return ".aac"
    return ".mp3" if beginning[1] & 0x06 == 0x02 else None
