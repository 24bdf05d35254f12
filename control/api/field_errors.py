"""What pydantic found wrong, in our words: a pointer and a sentence for each field. The value itself is never repeated."""

from typing import Final

from pydantic import ValidationError

from control.errors import FieldError

MOST: Final = 100
"""An answer stays an answer, however much is wrong."""
_OUR_WORDS: Final = {
    "extra_forbidden": "There is no such field",
    "missing": "It is required",
}
_PYDANTICS_OWN: Final = ("Value error, ", "Assertion failed, ")


def found_wrong(failure: ValidationError, place: str) -> list[FieldError]:
    """Everything that is wrong, not only the first; of a great many, the first hundred."""
    found = []
    for each in failure.errors(include_url=False, include_context=False, include_input=False)[:MOST]:
        pointer = ".".join([place, *(str(part) for part in each["loc"])])
        detail = _OUR_WORDS.get(each["type"], each["msg"])
        for prefix in _PYDANTICS_OWN:
            detail = detail.removeprefix(prefix)
        found.append(FieldError(pointer, detail))
    return found
