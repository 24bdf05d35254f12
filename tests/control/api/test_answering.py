"""Answers: entity tags, conditions, cookies, pages."""

from uuid import uuid4

from tests.control.api.shelf import Shelf, shelf_house

WISH = {"title": "Night Signal", "year": 1995}


async def test_an_answer_has_a_tag_and_is_left_out_for_who_has_it() -> None:
    async with shelf_house() as client:
        async with client.get("/api/v1/records") as answer:
            etag = answer.headers["ETag"]
            assert answer.headers["Cache-Control"] == "private, no-cache"
        for wanted, status in ((etag, 304), (f'"x", W/{etag}', 304), ("*", 304), ('"x"', 200)):
            async with client.get("/api/v1/records", headers={"If-None-Match": wanted}) as answer:
                assert (answer.status, answer.headers["ETag"]) == (status, etag)
                assert (await answer.read() == b"") == (status == 304)


async def test_the_tag_changes_with_the_content() -> None:
    async with shelf_house() as client:
        async with client.get("/api/v1/records") as answer:
            etag = answer.headers["ETag"]
        await client.post("/api/v1/records", json=WISH)
        async with client.get("/api/v1/records", headers={"If-None-Match": etag}) as answer:
            assert answer.status == 200


async def test_head_is_get_without_its_body() -> None:
    async with shelf_house() as client, client.head("/api/v1/cached") as answer:
        assert (answer.status, answer.headers["ETag"], answer.headers["Content-Length"]) == (200, '"kept"', "15")


async def test_a_change_of_what_has_changed_since_is_refused() -> None:
    async with shelf_house() as client:
        async with client.post("/api/v1/records", json=WISH) as answer:
            address, first = answer.headers["Location"], answer.headers["ETag"]
        async with client.put(address, json=WISH, headers={"If-Match": first}) as answer:
            assert (answer.status, answer.headers["ETag"]) == (200, '"v2"')
        for wanted, status in ((first, 412), (f"W/{first}", 412), ('"v2"', 200), ("*", 200)):
            async with client.put(address, json=WISH, headers={"If-Match": wanted}) as answer:
                assert answer.status == status
        async with client.put(address, json=WISH) as answer:
            assert answer.status == 200


async def test_nothing_is_answered_with_204() -> None:
    async with shelf_house() as client:
        async with client.post("/api/v1/records", json=WISH) as answer:
            address = answer.headers["Location"]
        async with client.delete(address) as answer:
            assert (answer.status, await answer.read()) == (204, b"")
        async with client.delete(address) as answer:
            assert answer.status == 404


async def test_a_cookie_is_for_the_browser_alone() -> None:
    async with shelf_house() as client, client.get("/api/v1/secret") as answer:
        assert answer.headers["Set-Cookie"] == "seen=yes; HttpOnly; Max-Age=60; Path=/; SameSite=Strict"


async def test_pages_lead_to_each_other_until_the_last() -> None:
    shelf = Shelf()
    async with shelf_house(shelf) as client:
        for number in range(7):
            await client.post("/api/v1/records", json={**WISH, "title": f"Record {number}"})
        titles, address = [], "/api/v1/records?limit=3&since=1990"
        while address:
            async with client.get(address) as answer:
                page = await answer.json()
                titles += [record["title"] for record in page["items"]]
                link = answer.headers.get("Link", "")
                assert (page["next_cursor"] is None) == (link == "")
                address = link.removeprefix("<").partition(">")[0]
                assert not address or ("since=1990" in address and link.endswith('>; rel="next"'))
        assert titles == [f"Record {number}" for number in range(7)]


async def test_a_cursor_of_nowhere_leads_to_no_page() -> None:
    async with shelf_house() as client:
        for cursor in ("zzzz", "bnVsbA", "IjEi", "A"):
            async with client.get(f"/api/v1/records?cursor={cursor}") as answer:
                assert answer.status == 404, cursor


async def test_refusals_of_guard_router_and_endpoint_have_one_shape() -> None:
    async with shelf_house() as client:
        asked = [
            ("GET", "/api/v1/records", "nobody", 401),
            ("POST", "/api/v1/records", "viewer", 403),
            ("GET", f"/api/v1/records/{uuid4()}", "dj", 404),
            ("GET", "/api/v1/nothing", "dj", 404),
            ("PATCH", "/api/v1/records", "dj", 405),
        ]
        for method, path, name, status in asked:
            async with client.request(method, path, headers={"Authorization": f"Bearer {name}"}) as answer:
                problem = await answer.json(content_type="application/problem+json")
                assert (answer.status, problem["status"]) == (status, status)
                assert set(problem) <= {"type", "title", "status", "detail", "errors"}
                if status == 401:
                    assert answer.headers["WWW-Authenticate"] == "Bearer"
                if status == 405:
                    assert answer.headers["Allow"] == "GET,HEAD,POST"
