"""What cannot be declared, and what a declaration becomes."""

from typing import Any

import pytest
from aiohttp.web import StreamResponse
from pydantic import BaseModel

from control.api.call import Answer, Call
from control.api.operation import Operation, operation, operations, placeholders
from control.permissions import PUBLIC, Permission
from server.route import Route
from tests.control.api.shelf import RecordPath, Secret, Shelf, Wish

READ = Permission.LIBRARY_TRACKS_READ


class Loose(BaseModel):
    """Forbids nothing."""

    word: str


def test_operations_stand_in_the_order_of_their_definition() -> None:
    routes = operations(Shelf())
    assert [(route.method, route.path) for route in routes][:3] == [
        ("GET", "/api/v1/records"),
        ("POST", "/api/v1/records"),
        ("GET", "/api/v1/records/{id}"),
    ]
    assert all(isinstance(route, Route) and isinstance(route.operation, Operation) for route in routes)


def test_names_are_unique_and_come_from_tag_and_method() -> None:
    names = [route.operation.name for route in operations(Shelf()) if isinstance(route.operation, Operation)]
    assert names[0] == "records_all"
    assert len(set(names)) == len(names)


def test_a_body_that_forbids_nothing_is_not_taken() -> None:
    class Odd:
        @operation("POST", "/api/v1/odd", permission=READ, summary="", tag="odd")
        async def odd(self, call: Call, *, body: Loose) -> None: ...

    with pytest.raises(ValueError, match="Loose reads what strangers send"):
        operations(Odd())


def test_path_and_model_must_name_the_same() -> None:
    class Without:
        @operation("GET", "/api/v1/odd/{id}", permission=READ, summary="", tag="odd")
        async def odd(self, call: Call) -> None: ...

    class Other:
        @operation("GET", "/api/v1/odd/{number}", permission=READ, summary="", tag="odd")
        async def odd(self, call: Call, *, path: RecordPath) -> None: ...

    for odd in (Without(), Other()):
        with pytest.raises(ValueError, match="exactly the words in braces"):
            operations(odd)


def test_what_it_answers_must_be_said() -> None:
    class Silent:
        @operation("GET", "/api/v1/odd", permission=READ, summary="", tag="odd")
        async def odd(self, call: Call): ...  # type: ignore[no-untyped-def]

    class Vague:
        @operation("GET", "/api/v1/odd", permission=READ, summary="", tag="odd")
        async def odd(self, call: Call) -> Answer: ...  # type: ignore[type-arg, empty-body]

    for odd, words in ((Silent(), "does not say what it answers"), (Vague(), "of what model")):
        with pytest.raises(ValueError, match=words):
            operations(odd)


def test_a_misspelt_argument_is_refused() -> None:
    class Misspelt:
        @operation("POST", "/api/v1/odd", permission=READ, summary="", tag="odd")
        async def odd(self, call: Call, *, bodi: Wish) -> None: ...

    with pytest.raises(ValueError, match="takes bodi"):
        operations(Misspelt())


def test_idempotency_keys_need_an_account_and_an_answer_that_can_be_kept() -> None:
    with pytest.raises(ValueError, match="cannot be public"):
        operation("POST", "/api/v1/odd", permission=PUBLIC, summary="", tag="odd", idempotent=True)

    class Raw:
        @operation("POST", "/api/v1/odd", permission=READ, summary="", tag="odd", idempotent=True)
        async def odd(self, call: Call) -> StreamResponse: ...  # type: ignore[empty-body]

    with pytest.raises(ValueError, match="only JSON"):
        operations(Raw())


def test_answers_are_read_from_the_annotation() -> None:
    class Answers:
        @operation("GET", "/a", permission=READ, summary="", tag="odd")
        async def a(self, call: Call) -> Answer[Secret] | None: ...

        @operation("GET", "/b", permission=READ, summary="", tag="odd")
        async def b(self, call: Call) -> Secret | Wish: ...  # type: ignore[empty-body]

        @operation("GET", "/c", permission=READ, summary="", tag="odd")
        async def c(self, call: Call) -> StreamResponse: ...  # type: ignore[empty-body]

    found: list[Any] = [route.operation for route in operations(Answers())]
    assert [(it.answer, it.raw, it.nothing) for it in found] == [
        (Secret, False, True),
        (Secret | Wish, False, False),
        (None, True, False),
    ]


def test_placeholders_may_hold_patterns() -> None:
    assert placeholders("/a/{station}/{part:[0-9]{1,2}}.m4s") == ["station", "part"]
