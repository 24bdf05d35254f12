"""What a job works on, as bytes: JSON, packed when it is long, refused when it is too long.

The bound holds for the JSON, so unpacking never makes more than that.
"""

import zlib
from typing import Final

from control.errors import TooLarge

PACKED_ABOVE_BYTES: Final = 2_048
LARGEST_BYTES: Final = 1_048_576
_QUICK: Final = 3


def pack(json: bytes) -> tuple[bytes, bool]:
    """The bytes to store, and whether they are packed. Raises TooLarge."""
    if len(json) > LARGEST_BYTES:
        raise TooLarge(f"a job's payload may have {LARGEST_BYTES} bytes, this one has {len(json)}; store it and send its name")
    if len(json) <= PACKED_ABOVE_BYTES:
        return json, False
    packed = zlib.compress(json, _QUICK)
    return (packed, True) if len(packed) < len(json) else (json, False)


def unpack(stored: bytes, packed: bool) -> bytes:
    """The JSON. Raises ValueError for bytes that nobody has packed, or that make too much."""
    if not packed:
        return stored
    reader = zlib.decompressobj()
    try:
        json = reader.decompress(stored, LARGEST_BYTES)
    except zlib.error as error:
        raise ValueError(f"the payload cannot be unpacked: {error}") from error
    if not reader.eof:
        raise ValueError("the payload is cut short or longer than a payload may be")
    return json
