"""A JSON body, read with a bound and checked.

Only `application/json` in UTF-8, uncompressed, of so many bytes and values, at most 32 deep. pydantic is strict here: JSON knows
numbers from text. Most bodies are decoded and checked in one step; one that might hold what neither we nor PostgreSQL can keep (a zero
character, an integer of more than 64 bits, NaN) is looked through first. JSON Schema calls 204.0 an integer, so it is one.
"""

import math
import re
from collections.abc import Iterator
from typing import Any, Final, get_args

from aiohttp.web import Request, RequestKey
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from control.api.field_errors import found_wrong
from control.api.parameters import LARGEST_INTEGER, Place, require_strict
from control.errors import FieldError, Invalid, Malformed, TooLarge, WrongType

DEEPEST: Final = 32
LARGEST_BYTES: Final = 1_000_000
MOST_COMMAS: Final = 10_000
"""Each value costs about 5 µs to look at and to complain of, on the event loop; a million bytes could hold half a million values."""
_READ: Final = RequestKey("body", bytes)
_DOUBTFUL: Final = re.compile(rb"\\u0000|NaN|Infinity|[0-9](?:\.0|[eE])|[0-9]{19}")
"""May occur in a harmless body too; never missing from a doubtful one."""


async def read_bytes(request: Request, largest_bytes: int) -> bytes:
    """The body of a request, however often it is asked for. Raises TooLarge."""
    kept: bytes | None = request.get(_READ)
    if kept is not None:
        return kept
    if (request.content_length or 0) > largest_bytes:
        raise TooLarge(f"At most {largest_bytes:,} bytes.")
    pieces, size = [], 0
    async for piece in request.content.iter_any():
        size += len(piece)
        if size > largest_bytes:
            raise TooLarge(f"At most {largest_bytes:,} bytes.")
        pieces.append(piece)
    request[_READ] = body = b"".join(pieces)
    return body


class Body:
    """The body of one operation, made ready once."""

    def __init__(self, model: Any, largest_bytes: int = LARGEST_BYTES) -> None:
        """`model` is a frozen pydantic model that forbids what it does not name, or a union of such."""
        for each in get_args(model) or (model,):
            require_strict(each)
        self.model = model
        self.largest_bytes = largest_bytes
        self._adapter: TypeAdapter[BaseModel] = TypeAdapter(model)

    async def read(self, request: Request, errors: list[FieldError]) -> BaseModel | None:
        """The model. What is wrong with its fields is added to `errors`, and the answer is None. Raises WrongType, TooLarge, Malformed."""
        require_json(request)
        body = await read_bytes(request, self.largest_bytes)
        return self.check(body, errors)

    def check(self, body: bytes, errors: list[FieldError]) -> BaseModel | None:
        """`read`, of bytes."""
        if body.count(b",") > MOST_COMMAS:
            raise TooLarge(f"At most {MOST_COMMAS:,} values.")
        if body.count(b"[") + body.count(b"{") > DEEPEST or _DOUBTFUL.search(body):
            wrong: list[FieldError] = []
            body = to_json(_made_plain(_decoded(body), Place.BODY, 0, wrong))
            if wrong:
                errors += wrong
                return None
        try:
            return self._adapter.validate_json(body, strict=True)
        except ValidationError as failure:
            if failure.errors(include_url=False, include_input=False)[0]["type"] == "json_invalid":
                raise Malformed("The body is not JSON.") from None
            errors += found_wrong(failure, Place.BODY)
            return None


def require_json(request: Request) -> None:
    """Raises WrongType unless the body is plain JSON."""
    if request.content_type != "application/json" or (request.charset or "utf-8").lower() != "utf-8":
        raise WrongType("Send application/json in UTF-8.")
    if "Content-Encoding" in request.headers:
        raise WrongType("Send the body as it is, without Content-Encoding.")


def _decoded(body: bytes) -> Any:
    try:
        return from_json(body, allow_inf_nan=False, cache_strings=False)
    except ValueError:
        raise Malformed("The body is not JSON.") from None


def _made_plain(value: Any, pointer: str, depth: int, wrong: list[FieldError]) -> Any:
    """`value` with integral floats as integers; what cannot be kept is added to `wrong`. Raises Malformed past DEEPEST."""
    if depth > DEEPEST:
        raise Malformed(f"The body is nested more than {DEEPEST} deep.")
    if isinstance(value, dict):
        for key in value:
            wrong += _unkept(key, pointer)
        return {key: _made_plain(each, f"{pointer}.{key}", depth + 1, wrong) for key, each in value.items()}
    if isinstance(value, list):
        return [_made_plain(each, f"{pointer}.{number}", depth + 1, wrong) for number, each in enumerate(value)]
    wrong += _unkept(value, pointer)
    if isinstance(value, float) and value.is_integer() and abs(value) <= LARGEST_INTEGER:
        return int(value)
    return value


def _unkept(value: object, pointer: str) -> Iterator[FieldError]:
    if isinstance(value, str) and "\0" in value:
        yield FieldError(pointer.replace("\0", ""), "It may hold no zero character")
    if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        yield FieldError(pointer, "Input should be an integer of at most 64 bits")
    if isinstance(value, float) and not math.isfinite(value):
        yield FieldError(pointer, "Input should be a finite number")


def refuse(errors: list[FieldError]) -> None:
    """Raises Invalid with everything that was found, if anything was."""
    if errors:
        raise Invalid(errors=errors)
