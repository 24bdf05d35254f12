"""The words of an address, checked: its path, its query, its headers.

Everything arrives as text. A value must be written as JSON would write it (`true`, `-5`), though pydantic would take `yes` and `1_000`
too: what the document says is what is taken. Nothing is taken twice, nothing unknown is taken, and nothing that PostgreSQL could not
keep (a zero character, a half of a surrogate pair, an integer of more than 64 bits).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from multidict import CIMultiDictProxy, MultiMapping
from pydantic import BaseModel, ValidationError

from control.api.field_errors import found_wrong
from control.errors import FieldError

LARGEST_INTEGER: Final = 2**63 - 1
_INTEGER: Final = re.compile(r"-?(0|[1-9][0-9]{0,18})(\.0+)?")
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]{0,308})(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?")


class Place(StrEnum):
    """Where a value stands; the first part of its pointer."""

    PATH = "path"
    QUERY = "query"
    HEADERS = "headers"
    BODY = "body"


class Parameters:
    """The parameters of one place of one operation, made ready once."""

    def __init__(self, model: type[BaseModel], place: Place) -> None:
        """`model` is frozen and forbids what it does not name; a header's field is named by its alias or its own name."""
        require_strict(model)
        schema = model.model_json_schema(by_alias=True, mode="validation")
        self.model = model
        self.place = place
        self.names: tuple[str, ...] = tuple(schema.get("properties", {}))
        """As they are sent."""
        self._validate = model.__pydantic_validator__.validate_python
        definitions = schema.get("$defs", {})
        kinds = {name: _kind(each, definitions) for name, each in schema.get("properties", {}).items()}
        self._lists = frozenset(name for name, (_, several) in kinds.items() if several)
        self._written = {name: _WRITTEN[kind] for name, (kind, _) in kinds.items() if kind in _WRITTEN}

    def read_path(self, matched: Mapping[str, str], errors: list[FieldError]) -> BaseModel | None:
        """The model of a path's words. What is wrong is added to `errors`, and the answer is None."""
        return self._checked({name: (text,) for name, text in matched.items()}, errors)

    def read_query(self, query: MultiMapping[str], errors: list[FieldError]) -> BaseModel | None:
        """The model of a query string, likewise."""
        return self._checked({name: query.getall(name) for name in query}, errors)

    def read_headers(self, headers: CIMultiDictProxy[str], errors: list[FieldError]) -> BaseModel | None:
        """The model of the headers that it names, likewise; others are nobody's business."""
        return self._checked({name: headers.getall(name) for name in self.names if name in headers}, errors)

    def _checked(self, sent: Mapping[str, Sequence[str]], errors: list[FieldError]) -> BaseModel | None:
        wrong = [error for name, texts in sent.items() if (error := self._misspelt(name, texts)) is not None]
        if wrong:
            errors += wrong
            return None
        lists = self._lists
        try:
            checked: BaseModel = self._validate({name: texts if name in lists else texts[0] for name, texts in sent.items()})
        except ValidationError as failure:
            errors += found_wrong(failure, self.place)
            return None
        return checked

    def _misspelt(self, name: str, texts: Sequence[str]) -> FieldError | None:
        pointer = f"{self.place}.{name}"
        if len(texts) > 1 and name not in self._lists:
            return FieldError(pointer, "It may stand only once")
        for text in texts:
            if not text.isascii() and not _is_unicode(text):
                return FieldError(pointer, "It is no valid UTF-8")
            if "\0" in text:
                return FieldError(pointer, "It may hold no zero character")
        written = self._written.get(name)
        if written is None:
            return None
        is_written, detail = written
        return None if all(is_written(text) for text in texts) else FieldError(pointer, detail)


def no_query(query: MultiMapping[str], errors: list[FieldError]) -> None:
    """For an operation that takes no query: whatever stands there is wrong."""
    errors += [FieldError(f"{Place.QUERY}.{name}", "There is no such parameter") for name in dict.fromkeys(query)]


def require_strict(model: type[BaseModel]) -> None:
    """A model of what is sent is frozen and forbids what it does not name. Raises ValueError."""
    if model.model_config.get("extra") != "forbid" or not model.model_config.get("frozen"):
        raise ValueError(f'{model.__name__} reads what strangers send: give it ConfigDict(frozen=True, extra="forbid")')


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_integer(text: str) -> bool:
    return _INTEGER.fullmatch(text) is not None and abs(int(text.partition(".")[0])) <= LARGEST_INTEGER


_WRITTEN: Final[Mapping[str, tuple[Callable[[str], object], str]]] = {
    "integer": (_is_integer, "Input should be an integer of at most 64 bits"),
    "number": (_NUMBER.fullmatch, "Input should be a number"),
    "boolean": ({"true", "false"}.__contains__, "Input should be true or false"),
}
"""JSON type -> whether a text is one as JSON writes it."""


def _kind(schema: dict[str, Any], definitions: dict[str, Any]) -> tuple[str, bool]:
    """The JSON type of a parameter (or of its items), and whether it may stand several times."""
    while "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        kinds = {_kind(each, definitions) for each in schema["anyOf"] if each.get("type") != "null"}
        return kinds.pop() if len(kinds) == 1 else ("", any(several for _, several in kinds))
    if schema.get("type") == "array":
        return _kind(schema.get("items", {}), definitions)[0], True
    return str(schema.get("type", "")), False
