"""What a PATCH says."""

import pytest

from server.webrtc.trickle import MOST_CANDIDATES, NoFragment, read_fragment

HEAD = "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n"
CANDIDATE = "a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id 1\r\n"


def test_addresses_are_read_and_names_and_tcp_are_left_out() -> None:
    name = CANDIDATE.replace("192.0.2.1", "6b0f2a.local")
    tcp = CANDIDATE.replace(" udp ", " tcp ").replace("typ host", "typ host tcptype active")
    fragment = read_fragment(HEAD + CANDIDATE + name + tcp + "a=end-of-candidates\r\n")
    assert fragment.user == "EsAw"
    assert [(one.ip, one.port) for one in fragment.candidates] == [("192.0.2.1", 61764)]
    assert fragment.ended


def test_a_fragment_may_say_that_nothing_more_comes_or_nothing_at_all() -> None:
    assert not read_fragment(HEAD).ended
    assert read_fragment("").candidates == ()


@pytest.mark.parametrize(
    "text", ["a=candidate:1 1 udp\r\n", "a=candidate:1 one udp 1 192.0.2.1 5 typ host\r\n", CANDIDATE * (MOST_CANDIDATES + 1)]
)
def test_nonsense_and_floods_are_refused(text: str) -> None:
    with pytest.raises(NoFragment):
        read_fragment(text)
