"""What pages of other sites can and cannot do, and what every answer forbids them."""

import pytest
from aiohttp.web import Request, Response, StreamResponse

from control.identity.cookies import PLAIN, SECURE, refresh_token
from control.identity.gatehouse import SecurityPolicy
from control.identity.headers import NOTHING_RUNS
from control.identity.origin import Origins
from control.permissions import PUBLIC, Role
from server.route import Route
from tests.control.identity.house import ROUTES, House, open_house

pytestmark = pytest.mark.real
LISTED = "https://player.example"
COOKIE = {"Cookie": f"{PLAIN}=token"}


def own(house: House) -> str:
    return f"http://127.0.0.1:{house.client.port}"


async def posted(house: House, headers: dict[str, str], method: str = "POST") -> int:
    async with house.client.request(method, "/public", headers=headers) as answer:
        return answer.status


async def test_a_cookie_changes_nothing_for_a_foreign_page() -> None:
    async with open_house() as house:
        asked = {"X-Requested-With": "fetch"}
        assert await posted(house, COOKIE | asked | {"Origin": own(house)}) == 200
        assert await posted(house, COOKIE | asked | {"Sec-Fetch-Site": "same-origin"}) == 200
        for missing in (
            COOKIE,
            COOKIE | {"Origin": own(house)},
            COOKIE | asked,
            COOKIE | asked | {"Origin": "https://evil.example"},
            COOKIE | asked | {"Origin": "null"},
            COOKIE | asked | {"Origin": own(house) + ".evil.example"},
            COOKIE | asked | {"Origin": own(house).replace("http://", "http://evil@")},
            COOKIE | asked | {"Sec-Fetch-Site": "cross-site"},
            COOKIE | asked | {"Sec-Fetch-Site": "same-site"},
            {"Cookie": f"a=b; {SECURE}=token"},
        ):
            assert await posted(house, missing) == 403, missing
        assert await posted(house, {"Cookie": "theme=dark"}) == 200, "another cookie opens nothing"
        assert await posted(house, {}) == 200, "without a cookie there is nothing to abuse"


async def test_a_listed_page_may_use_the_cookie() -> None:
    async with open_house(policy=SecurityPolicy(origins=(LISTED,))) as house:
        headers = COOKIE | {"X-Requested-With": "fetch", "Origin": LISTED}
        assert await posted(house, headers) == 200
        assert await posted(house, headers | {"Origin": "https://player.example.evil.example"}) == 403
        assert await posted(house, headers | {"Origin": "http://player.example"}) == 403


async def test_sockets_are_for_our_own_pages() -> None:
    async with open_house() as house:
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade"}
        for headers, status in (
            ({}, 200),
            ({"Origin": own(house)}, 200),
            ({"Origin": "https://evil.example"}, 403),
            ({"Origin": "null"}, 403),
            ({"Sec-Fetch-Site": "cross-site"}, 403),
        ):
            async with house.client.get("/public", headers=upgrade | headers) as answer:
                assert answer.status == status, headers


@pytest.mark.parametrize("misspelt", ["player.example", "https://player.example/", "ftp://player.example", "https://a@player.example", "*"])
def test_a_misspelt_origin_stops_the_start(misspelt: str) -> None:
    with pytest.raises(ValueError, match="is no origin"):
        Origins([misspelt])


async def test_only_listed_pages_read_answers() -> None:
    async with open_house(policy=SecurityPolicy(origins=(LISTED,))) as house:
        for origin, allowed in ((LISTED, LISTED), ("https://evil.example", None), ("null", None), (own(house), None)):
            async with house.client.get("/public", headers={"Origin": origin}) as answer:
                assert answer.headers.get("Access-Control-Allow-Origin") == allowed
                assert "Origin" in answer.headers["Vary"]


async def test_preflight_is_answered_for_listed_pages() -> None:
    async with open_house(policy=SecurityPolicy(origins=(LISTED,))) as house:
        asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
        async with house.client.options("/api/v1/skip", headers=asks | {"Origin": LISTED}) as answer:
            assert answer.status == 204
            assert answer.headers["Access-Control-Allow-Origin"] == LISTED
            assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
        async with house.client.options("/api/v1/skip", headers=asks | {"Origin": "https://evil.example"}) as answer:
            assert answer.status == 405
            assert "Access-Control-Allow-Origin" not in answer.headers


async def test_refusals_can_be_read_by_listed_pages() -> None:
    policy = SecurityPolicy(origins=(LISTED,))
    async with open_house(policy=policy) as house, house.client.get("/api/v1/me", headers={"Origin": LISTED}) as answer:
        assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (401, LISTED)


async def page(_: Request) -> StreamResponse:
    return Response(text="<p>", content_type="text/html", headers={"Content-Security-Policy": "default-src 'self'"})


async def sound(_: Request) -> StreamResponse:
    return Response(body=b"ID3", content_type="audio/mpeg")


async def shared(_: Request) -> StreamResponse:
    return Response(text="#EXTM3U", headers={"Access-Control-Allow-Origin": "*"})


async def test_every_answer_forbids_what_it_does_not_need() -> None:
    routes = [*ROUTES, Route("GET", "/page", PUBLIC, page), Route("GET", "/shared", PUBLIC, shared)]
    async with open_house(routes, SecurityPolicy(origins=(LISTED,))) as house:
        for path in ("/public", "/api/v1/me", "/nowhere", "/page", "/shared", "/metrics"):
            async with house.client.get(path, headers={"Origin": LISTED}) as answer:
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.headers["Referrer-Policy"]
                policy = answer.headers["Content-Security-Policy"]
                assert policy == ("default-src 'self'" if path == "/page" else NOTHING_RUNS)
                assert ("Access-Control-Allow-Credentials" in answer.headers) == (path != "/shared")
                assert "Strict-Transport-Security" not in answer.headers, "this connection is plain"


async def test_a_stream_may_be_opened_as_a_page_and_play() -> None:
    async with open_house([Route("GET", "/radio.mp3", PUBLIC, sound)]) as house, house.client.get("/radio.mp3") as answer:
        assert "media-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "sandbox" not in answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


async def test_what_somebody_is_told_is_kept_by_nobody() -> None:
    async with open_house() as house:
        async with house.client.get("/api/v1/me", headers=house.bearer(Role.USER)) as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        async with house.client.get("/public") as answer:
            assert "Cache-Control" not in answer.headers


async def test_hsts_behind_a_proxy_that_encrypts() -> None:
    said = {"X-Forwarded-Proto": "https"}
    behind = SecurityPolicy(trusted_proxies=("127.0.0.1",), hsts_seconds=600)
    async with open_house(policy=behind) as house, house.client.get("/public", headers=said) as answer:
        assert answer.headers["Strict-Transport-Security"] == "max-age=600"
    for policy, host in (
        (SecurityPolicy(), "radio.example"),
        (SecurityPolicy(trusted_proxies=("127.0.0.1",), hsts_seconds=0), "radio.example"),
        (behind, "localhost:8000"),
    ):
        async with open_house(policy=policy) as house, house.client.get("/public", headers=said | {"Host": host}) as answer:
            assert "Strict-Transport-Security" not in answer.headers


async def test_encrypted_connections_do_not_take_the_plain_cookie() -> None:
    async def cookie(request: Request) -> StreamResponse:
        return Response(text=f"{refresh_token(request, secure=True)} {refresh_token(request, secure=False)}")

    planted = {"Cookie": f"{PLAIN}=planted"}
    async with open_house([Route("GET", "/cookie", PUBLIC, cookie)]) as house, house.client.get("/cookie", headers=planted) as answer:
        assert await answer.text() == "None planted"
