"""The API's document, OpenAPI 3.1: every route of the house, what it takes, and every way it may answer. Made once, at the start."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from pydantic_core import to_json

from control.api.elsewhere import ELSEWHERE
from control.api.operation import Operation
from control.api.problems import Problem, kinds, problem_type
from control.api.refusals import Refusals
from control.api.schemas import JSON, Mode, Schema, Schemas
from control.api.telling import Telling, address
from control.errors import FieldError, Refusal
from server.route import Route

_SCHEMES: Final = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An access token from `/api/v1/auth/login`, or an API key."},
    "api_key": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "An API key."},
    "refresh_cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "sonicforge_refresh",
        "description": "Set by a login; `__Host-sonicforge_refresh` under TLS. Needs `X-Requested-With` and a matching Origin.",
    },
}
_LICENCE: Final = {"name": "GPL-3.0-or-later", "identifier": "GPL-3.0-or-later"}


def document(routes: Sequence[Route], title: str, version: str, base: str = "/") -> Schema:
    """The document of all routes. Raises ValueError where two have the same address or the same name."""
    schemas, refusals = Schemas(_models(routes)), Refusals()
    telling = Telling(schemas, refusals)
    paths: dict[str, dict[str, Schema]] = {}
    names: set[str] = set()
    for route in routes:
        told, of_address = telling.of(route), paths.setdefault(address(route.path), {})
        if told["operationId"] in names or route.method.lower() in of_address:
            raise ValueError(f"{route.method} {route.path} ({told['operationId']}) stands there twice")
        names.add(told["operationId"])
        of_address[route.method.lower()] = told
    tags = dict.fromkeys(tag for of_address in paths.values() for told in of_address.values() for tag in told["tags"])
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "license": _LICENCE},
        "servers": [{"url": base}],
        "tags": [{"name": tag} for tag in tags],
        "paths": paths,
        "components": {
            "schemas": schemas.used([paths, refusals.responses]),
            "responses": refusals.responses,
            "securitySchemes": _SCHEMES,
        },
        "x-problems": [
            {"type": problem_type(kind), "code": kind.code, "title": kind.title(), "status": kind.status}
            for kind in sorted(kinds(), key=lambda kind: (kind.status, kind.code))
            if kind is not Refusal
        ],
    }


def without_example(routes: Sequence[Route]) -> list[str]:
    """The bodies in JSON, sent or answered by operations, of which the document shows no example, or one that would not be taken."""
    operations = {it.name: it for it in (route.operation for route in routes) if isinstance(it, Operation)}
    missing = []
    for path, of_address in document([route for route in routes if isinstance(route.operation, Operation)], "", "")["paths"].items():
        for method, told in of_address.items():
            for name, body in (("body", told.get("requestBody", {})), *told["responses"].items()):
                content = body.get("content", {}).get(JSON)
                if content is not None and "example" not in content:
                    missing.append(f"{method.upper()} {path}: {name}")
                elif content is not None and name == "body":
                    missing += [
                        f"{method.upper()} {path}: {wrong}" for wrong in _refused(operations[told["operationId"]], content["example"])
                    ]
    return missing


def _refused(it: Operation, example: object) -> list[str]:
    errors: list[FieldError] = []
    if it.body is not None:
        it.body.check(to_json(example), errors)
    return [f"{error.pointer}: {error.detail}" for error in errors]


def undescribed(routes: Sequence[Route]) -> list[str]:
    """The routes of which nothing is known but their address."""
    others = [(route.method, address(route.path)) for route in routes if not isinstance(route.operation, Operation)]
    return [f"{method} {where}" for method, where in others if (method, where) not in ELSEWHERE]


def _models(routes: Iterable[Route]) -> list[tuple[Any, Mode]]:
    """All models that are sent or answered, Problem first."""
    found: list[tuple[Any, Mode]] = [(Problem, "serialization")]
    for it in (route.operation for route in routes):
        if isinstance(it, Operation):
            found += [(place.model, "validation") for place in (it.path, it.query, it.headers, it.body) if place is not None]
            if it.answer is not None:
                found.append((it.answer, "serialization"))
    return found
