"""Refusals as problems."""

import json
from typing import Any

from control.api.problems import kinds, problem, problem_type
from control.errors import DatabaseAway, FieldError, Invalid, Refusal, TooMany, Unauthenticated


def told(refusal: Refusal) -> Any:
    body = problem(refusal).body
    assert isinstance(body, bytes)
    return json.loads(body)


def test_a_problem_says_its_kind_and_all_that_is_wrong() -> None:
    assert told(Invalid(errors=[FieldError("body.a", "b"), FieldError("query.c", "d")])) == {
        "type": "/docs#problem-invalid",
        "title": "Some of what was sent is not valid",
        "status": 422,
        "errors": [{"pointer": "body.a", "detail": "b"}, {"pointer": "query.c", "detail": "d"}],
    }


def test_whole_seconds_to_wait_are_told_and_never_none() -> None:
    assert problem(TooMany(retry_after_seconds=0.2)).headers["Retry-After"] == "1"
    assert problem(DatabaseAway(retry_after_seconds=2.1)).headers["Retry-After"] == "3"
    assert "Retry-After" not in problem(TooMany()).headers


def test_no_refusal_is_cached() -> None:
    assert problem(Unauthenticated()).headers["Cache-Control"] == "no-store"


def test_every_kind_has_a_type_of_its_own() -> None:
    found = [kind for kind in kinds() if kind.__module__.startswith("control.")]  # tests make kinds of their own
    assert {Invalid, DatabaseAway} < set(found)
    assert len({problem_type(kind) for kind in found}) == len(found)
