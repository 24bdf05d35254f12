"""Bodies: what is taken, what is refused and how, through a real server."""

import json
import zlib
from typing import Any

import pytest

from tests.control.api.shelf import Shelf, shelf_house

GOOD: dict[str, Any] = {"title": "Night Signal", "year": 1995}
JSON = {"Content-Type": "application/json"}


async def post(body: bytes, headers: dict[str, str] = JSON) -> tuple[int, Any]:
    async with shelf_house() as client, client.post("/api/v1/records", data=body, headers=headers) as answer:
        return answer.status, json.loads(await answer.read())


def pointers(problem: Any) -> list[str]:
    return [error["pointer"] for error in problem["errors"]]


async def test_a_good_body_is_taken_and_every_field_told_back() -> None:
    status, record = await post(json.dumps({**GOOD, "gain_db": -3, "format": "cd", "tags": ["calm"], "lender": "a@radio.example"}).encode())
    assert status == 201
    assert (record["gain_db"], record["format"], record["tags"]) == (-3.0, "cd", ["calm"])


@pytest.mark.parametrize("year", ["1995.0", "1.995e3", "1995"])
async def test_an_integral_number_is_an_integer(year: str) -> None:
    status, record = await post(f'{{"title": "a", "year": {year}}}'.encode())
    assert (status, record["year"]) == (201, 1995)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"year": "1995"}, "body.year"),
        ({"year": True}, "body.year"),
        ({"year": 1995.5}, "body.year"),
        ({"year": 10**18}, "body.year"),
        ({"year": 10**30}, "body.year"),
        ({"title": 5}, "body.title"),
        ({"title": "a\0b"}, "body.title"),
        ({"tags": ["a\0"]}, "body.tags.0"),
        ({"other": 1}, "body.other"),
        ({"gain_db": "1"}, "body.gain_db"),
        ({"lender": "nobody"}, "body.lender"),
    ],
)
async def test_a_wrong_value_is_pointed_at(change: dict[str, Any], pointer: str) -> None:
    status, problem = await post(json.dumps({**GOOD, **change}).encode())
    assert status == 422
    assert pointers(problem) == [pointer]


async def test_all_wrong_values_are_pointed_at() -> None:
    status, problem = await post(b'{"title": "", "format": "tape", "other": {}}')
    assert status == 422
    assert sorted(pointers(problem)) == ["body.format", "body.other", "body.title", "body.year"]


async def test_a_problem_never_repeats_what_was_sent() -> None:
    _, problem = await post(json.dumps({**GOOD, "year": "hunter2", "lender": "hunter2"}).encode())
    assert "hunter2" not in json.dumps(problem)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nonsense",
        b'{"title": "a", "year": NaN}',
        b'{"title": "a", "year": -Infinity}',
        b'{"title": "\\ud800", "year": 1995}',
        b'{"title": "\xff", "year": 1995}',
        b'{"title": "a", "year": ' + b"1" * 5_000 + b"}",
        b"[" * 100_000,
        b'{"title": "a", "year": 1995, "tags": ' + b"[" * 33 + b"]" * 33 + b"}",
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    ],
)
async def test_what_is_no_json_of_ours_is_malformed(body: bytes) -> None:
    status, problem = await post(body)
    assert (status, problem["type"]) == (400, "/docs#problem-malformed")


async def test_infinity_by_exponent_is_refused() -> None:
    status, problem = await post(b'{"title": "a", "year": 1995, "gain_db": 1e999}')
    assert (status, pointers(problem)) == (422, ["body.gain_db"])


async def test_many_brackets_that_are_not_deep_are_fine() -> None:
    status, problem = await post(json.dumps({**GOOD, "title": "[{" * 60}).encode())
    assert status == 201, problem


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=utf-16", "nonsense"],
)
async def test_only_json_in_utf8_is_read(content_type: str) -> None:
    status, problem = await post(json.dumps(GOOD).encode(), {"Content-Type": content_type})
    assert (status, problem["type"]) == (415, "/docs#problem-wrong-type")


async def test_utf8_may_be_said() -> None:
    status, _ = await post(json.dumps(GOOD).encode(), {"Content-Type": "application/json; charset=UTF-8"})
    assert status == 201


async def test_a_compressed_body_is_refused_unread() -> None:
    status, _ = await post(zlib.compress(json.dumps(GOOD).encode()), {**JSON, "Content-Encoding": "deflate"})
    assert status == 415


async def test_a_large_body_is_refused_by_its_length_and_by_its_bytes() -> None:
    large = json.dumps({**GOOD, "title": "a" * 1_000_000}).encode()
    status, problem = await post(large)
    assert (status, problem["type"]) == (413, "/docs#problem-too-large")

    async def in_pieces() -> Any:
        for start in range(0, len(large), 100_000):
            yield large[start : start + 100_000]

    shelf = Shelf()
    async with shelf_house(shelf) as client, client.post("/api/v1/records", data=in_pieces(), headers=JSON) as answer:
        assert answer.status == 413
    assert shelf.added == 0


async def test_more_values_than_can_be_looked_at_are_refused_unread() -> None:
    status, problem = await post(json.dumps({**GOOD, "tags": [1] * 10_001}).encode())
    assert (status, problem["detail"]) == (413, "At most 10,000 values.")


async def test_of_a_great_many_mistakes_a_hundred_are_told() -> None:
    status, problem = await post(json.dumps({**GOOD, **{f"other{n}": 1 for n in range(5_000)}}).encode())
    assert status == 422
    assert len(problem["errors"]) == 100
