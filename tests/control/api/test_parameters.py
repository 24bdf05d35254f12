"""Words of an address, through a real server."""

from uuid import UUID

import pytest

from tests.control.api.shelf import Format, Record, Shelf, shelf_house

ID = UUID(int=7)


def stocked() -> Shelf:
    records = [Record(id=UUID(int=7 + n), version=1, title=f"Record {n}", year=1990 + n, format=Format.LP) for n in range(4)]
    return Shelf({record.id: record for record in records})


async def wrong_fields(query: str) -> dict[str, str]:
    async with shelf_house() as client, client.get(f"/api/v1/records?{query}") as answer:
        assert answer.status == 422
        assert answer.content_type == "application/problem+json"
        return {error["pointer"]: error["detail"] for error in (await answer.json(content_type=None))["errors"]}


@pytest.mark.parametrize(
    ("query", "found"),
    [("", 4), ("since=1992", 2), ("since=1992.0", 2), ("format=lp&format=cd", 4), ("format=cd", 0), ("lent=true&limit=2", 2)],
)
async def test_values_are_read_as_json_writes_them(query: str, found: int) -> None:
    async with shelf_house(stocked()) as client, client.get(f"/api/v1/records?{query}") as answer:
        assert answer.status == 200
        assert len((await answer.json())["items"]) == found


@pytest.mark.parametrize(
    "query",
    ["since=1_992", "since=+1992", "since=%201992", "since=", "since=19e2", "lent=yes", "lent=1", "lent=", "format=tape", "limit=0"],
)
async def test_other_spellings_are_refused(query: str) -> None:
    assert list(await wrong_fields(query)) == [f"query.{query.partition('=')[0]}" + (".0" if query == "format=tape" else "")]


@pytest.mark.parametrize("query", ["since=1990&since=1991", "cursor=a&cursor=a"])
async def test_nothing_is_taken_twice(query: str) -> None:
    assert list((await wrong_fields(query)).values()) == ["It may stand only once"]


async def test_everything_that_is_wrong_is_told_at_once() -> None:
    found = await wrong_fields("limit=5000&format=tape&other=1")
    assert sorted(found) == ["query.format.0", "query.limit", "query.other"]
    assert found["query.other"] == "There is no such field"


@pytest.mark.parametrize("query", ["cursor=%00", "cursor=a%00b", "other=%00"])
async def test_a_zero_character_is_refused(query: str) -> None:
    assert list((await wrong_fields(query)).values()) == ["It may hold no zero character"]


@pytest.mark.parametrize("number", ["99999999999999999999", "9223372036854775808", "-9223372036854775809"])
async def test_an_integer_past_64_bits_is_refused(number: str) -> None:
    assert await wrong_fields(f"since={number}") == {"query.since": "Input should be an integer of at most 64 bits"}


async def test_an_operation_without_a_query_takes_none() -> None:
    async with shelf_house() as client, client.get("/api/v1/cached?a=1") as answer:
        assert answer.status == 422
        assert (await answer.json(content_type=None))["errors"][0]["pointer"] == "query.a"


async def test_a_path_is_checked() -> None:
    async with shelf_house(stocked()) as client:
        async with client.get(f"/api/v1/records/{ID}") as answer:
            assert answer.status == 200
        async with client.get("/api/v1/records/seven") as answer:
            assert answer.status == 422
            assert (await answer.json(content_type=None))["errors"][0]["pointer"] == "path.id"


async def test_headers_are_checked_if_they_are_named() -> None:
    async with shelf_house() as client:
        async with client.get("/api/v1/secret", headers={"X-Language": "de", "X-Other": "is nobody's business"}) as answer:
            assert (await answer.json())["word"] == "de token"
        async with client.get("/api/v1/secret", headers={"X-Language": "German"}) as answer:
            assert answer.status == 422
            assert (await answer.json(content_type=None))["errors"][0]["pointer"] == "headers.X-Language"
        async with client.get("/api/v1/secret", headers=[("X-Language", "de"), ("X-Language", "en")]) as answer:
            assert answer.status == 422
