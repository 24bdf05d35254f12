"""The document tells all of every route."""

import json
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, Field

from control.api.call import Call
from control.api.document import document, undescribed, without_example
from control.api.idempotency import once
from control.api.operation import operation, operations
from control.api.routes import api_routes, check_routes
from control.errors import Conflict, DatabaseAway
from control.permissions import PUBLIC, Permission
from server.route import Route
from tests.control.api.counter import Counter
from tests.control.api.front_routes import front_routes
from tests.control.api.shelf import Secret, Shelf, Wish, house


class NoLedger:
    """Keeps nothing."""

    begin = find = finish = release = None


def told(routes: list[Route] | None = None) -> Any:
    return document(routes if routes is not None else operations(Shelf()), "Shelf", "1.2.3")


def test_it_says_what_it_is_and_can_be_json() -> None:
    made = json.loads(json.dumps(told()))
    assert (made["openapi"], made["info"]["title"], made["info"]["version"]) == ("3.1.0", "Shelf", "1.2.3")


def test_every_operation_stands_there_under_a_name_of_its_own() -> None:
    made = told()
    assert list(made["paths"]["/api/v1/records/{id}"]) == ["get", "put", "delete"]
    names = [method["operationId"] for path in made["paths"].values() for method in path.values()]
    assert len(set(names)) == len(names) == len(operations(Shelf()))


def test_parameters_are_told_with_their_bounds_and_never_null() -> None:
    parameters = {each["name"]: each for each in told()["paths"]["/api/v1/records"]["get"]["parameters"]}
    assert parameters["limit"]["schema"] == {"type": "integer", "default": 50, "minimum": 1, "maximum": 200}
    assert parameters["since"]["schema"] == {"type": "integer", "minimum": 1877, "maximum": 2100}
    assert parameters["lent"]["schema"] == {"type": "boolean"}
    assert parameters["format"]["schema"]["items"] == {"$ref": "#/components/schemas/Format"}
    assert "If-None-Match" in parameters
    header = told()["paths"]["/api/v1/secret"]["get"]["parameters"][0]
    assert (header["name"], header["in"], header["required"]) == ("X-Language", "header", False)


def test_every_way_to_say_no_is_told_with_its_problem() -> None:
    made = told()
    put = made["paths"]["/api/v1/records/{id}"]["put"]["responses"]
    assert list(put) == ["200", "400", "401", "403", "404", "412", "413", "415", "422", "429", "503", "500"]
    assert list(made["paths"]["/api/v1/secret"]["get"]["responses"]) == ["200", "304", "415", "422", "429", "503", "500"]
    for response in made["components"]["responses"].values():
        assert response["content"]["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert "Retry-After" in made["components"]["responses"]["too-many"]["headers"]


def test_two_refusals_of_one_status_are_both_told() -> None:
    class Odd:
        @operation("GET", "/odd", permission=PUBLIC, summary="Odd", tag="odd", raises=(DatabaseAway, Conflict))
        async def odd(self, call: Call) -> None: ...

    made = told(operations(Odd()))
    reference = made["paths"]["/odd"]["get"]["responses"]["503"]["$ref"].rpartition("/")[2]
    examples = made["components"]["responses"][reference]["content"]["application/problem+json"]["examples"]
    assert set(examples) == {"database-away", "unavailable"}


def test_who_may_is_told() -> None:
    paths = told()["paths"]
    assert paths["/api/v1/secret"]["get"]["security"] == []
    assert paths["/api/v1/records"]["get"]["security"] == [{"bearer": []}, {"api_key": []}]
    assert paths["/api/v1/records"]["get"]["x-permission"] == "library:tracks:read"
    assert set(told()["components"]["securitySchemes"]) == {"bearer", "api_key", "refresh_cookie"}


def test_idempotent_operations_tell_of_their_key() -> None:
    post = told(operations(Counter()))["paths"]["/api/v1/count"]["post"]
    assert post["parameters"][0]["name"] == "Idempotency-Key"
    assert "409" in post["responses"]


def test_every_body_has_an_example() -> None:
    assert without_example(operations(Shelf())) == []
    body = told()["paths"]["/api/v1/records"]["post"]["requestBody"]["content"]["application/json"]["example"]
    assert Wish.model_validate_json(json.dumps(body), strict=True).title == "Night Signal"

    class Wordless:
        @operation("GET", "/odd", permission=PUBLIC, summary="Odd", tag="odd")
        async def odd(self, call: Call) -> list[list[Secret]] | Wordy: ...  # type: ignore[empty-body]

    assert without_example(operations(Wordless())) == []


class Wordy(Secret):
    """Has a text of which nobody can guess an example."""

    riddle: str


def test_a_missing_example_is_found() -> None:
    class Odd:
        @operation("POST", "/odd", permission=PUBLIC, summary="Odd", tag="odd")
        async def odd(self, call: Call, *, body: Wordy) -> Wordy: ...  # type: ignore[empty-body]

    assert without_example(operations(Odd())) == ["POST /odd: body", "POST /odd: 200"]


class Mistaken(BaseModel):
    """Gives an example that it would not take itself."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [{"stars": 6}]})

    stars: Annotated[int, Field(le=5)]


def test_an_example_that_would_be_refused_is_found() -> None:
    class Odd:
        @operation("POST", "/odd", permission=PUBLIC, summary="Odd", tag="odd")
        async def odd(self, call: Call, *, body: Mistaken) -> None: ...

    assert without_example(operations(Odd())) == ["POST /odd: body.stars: Input should be less than or equal to 5"]


def test_two_of_one_name_or_address_are_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        told([*operations(Shelf()), *operations(Shelf())])


def test_every_route_of_a_front_is_described(tmp_path: Path) -> None:
    routes = front_routes(tmp_path)
    routes += api_routes(routes, "SonicForge", "1")
    assert undescribed(routes) == []
    made = told(routes)
    assert {(method.upper(), path) for path, methods in made["paths"].items() for method in methods} >= {
        ("GET", "/hls/{station}/{tag}/{rendition}/{segment}.{part}.m4s"),
        ("GET", "/health"),
        ("GET", "/docs"),
    }
    sounds = [path for path in made["paths"] if path.startswith("/listen/{station}/")]
    assert len(sounds) == 4
    assert all(made["paths"][path]["get"]["x-endless"] is True for path in sounds)
    assert {"name": "segment", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^\\d{1,15}$"}} in made["paths"][
        "/hls/{station}/{tag}/{rendition}/{segment}.m4s"
    ]["get"]["parameters"]


@pytest.mark.parametrize("path", ["/whep/{station}", "/whip/{station}"])
def test_a_body_that_must_be_sent_is_told_of_addresses_beside_the_api(path: str) -> None:
    async def endpoint(_: Any) -> Any: ...

    post = told([Route("POST", path, PUBLIC, endpoint)])["paths"][path]["post"]
    assert post["requestBody"] == {"required": True, "content": {"application/sdp": {"schema": {"type": "string"}}}}


def test_an_address_that_nobody_described_is_found() -> None:
    async def endpoint(_: Any) -> Any:
        """What nobody described."""

    route = Route("GET", "/odd/{what:[a-z]+}", PUBLIC, endpoint)
    assert undescribed([route]) == ["GET /odd/{what}"]
    assert told([route])["paths"]["/odd/{what}"]["get"]["summary"] == "What nobody described"


async def test_the_document_is_served_and_its_reader_found() -> None:
    routes = operations(Shelf())
    async with house([*routes, *api_routes(routes, "Shelf", "1")]) as client:
        async with client.get("/openapi.json") as answer:
            made, etag = await answer.json(), answer.headers["ETag"]
            assert {"/api/v1/records", "/openapi.json", "/api/docs", "/api/redoc"} < set(made["paths"])
        async with client.get("/openapi.json", headers={"If-None-Match": etag}) as answer:
            assert answer.status == 304
        for path in ("/api/docs", "/api/redoc"):
            async with client.get(path, allow_redirects=False) as answer:
                assert (answer.status, answer.headers["Location"]) == (301, "/docs")


def test_what_does_not_hold_together_does_not_start() -> None:
    async def endpoint(_: Any) -> Any: ...

    with pytest.raises(ValueError, match="which no role could hold"):
        check_routes([Route("GET", "/odd", "own:everything:take", endpoint)])
    with pytest.raises(ValueError, match="2 times"):
        check_routes([Route("GET", "/odd", PUBLIC, endpoint)] * 2)
    with pytest.raises(ValueError, match="nobody keeps them"):
        api_routes(operations(Counter()), "Counter", "1")
    with pytest.raises(ValueError, match="names no permission"):
        Route("GET", "/odd", "", endpoint)
    check_routes([Route("GET", "/odd", Permission.OWN_KEYS_READ, endpoint)])
    check_routes(once(operations(Counter()), NoLedger()))  # type: ignore[arg-type]
