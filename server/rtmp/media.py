"""What is published, as values: what the encoders say of themselves, and the tags that every target is sent.

A tag is made once and shared by all targets. Its time is a position of the station's clock; each session counts from its own first one.
"""

from dataclasses import dataclass
from enum import Enum, auto


class TagKind(Enum):
    """What a tag carries."""

    SOUND = auto()
    PICTURE = auto()
    TITLE = auto()


@dataclass(frozen=True, slots=True)
class Tag:
    """One unit of the stream."""

    kind: TagKind
    position: int
    """Frames at 48 kHz since the station's sign-on, at which it is heard or seen."""
    body: bytes
    """Of an FLV tag (server/rtmp/flv.py)."""
    keyframe: bool = False
    """A picture that needs no other one."""
    era: int = 0
    """Counts the jumps of the position: a session lives in one of them only."""


@dataclass(frozen=True, slots=True)
class PictureForm:
    """What the picture encoder says of itself."""

    extradata: bytes
    """Its parameter sets, SPS and PPS, Annex B."""
    width: int
    height: int
    pictures_a_second: int
    bitrate: int
    """Bits per second."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a session is sent before its first tag."""

    metadata: bytes
    pictures: bytes
    """The decoder's configuration for them."""
    sound: bytes
    """As well."""
