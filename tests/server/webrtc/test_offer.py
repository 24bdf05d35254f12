"""Offers as browsers and programs make them, and as they should not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.webrtc.offer import MOST_CANDIDATES, MOST_SECTIONS, Offer, OfferRefused, read_offer

SESSION = """v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=extmap-allow-mixed
a=msid-semantic: WMS
"""
SOUND = """m=audio 51372 UDP/TLS/RTP/SAVPF 111 63 9 0 8
c=IN IP4 192.168.1.7
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:1 1 udp 2113937151 5c1ba4a4-3f13-4d0f-8d52-b8d6a5a3d1f5.local 51372 typ host generation 0
a=candidate:2 1 udp 2113937151 192.168.1.7 51373 typ host generation 0
a=ice-ufrag:Hpbk
a=ice-pwd:f3cBMDNMfTlKYwVgnZpLPDGb
a=fingerprint:sha-256 2E:75:10
a=setup:actpass
a=mid:0
a=recvonly
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;useinbandfec=1;stereo=1
a=rtpmap:63 red/48000/2
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000
a=end-of-candidates
"""
PICTURE = """m=video 9 UDP/TLS/RTP/SAVPF 96 97
c=IN IP4 0.0.0.0
a=mid:1
a=recvonly
a=rtpmap:96 VP8/90000
"""
DATA = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\na=mid:2\n"
ANSWER = (
    "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\na=group:BUNDLE 0\r\nm=audio 4000 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=rtpmap:111 opus/48000/2\r\n"
)


def refused(text: str) -> str:
    with pytest.raises(OfferRefused) as said:
        read_offer(text)
    return str(said.value)


def test_a_browsers_offer_is_taken_without_names_that_must_be_looked_up() -> None:
    offer = read_offer(SESSION + SOUND)
    assert ".local" not in offer.sound
    assert "192.168.1.7 51373" in offer.sound
    assert "end-of-candidates" not in offer.sound
    assert offer.user == "Hpbk"


@pytest.mark.parametrize("sections", [[SOUND], [PICTURE, SOUND], [SOUND, PICTURE, DATA]])
def test_an_answer_has_the_sections_of_the_offer_in_their_order(sections: list[str]) -> None:
    offer = read_offer(SESSION + "".join(sections))
    answer = offer.answer(ANSWER, 20)
    media = [line for line in answer.splitlines() if line.startswith("m=")]
    assert [line.split()[0] for line in media] == [section.split()[0] for section in sections]
    assert [line.split()[1] != "0" for line in media] == [section is SOUND for section in sections]
    assert "a=fmtp:111 minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1\r\n" in answer
    assert "a=ptime:20" in answer
    assert offer.sound.count("m=") == 1


def test_an_offer_without_a_direction_hears() -> None:
    assert isinstance(read_offer(SESSION + SOUND.replace("a=recvonly\n", "")), Offer)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "v=0"),
        ("hello", "v=0"),
        (SESSION, "addTransceiver"),
        (SESSION + PICTURE, "addTransceiver"),
        (SESSION + SOUND.replace("opus", "speex"), "opus/48000/2"),
        (SESSION + SOUND.replace("recvonly", "sendonly"), "recvonly"),
        (SESSION + SOUND.replace("recvonly", "inactive"), "recvonly"),
        (SESSION + SOUND.replace("a=ice-ufrag:Hpbk\n", ""), "a=ice-ufrag"),
        (SESSION + SOUND.replace("a=ice-pwd:f3cBMDNMfTlKYwVgnZpLPDGb\n", ""), "a=ice-pwd"),
        (SESSION + SOUND.replace("a=fingerprint:sha-256 2E:75:10\n", ""), "a=fingerprint"),
        (SESSION + SOUND.replace("a=setup:actpass\n", ""), "a=setup"),
        (SESSION + SOUND.replace("a=rtcp-mux\n", ""), "a=rtcp-mux"),
        (SESSION + SOUND * (MOST_SECTIONS + 1), str(MOST_SECTIONS)),
        (SESSION + SOUND + "a=candidate:2 1 udp 1 192.0.2.1 51373 typ host\n" * MOST_CANDIDATES, str(MOST_CANDIDATES)),
    ],
)
def test_what_cannot_be_served_is_told_what_to_do(text: str, says: str) -> None:
    assert says in refused(text)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_any_text_behind_a_beginning_is_read_or_refused(text: str) -> None:
    for whole in (text, SESSION + text, SESSION + SOUND + text):
        try:
            read_offer(whole)
        except OfferRefused:
            continue
