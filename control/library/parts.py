"""A sound file in a multipart body: where it stands in it, and how it is read piece by piece. Nothing of it is believed here."""

from collections.abc import AsyncIterator
from typing import Final

from aiohttp import BodyPartReader
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web import Request

from control.errors import FieldError, Invalid, Malformed, TooLarge, WrongType

UPLOAD: Final = {
    "multipart/form-data": {
        "type": "object",
        "required": ["file"],
        "additionalProperties": False,
        "properties": {"file": {"type": "string", "format": "binary", "description": "mp3, flac, ogg, opus, wav, aiff, m4a, aac."}},
    }
}
"""As the API's document has it."""
PIECE_BYTES: Final = 256 * 1024
ENVELOPE_BYTES: Final = 64 * 1024
"""What a multipart body may hold beside its file."""


async def file_part(request: Request, largest_bytes: int) -> BodyPartReader:
    """The field `file`. Raises WrongType, TooLarge, Malformed, Invalid."""
    if request.content_type != "multipart/form-data" or "Content-Encoding" in request.headers:
        raise WrongType("Send multipart/form-data with a file in the field `file`.")
    if (request.content_length or 0) > largest_bytes + ENVELOPE_BYTES:
        raise TooLarge(f"A file may have {largest_bytes / 1e6:.0f} MB.")
    try:
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.name == "file":
                return part
    except (ValueError, AssertionError, RuntimeError, ConnectionError, HttpProcessingError) as error:
        raise Malformed("The multipart body cannot be read.") from error
    raise Invalid(errors=[FieldError("body.file", "Send a file in the field `file`")])


async def pieces(part: BodyPartReader) -> AsyncIterator[bytes]:
    """The file as it comes. Raises Malformed."""
    try:
        while piece := await part.read_chunk(PIECE_BYTES):
            yield bytes(piece)
    except (ValueError, AssertionError, HttpProcessingError) as error:
        raise Malformed("The multipart body cannot be read.") from error
