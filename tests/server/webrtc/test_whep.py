"""WHEP as HTTP: what is asked, what is answered, what is refused."""

import json
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession
from aiortc import RTCConfiguration, RTCPeerConnection

from tests.server.webrtc.ears import ear, offer
from tests.server.webrtc.house import House, house

pytestmark = pytest.mark.real
SDP = {"Content-Type": "application/sdp"}
FRAGMENT = "application/trickle-ice-sdpfrag"


async def problem(said: ClientResponse, status: int) -> dict[str, Any]:
    assert said.status == status, await said.text()
    assert said.content_type == "application/problem+json"
    assert said.headers["Access-Control-Allow-Origin"] == "*"
    told: dict[str, Any] = json.loads(await said.text())
    assert told["status"] == status
    return told


async def an_offer() -> str:
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    try:
        return await offer(peer)
    finally:
        await peer.close()


async def post(front: House, http: ClientSession, text: str | bytes, **headers: str) -> ClientResponse:
    return await http.post(front.whep, data=text, headers={**SDP, **headers})


async def test_a_browser_is_told_what_it_may_before_it_asks() -> None:
    async with house(stun_servers=("stun:192.0.2.9:3478",), plays=False) as front, ClientSession() as http:
        for address in (front.whep, front.whep + "/abc"):
            async with http.options(address) as said:
                assert said.status == 204
                assert said.headers["Accept-Post"] == "application/sdp"
                assert said.headers["Accept-Patch"] == FRAGMENT
                assert said.headers["Link"] == '<stun:192.0.2.9:3478>; rel="ice-server"'
                assert said.headers["Access-Control-Allow-Origin"] == "*"
                assert {"POST", "PATCH", "DELETE"} <= set(said.headers["Access-Control-Allow-Methods"].split(", "))
                assert {"Authorization", "Content-Type", "If-Match"} <= set(said.headers["Access-Control-Allow-Headers"].split(", "))
                assert {"Location", "ETag", "Link"} <= set(said.headers["Access-Control-Expose-Headers"].split(", "))


async def test_a_session_has_an_address_that_nobody_guesses_and_an_etag() -> None:
    async with house() as front, ClientSession() as http:
        sessions = set()
        for _ in range(2):
            async with await post(front, http, await an_offer()) as said:
                assert said.status == 201
                assert said.content_type == "application/sdp"
                assert said.headers["ETag"].startswith('"')
                path, _, session = said.headers["Location"].rpartition("/")
                assert path == "/whep/main"
                name, _, secret = session.partition("-")
                assert name == front.neighbours.name
                assert len(secret) >= 32
                sessions.add(session)
        assert len(sessions) == 2


@pytest.mark.parametrize("body", ["", "hello", "v=0\r\nm=audio x\r\n", "v=0\r\ns=-\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n"])
async def test_what_is_no_offer_is_told_what_to_do(body: str) -> None:
    async with house() as front, ClientSession() as http, await post(front, http, body) as said:
        told = await problem(said, 400)
        assert len(told["detail"]) > 20
        assert len(front.present) == 0


async def test_offers_that_only_aiortc_can_refuse_are_refused_as_well() -> None:
    good = await an_offer()
    broken = [
        good.replace("a=setup:actpass", "a=setup:dance"),
        good.replace("a=fingerprint:sha-256", "a=fingerprint:sha-256 x"),
        good.replace("a=ice-pwd:", "a=ice-pwd:!"),
        good.replace("opus/48000/2", "opus/48000/x"),
        good.replace("m=audio", "m=audio  "),
        good.replace("c=IN IP4", "c=IN IP9"),
        good.replace("a=mid:0", "a=mid:0\r\na=extmap:x y"),
    ]
    async with house() as front, ClientSession() as http:
        for text in broken:
            async with await post(front, http, text) as said:
                assert said.status in {201, 400}, text
                if said.status == 400:
                    await problem(said, 400)
        async with await post(front, http, good) as said:
            assert said.status == 201


async def test_the_wrong_type_the_wrong_station_and_too_much_are_refused() -> None:
    async with house() as front, ClientSession() as http:
        async with await post(front, http, "{}", **{"Content-Type": "application/json"}) as said:
            assert "application/sdp" in (await problem(said, 415))["detail"]
        async with http.post(front.base + "/whep/other", data="v=0", headers=SDP) as said:
            await problem(said, 404)
        async with await post(front, http, "v=0\r\n" + "a=x\r\n" * 20_000) as said:
            await problem(said, 413)
        async with await post(front, http, b"v=0\r\n\xff\xfe") as said:
            await problem(said, 400)


async def test_before_the_station_is_on_air_one_is_asked_to_come_again() -> None:
    async with house(plays=False) as front, ClientSession() as http, await post(front, http, await an_offer()) as said:
        await problem(said, 503)
        assert said.headers["Retry-After"] == "2"


async def test_a_full_house_says_so_and_half_open_ones_fill_it() -> None:
    async with house(listeners=2) as front, ClientSession() as http:
        for _ in range(2):
            async with await post(front, http, await an_offer()) as said:
                assert said.status == 201
        async with await post(front, http, await an_offer()) as said:
            await problem(said, 503)
            assert int(said.headers["Retry-After"]) > 0
        assert front.kicked == ["webrtc_full"]


async def test_one_address_does_not_take_all_places() -> None:
    async with house(listeners_per_address=1) as front, ClientSession() as http:
        async with await post(front, http, await an_offer()) as said:
            session = front.base + said.headers["Location"]
        async with await post(front, http, await an_offer()) as said:
            await problem(said, 429)
        assert front.kicked == ["webrtc_address"]
        async with http.delete(session) as said:
            assert said.status == 200
        async with await post(front, http, await an_offer()) as said:
            assert said.status == 201


async def test_further_addresses_are_taken_for_the_right_session_only() -> None:
    async with house() as front, ear(front.whep) as listener, ClientSession() as http:

        async def patch(body: str, session: str = listener.session, **headers: str) -> ClientResponse:
            return await http.patch(session, data=body, headers={"Content-Type": FRAGMENT, **headers})

        candidate = "a=mid:0\r\na=candidate:7 1 udp 2113937151 192.0.2.77 40000 typ host\r\na=end-of-candidates\r\n"
        good = {"If-Match": listener.etag}
        async with await patch(candidate, **good) as said:
            assert said.status == 204
            assert said.headers["ETag"] == listener.etag
        async with await patch(candidate) as said:
            await problem(said, 428)
        async with await patch(candidate, **{"If-Match": '"other"'}) as said:
            await problem(said, 412)
        async with await patch(candidate, **good, **{"Content-Type": "text/plain"}) as said:
            await problem(said, 415)
        async with await patch("a=ice-ufrag:else\r\na=ice-pwd:whatever\r\n" + candidate, **good) as said:
            assert "DELETE" in (await problem(said, 422))["detail"]
        async with await patch("a=candidate:nonsense\r\n", **good) as said:
            await problem(said, 400)
        async with await patch(candidate, session=listener.session + "x", **good) as said:
            await problem(said, 404)
        async with await patch(candidate, session=front.whep + "/../../../etc", **good) as said:
            assert said.status == 404


async def test_a_session_is_not_found_under_another_station() -> None:
    async with house() as front, ear(front.whep) as listener, ClientSession() as http:
        async with http.delete(listener.session.replace("/main/", "/other/")) as said:
            await problem(said, 404)
        assert len(front.present) == 1
