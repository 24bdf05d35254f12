"""What is sealed is what libsrtp's own way would seal."""

import os

import pytest
from pylibsrtp import Error, Policy, Session

from server.webrtc.rtp import rtp_packet
from server.webrtc.sealing import LARGEST_PACKET_BYTES, sealer

PROFILES = {
    Policy.SRTP_PROFILE_AEAD_AES_256_GCM: 44,
    Policy.SRTP_PROFILE_AEAD_AES_128_GCM: 28,
    Policy.SRTP_PROFILE_AES128_CM_SHA1_80: 30,
}


def sessions(profile: int) -> tuple[Session, Session, Session]:
    """Two that send with the same keys, and one that receives."""
    key = os.urandom(PROFILES[profile])
    out, into = Policy.SSRC_ANY_OUTBOUND, Policy.SSRC_ANY_INBOUND
    one, other, far = (Session(Policy(key, way, 0, profile)) for way in (out, out, into))
    return one, other, far


@pytest.mark.parametrize("profile", PROFILES)
def test_a_sealed_packet_is_libsrtps_and_is_opened(profile: int) -> None:
    near, same, far = sessions(profile)
    seal = sealer(near)
    for number in range(300):
        packet = rtp_packet(111, False, 65_400 + number, number * 960, 7, os.urandom(number))
        sealed = bytes(seal(packet))
        assert sealed == same.protect(packet)
        assert far.unprotect(sealed) == packet


def test_many_seal_in_turn_without_mixing() -> None:
    pairs = [sessions(Policy.SRTP_PROFILE_AES128_CM_SHA1_80) for _ in range(20)]
    seals = [sealer(near) for near, _, _ in pairs]
    for number in range(5):
        packet = rtp_packet(111, False, number, number, 7, b"the same for all")
        for seal, (_, _, far) in zip(seals, pairs, strict=True):
            assert far.unprotect(bytes(seal(packet))) == packet


def test_what_cannot_be_sealed_is_refused() -> None:
    seal = sealer(sessions(Policy.SRTP_PROFILE_AES128_CM_SHA1_80)[0])
    for packet in (b"", b"short", bytes(LARGEST_PACKET_BYTES + 1)):
        with pytest.raises(Error):
            seal(packet)
