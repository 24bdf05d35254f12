"""Real WebRTC calls at the real addresses: what a DJ sends arrives, and whoever cannot be heard is told why or forgotten."""

import asyncio
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from server.live.session import Mode
from server.live.whip.call import Patience
from tests.server.live.whip.caller import LEFT_HZ, OFFER_HEADERS, RIGHT_HZ, Caller, Tones, caller
from tests.server.live.whip.house import House, house
from tests.server.until import until

pytestmark = pytest.mark.real
PROBLEM = "application/problem+json"
FRAGMENT = {"Content-Type": "application/trickle-ice-sdpfrag"}


def strongest_hz(samples: NDArray[np.int16]) -> float:
    return float(np.abs(np.fft.rfft(samples * np.hanning(len(samples)))).argmax() * 48_000 / len(samples))


async def heard_seconds(place: House, seconds: float) -> NDArray[np.int16]:
    await until(lambda: len(place.engine.heard()) >= seconds * 48_000)
    return place.engine.heard()


async def test_a_tone_arrives_in_both_channels_without_a_hole_and_the_session_tells_who_it_is() -> None:
    async with house() as place, caller() as one:
        await one.call(place.http, f"{place.whip}?mode=talk_over&title=Night%20Bus&artist=Nora", {"X-Name": "DJ Nora", "X-Priority": "70"})
        heard = (await heard_seconds(place, 2.0))[24_000:]
        assert strongest_hz(heard[:48_000, 0]) == pytest.approx(LEFT_HZ, abs=2)
        assert strongest_hz(heard[:48_000, 1]) == pytest.approx(RIGHT_HZ, abs=2)
        levels = np.sqrt(np.mean((heard / 32_768) ** 2, axis=0))
        assert levels == pytest.approx(0.25 / np.sqrt(2), rel=0.1)
        session = place.engine.opened[0]
        assert (session.dj, session.way, session.mode, session.priority) == ("DJ Nora", "whip", Mode.TALK_OVER, 70)
        assert (session.title, session.artist) == ("Night Bus", "Nora")
        assert one.location.startswith(f"/whip/main/{session.id}/")
        assert len(one.location.rsplit("-", 1)[1]) == 32, "128 bits that nobody guesses"
        assert session.account_id == "account"
        assert "a=fmtp:96 stereo=1" in one.answer


async def test_the_dj_ends_the_call_and_the_address_is_gone() -> None:
    async with house() as place, caller() as one:
        await one.call(place.http, place.whip)
        await heard_seconds(place, 0.2)
        async with place.http.delete(place.base + one.location) as response:
            assert response.status == 200
        assert place.engine.closed == [place.engine.opened[0].id]
        assert len(place.calls) == 0
        async with place.http.delete(place.base + one.location) as response:
            assert response.status == 200, "it is over, as he wished"
        async with place.http.delete(place.base + one.location[:-1] + "x") as response:
            assert response.status == 404
            assert response.content_type == PROBLEM


async def test_a_dj_who_hangs_up_and_one_whose_line_is_ended_here_are_forgotten_at_once() -> None:
    async with house() as place, caller() as one, caller() as other:
        await one.call(place.http, place.whip)
        await other.call(place.http, place.whip)
        await heard_seconds(place, 0.4)
        await one.peer.close()
        await until(lambda: len(place.calls) == 1)
        place.entrance.lines[0].close()
        await until(lambda: len(place.calls) == 0)
        assert len(set(place.engine.closed)) == 2
        async with place.http.delete(place.base + other.location) as response:
            assert response.status == 410, "he need not call again by himself"
        async with place.http.delete(place.base + one.location) as response:
            assert response.status == 200


async def test_a_call_that_never_comes_about_is_given_up_and_so_is_one_that_falls_silent() -> None:
    async with house(patience=Patience(3.0, 1.0)) as place, caller() as one:
        async with place.http.post(place.whip, data=await Caller(Tones()).offer(), headers=OFFER_HEADERS) as response:
            assert response.status == 201
        await until(lambda: len(place.engine.closed) == 1)
        await one.call(place.http, place.whip)
        await heard_seconds(place, 0.2)
        assert len(place.calls) == 1
        one.tones.flowing.clear()
        await until(lambda: len(place.engine.closed) == 2)
        assert len(place.calls) == 0


async def test_silence_that_is_sent_is_no_absence() -> None:
    async with house(patience=Patience(silent_seconds=1.0)) as place, caller() as one:
        one.tones.muted = True
        await one.call(place.http, place.whip)
        heard = await heard_seconds(place, 2.0)
        assert np.abs(heard).max() < 50
        assert len(place.calls) == 1


async def test_a_full_station_asks_to_come_back() -> None:
    async with house(places=1) as place, caller() as one, caller() as other:
        await one.call(place.http, place.whip)
        async with place.http.post(place.whip, data=await other.offer(), headers=OFFER_HEADERS) as response:
            assert response.status == 503
            assert int(response.headers["Retry-After"]) > 0
            assert "Try again when somebody has left" in (await response.json(content_type=PROBLEM))["detail"]
        await place.http.delete(place.base + one.location)
        await other.call(place.http, place.whip)


@pytest.mark.parametrize(
    ("path", "body", "headers", "status", "says"),
    [
        ("/whip/elsewhere", "offer", {}, 404, "no station"),
        ("/whip/main?mode=shout", "offer", {}, 422, "takeover or talk_over"),
        ("/whip/main", "offer", {"Content-Type": "text/plain"}, 415, "application/sdp"),
        ("/whip/main", "hello", {}, 400, "v=0"),
        ("/whip/main", "", {}, 400, "v=0"),
        ("/whip/main", b"\xff\xfe", {}, 400, "UTF-8"),
        ("/whip/main", "v=0\r\n" * 20_000, {}, 413, "bytes"),
        ("/whip/main", "v=0\r\nm=audio 9 X 111\r\na=sendonly\r\na=rtpmap:111 opus/48000/2\r\n", {}, 400, "ice-ufrag"),
        ("/whip/main", "offer", {"X-Name": "nobody"}, 403, "may not go live"),
    ],
)
async def test_whoever_cannot_be_taken_is_told_why(path: str, body: str | bytes, headers: dict[str, str], status: int, says: str) -> None:
    async with house() as place, caller() as one:
        data = await one.offer() if body == "offer" else body
        async with place.http.post(place.base + path, data=data, headers={**OFFER_HEADERS, **headers}) as response:
            problem = await response.json(content_type=PROBLEM)
            assert (response.status, problem["status"]) == (status, status)
            assert says in problem["detail"]
        assert place.entrance.lines == ()
        assert len(place.calls) == 0


async def test_addresses_that_come_later_are_taken_with_the_right_etag_alone() -> None:
    async with house(stun_servers=()) as place, caller() as one:
        offer = await one.offer()
        ours = [line for line in offer.splitlines() if line.startswith("a=candidate:")]
        bare = "".join(f"{line}\r\n" for line in offer.splitlines() if not line.startswith(("a=candidate:", "a=end-of")))
        async with place.http.post(place.whip, data=bare, headers=OFFER_HEADERS) as response:
            location, etag = place.base + response.headers["Location"], response.headers["ETag"]
            assert response.headers["Accept-Patch"] == FRAGMENT["Content-Type"]

        async def patch(body: str, headers: dict[str, str]) -> int:
            async with place.http.patch(location, data=body, headers=headers) as response:
                return response.status

        fragment = "".join(f"{line}\r\n" for line in ours)
        assert await patch(fragment, FRAGMENT) == 428
        assert await patch(fragment, {**FRAGMENT, "If-Match": '"another"'}) == 412
        assert await patch(fragment, {**FRAGMENT, "If-Match": "*"}) == 422
        assert await patch("a=ice-ufrag:anew\r\n", {**FRAGMENT, "If-Match": etag}) == 422
        assert await patch("a=candidate:?\r\n", {**FRAGMENT, "If-Match": etag}) == 400
        assert await patch(fragment, {"Content-Type": "text/plain", "If-Match": etag}) == 415
        assert await patch(fragment, {**FRAGMENT, "If-Match": etag}) == 204
        async with place.http.patch(location[:-1] + "x", data=fragment, headers={**FRAGMENT, "If-Match": etag}) as response:
            assert response.status == 404


async def test_any_front_of_the_machine_leads_to_the_call(tmp_path: Path) -> None:
    async with house(sockets=tmp_path) as place, house(sockets=tmp_path) as other, caller() as one:
        await one.call(place.http, place.whip)
        async with place.http.patch(other.base + one.location, data="", headers={**FRAGMENT, "If-Match": one.etag}) as response:
            assert response.status == 204
        async with place.http.delete(other.base + one.location) as response:
            assert response.status == 200
        assert len(place.calls) == 0
        async with place.http.delete(f"{other.base}/whip/main/{'0' * 16}/{'0' * 8}-{'0' * 32}") as response:
            assert response.status == 404, "its front is gone"


async def test_a_browser_that_asks_beforehand_is_told_what_is_taken() -> None:
    async with house(stun_servers=("stun:stun.example:3478",)) as place:
        async with place.http.options(place.whip) as response:
            assert response.status == 204
            assert response.headers["Accept-Post"] == "application/sdp"
            assert response.headers["Link"] == '<stun:stun.example:3478>; rel="ice-server"'
            assert "Authorization" in response.headers["Access-Control-Allow-Headers"]
        async with place.http.get(place.whip) as response:
            assert response.status == 405


async def test_closing_the_front_ends_every_call() -> None:
    async with house() as place, caller() as one, caller() as other:
        await asyncio.gather(one.call(place.http, place.whip), other.call(place.http, place.whip))
        await place.calls.close()
        assert len(place.calls) == 0
        assert len(place.engine.closed) == 2
