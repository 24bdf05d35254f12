"""What the API's document tells of one route: an operation by its own types, any other by the hand-written line or its docstring."""

import re
from collections.abc import Mapping
from typing import Any, Final

from control.api.answering import NO_CONTENT, OK
from control.api.elsewhere import ELSEWHERE, Told
from control.api.idempotency import KEY_PATTERN, LONGEST_KEY
from control.api.operation import Operation
from control.api.refusals import Refusals, possible
from control.api.schemas import JSON, Schema, Schemas
from control.errors import PreconditionFailed
from control.permissions import PUBLIC, THIS_MACHINE
from server.door.answers import PROBLEM
from server.route import Route

_BRACES: Final = re.compile(r"\{(\w+)(?::((?:[^{}]|\{[^{}]*\})*))?\}")
"""A word of an address, and the pattern it is held to."""
_ANYTHING: Final = frozenset({"", ".*", ".+"})
_ETAG: Final = {"ETag": {"description": "The entity tag of this answer, for If-None-Match.", "schema": {"type": "string"}}}
_LINK: Final = {"Link": {"description": 'Where the next page is, `rel="next"`.', "schema": {"type": "string"}}}
_AGAIN: Final = "Sent again with the same key within a day, the request has its effect once."
_IF_NONE_MATCH: Final = "The ETag of an earlier answer: 304 if it still holds."
_IF_MATCH: Final = "The ETag that was read: 412 if it has changed since."
_MEANING: Final[Mapping[int, str]] = {
    101: "It becomes a WebSocket",
    301: "It stands elsewhere",
    302: "It stands elsewhere",
    304: "It is as it was",
    400: "It cannot be read",
    404: "There is no such thing",
    503: "It cannot be served now",
}


def address(path: str) -> str:
    """A path of aiohttp's as OpenAPI writes it: without patterns."""
    return _BRACES.sub(r"{\1}", path)


class Telling:
    """Tells of one route after another, with the schemas of all."""

    def __init__(self, schemas: Schemas, refusals: Refusals) -> None:
        self._schemas = schemas
        self._refusals = refusals

    def of(self, route: Route) -> Schema:
        """The OpenAPI operation of a route."""
        it = route.operation
        told = self._operation(it) if isinstance(it, Operation) else self._elsewhere(route)
        by_cookie = isinstance(it, Operation) and it.declared.by_cookie
        return {**told, "security": _security(route.permission, by_cookie=by_cookie), "x-permission": str(route.permission)}

    def _operation(self, it: Operation) -> Schema:
        declared = it.declared
        told: Schema = {
            "operationId": it.name,
            "tags": [declared.tag],
            "summary": declared.summary,
            "parameters": [*self._fields(it), *_headers(it)],
            "responses": {**self._answers(it), **self._refusals.answers(possible(declared.permission, it), faults=True)},
        }
        if it.description:
            told["description"] = it.description
        if it.body is not None:
            told["requestBody"] = {"required": True, "content": self._content(self._schemas.of(it.body.model, "validation"))}
        elif declared.takes:
            told["requestBody"] = {"required": True, "content": {media: {"schema": schema} for media, schema in declared.takes.items()}}
        if declared.limit is not None:
            told["x-limit"] = {"requests": declared.limit.requests, "seconds": declared.limit.seconds}
        return told

    def _fields(self, it: Operation) -> list[Schema]:
        found = []
        for place, where in ((it.path, "path"), (it.query, "query"), (it.headers, "header")):
            whole = self._schemas.whole(self._schemas.of(place.model, "validation")) if place else {}
            required = set(whole.get("required", ()))
            for name, schema in whole.get("properties", {}).items():
                found.append(_parameter(name, where, schema, required=where == "path" or name in required))
        return found

    def _answers(self, it: Operation) -> dict[str, Schema]:
        declared, made = it.declared, {}
        if it.answer is not None:
            asked = declared.method == "GET"
            headers = {**(_ETAG if asked else {}), **(_LINK if _is_page(it.answer) else {})}
            made[str(declared.status)] = {
                "description": declared.summary,
                "content": self._content(self._schemas.of(it.answer, "serialization")),
                **({"headers": headers} if headers else {}),
            }
            if asked:
                made["304"] = {"description": _MEANING[304]}
        elif it.raw:
            made[str(declared.status)] = {"description": declared.summary, "content": {kind: {} for kind in declared.gives or ("*/*",)}}
        if it.nothing:
            alone = it.answer is None and not it.raw and declared.status != OK
            made[str(declared.status if alone else NO_CONTENT)] = {"description": declared.summary}
        return made

    def _content(self, schema: Schema) -> Schema:
        example = self._schemas.example(schema)
        return {JSON: {"schema": schema, **({} if example is None else {"example": example})}}

    def _elsewhere(self, route: Route) -> Schema:
        where = address(route.path)
        told = ELSEWHERE.get((route.method, where)) or Told("elsewhere", _first_line(route) or where, {200: "*/*"})
        answers = {
            str(status): {
                "description": _MEANING.get(status, "As asked"),
                **({"content": {kind: {"schema": {"$ref": "#/components/schemas/Problem"}} if kind == PROBLEM else {}}} if kind else {}),
            }
            for status, kind in told.answers.items()
        }
        made: Schema = {
            "operationId": re.sub(r"\W+", "_", f"{route.method.lower()}{where}").strip("_"),
            "tags": [told.tag],
            "summary": told.summary,
            "parameters": [
                *(_word(name, pattern) for name, pattern in _BRACES.findall(route.path)),
                *(_parameter(name, "query", {"type": "string", "description": why}, required=False) for name, why in told.query.items()),
            ],
            "responses": {**answers, **self._refusals.answers(possible(route.permission, None), faults=False)},
        }
        if told.body:
            made["requestBody"] = {"required": True, "content": {told.body: {"schema": {"type": "string"}}}}
        return {**made, "x-endless": True} if told.endless else made


def _security(permission: str, *, by_cookie: bool) -> list[dict[str, list[str]]]:
    if by_cookie:
        return [{"refresh_cookie": []}, {}]  # the token may stand in the body as well
    if permission == PUBLIC:
        return []
    nobody: list[dict[str, list[str]]] = [{}] if permission in THIS_MACHINE else []
    return [*nobody, {"bearer": []}, {"api_key": []}]


def _parameter(name: str, where: str, schema: Schema, *, required: bool) -> Schema:
    """A parameter of a pydantic field: what is left out is null, so null itself is never sent."""
    kept = {key: value for key, value in schema.items() if key not in {"description", "title"} and not (key == "default" and value is None)}
    choices = [choice for choice in kept.pop("anyOf", ()) if choice.get("type") != "null"]
    if choices:
        kept = {**kept, **choices[0]} if len(choices) == 1 else {**kept, "anyOf": choices}
    described = {"description": schema["description"]} if "description" in schema else {}
    return {"name": name, "in": where, "required": required, **described, "schema": kept}


def _headers(it: Operation) -> list[Schema]:
    """The headers that are read beside an operation's own."""
    found = []
    if it.declared.idempotent:
        key = {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": KEY_PATTERN}
        found.append(_parameter("Idempotency-Key", "header", {**key, "description": _AGAIN}, required=False))
    tag = {"type": "string", "examples": ['"v3"']}
    if it.declared.method == "GET" and it.answer is not None:
        found.append(_parameter("If-None-Match", "header", {**tag, "description": _IF_NONE_MATCH}, required=False))
    if PreconditionFailed in it.declared.raises:
        found.append(_parameter("If-Match", "header", {**tag, "description": _IF_MATCH}, required=False))
    return found


def _word(name: str, pattern: str) -> Schema:
    held = {} if pattern in _ANYTHING else {"pattern": f"^{pattern}$"}
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", **held}}


def _is_page(model: Any) -> bool:
    return isinstance(model, type) and "next_cursor" in getattr(model, "model_fields", {})


def _first_line(route: Route) -> str:
    return (route.endpoint.__doc__ or "").strip().partition("\n")[0].rstrip(".")
