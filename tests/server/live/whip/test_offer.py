"""A DJ's offer must send; how the rest is read is tests/server/webrtc/test_offer.py's."""

import pytest

from server.live.whip.offer import read_djs_offer
from server.webrtc.offer import OfferRefused

SESSION = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE v s\r\n"
PICTURE = "m=video 9 UDP/TLS/RTP/SAVPF 97\r\na=mid:v\r\na=sendonly\r\na=rtpmap:97 H264/90000\r\na=ice-ufrag:aaaa\r\n"
SOUND = (
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\na=mid:s\r\na=sendonly\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n"
    "a=ice-ufrag:bbbb\r\na=ice-pwd:f3cBMDNMfTlKYwVgnZpLPDGb\r\na=fingerprint:sha-256 2E:75:10\r\na=setup:actpass\r\n"
)
ANSWER = "v=0\r\ns=-\r\na=group:BUNDLE s\r\nm=audio 4000 UDP/TLS/RTP/SAVPF 111\r\na=mid:s\r\na=recvonly\r\na=rtpmap:111 opus/48000/2\r\n"


def test_a_sound_that_is_sent_is_taken_and_the_encoder_is_told_how_to_send_it() -> None:
    offer = read_djs_offer(SESSION + PICTURE + SOUND)
    assert offer.user == "bbbb"
    lines = offer.answer(ANSWER).split("\r\n")
    assert [line for line in lines if line.startswith("m=")] == ["m=video 0 UDP/TLS/RTP/SAVPF 97", "m=audio 4000 UDP/TLS/RTP/SAVPF 111"]
    assert lines[lines.index("a=rtpmap:111 opus/48000/2") + 1].startswith("a=fmtp:111 stereo=1;sprop-stereo=1;")
    assert not any(line.startswith("a=ptime") for line in lines)


@pytest.mark.parametrize(
    ("offer", "says"),
    [(SESSION + PICTURE, "add an audio track"), (SESSION + SOUND.replace("sendonly", "recvonly"), "sends nothing")],
)
def test_an_offer_that_sends_no_sound_is_told_what_it_needs(offer: str, says: str) -> None:
    with pytest.raises(OfferRefused, match=says):
        read_djs_offer(offer)
