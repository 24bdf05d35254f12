"""How the API's document tells of refusals: every answer that says no, each set of them once.

An operation names the refusals that are its own; those of guard, limits and checks follow from what it is.
"""

from collections.abc import Sequence
from typing import Final

from control.api.operation import Operation
from control.api.problems import problem_type
from control.api.schemas import Schema
from control.errors import (
    Conflict,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    Refusal,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    WrongType,
)
from control.permissions import PUBLIC
from server.door.answers import PROBLEM

WITH_RETRY_AFTER: Final = frozenset({429, 503})
_RETRY_AFTER: Final = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}}
_SCHEMA: Final = {"$ref": "#/components/schemas/Problem"}
_FAULT: Final = "fault"


def possible(permission: str, it: Operation | None) -> list[type[Refusal]]:
    """Every kind that an operation may answer with, or what any guarded address may."""
    found = list(it.declared.raises) if it is not None else []
    if permission != PUBLIC:
        found += [Unauthenticated, Forbidden]
    if it is None:
        return found
    if it.body is not None or it.declared.takes:
        found += [Malformed, TooLarge]
    if it.query is not None and "cursor" in it.query.names:
        found.append(NotFound)
    if it.declared.idempotent:
        found.append(Conflict)
    if it.declared.by_cookie:  # then it must come from a page of ours
        found.append(Forbidden)
    # Any request may be refused for Content-Encoding, for a query that nobody asked for, or because there are too many.
    return [*dict.fromkeys([*found, WrongType, Invalid, TooMany, Unavailable])]


class Refusals:
    """Collects the answers of refusals while a document is made."""

    def __init__(self) -> None:
        self.responses: dict[str, Schema] = {}
        """For the document's components."""

    def answers(self, refusals: Sequence[type[Refusal]], *, faults: bool) -> dict[str, Schema]:
        """The answers of these kinds by their status, and that of a fault of ours."""
        made: dict[str, Schema] = {}
        for status in sorted({kind.status for kind in refusals}):
            made[str(status)] = self._answer(status, [kind for kind in refusals if kind.status == status])
        if faults:
            fault = {"description": "A fault of the station", "content": {PROBLEM: {"schema": _SCHEMA}}}
            self.responses.setdefault(_FAULT, fault)
            made["500"] = _reference(_FAULT)
        return made

    def _answer(self, status: int, kinds: Sequence[type[Refusal]]) -> Schema:
        name = "_or_".join(sorted({kind.code for kind in kinds}))
        examples = {kind.code: {"value": {"type": problem_type(kind), "title": kind.title(), "status": status}} for kind in kinds}
        answer: Schema = {
            "description": "; or: ".join(dict.fromkeys(kind.title() for kind in kinds)),
            "content": {PROBLEM: {"schema": _SCHEMA, "examples": examples}},
        }
        if status in WITH_RETRY_AFTER:
            answer["headers"] = _RETRY_AFTER
        self.responses.setdefault(name, answer)
        return _reference(name)


def _reference(name: str) -> Schema:
    return {"$ref": f"#/components/responses/{name}"}
