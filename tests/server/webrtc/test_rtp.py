"""RTP and RTCP, read by aiortc."""

import pytest
from aiortc.rtp import RtcpByePacket, RtcpPacket, RtcpReceiverInfo, RtcpRrPacket, RtcpSdesPacket, RtcpSrPacket, RtpPacket
from hypothesis import given
from hypothesis import strategies as st

from server.webrtc.rtp import Losses, goodbye, losses, ntp_time, rtp_packet, sender_report, source_description

SSRC = 0xDEADBEEF


@pytest.mark.parametrize("marker", [False, True])
def test_a_packet_says_where_its_sound_belongs(marker: bool) -> None:
    position = (3 << 32) + 48_000
    packet = RtpPacket.parse(rtp_packet(111, marker, 65_537, position, SSRC, b"sound"))
    assert (packet.payload_type, packet.marker, packet.sequence_number) == (111, int(marker), 1)
    assert (packet.timestamp, packet.ssrc, packet.payload) == (48_000, SSRC, b"sound")


def test_a_report_is_read_by_others() -> None:
    compound = sender_report(SSRC, 1_700_000_000.25, (1 << 32) + 5, 1_000, (1 << 32) + 7) + source_description(SSRC, "radio")
    report, description = RtcpPacket.parse(compound)
    assert isinstance(report, RtcpSrPacket)
    assert (report.ssrc, report.sender_info.rtp_timestamp) == (SSRC, 5)
    assert report.sender_info.ntp_timestamp == (1_700_000_000 + 2_208_988_800 << 32) + (1 << 30)
    assert (report.sender_info.packet_count, report.sender_info.octet_count) == (1_000, 7)
    assert isinstance(description, RtcpSdesPacket)
    assert [(chunk.ssrc, chunk.items) for chunk in description.chunks] == [(SSRC, [(1, b"radio")])]


@pytest.mark.parametrize("name", ["", "a", "ab", "abc", "abcd", "0123456789abcdef"])
def test_a_description_of_any_length_is_padded_as_it_must_be(name: str) -> None:
    [description] = RtcpPacket.parse(source_description(SSRC, name))
    assert isinstance(description, RtcpSdesPacket)
    assert description.chunks[0].items == [(1, name.encode())]


def test_a_goodbye_stands_behind_a_report() -> None:
    report, bye = RtcpPacket.parse(goodbye(SSRC))
    assert isinstance(report, RtcpRrPacket)
    assert isinstance(bye, RtcpByePacket)
    assert bye.sources == [SSRC]


def info(ssrc: int, lost: int) -> RtcpReceiverInfo:
    return RtcpReceiverInfo(ssrc=ssrc, fraction_lost=64, packets_lost=lost, highest_sequence=1, jitter=2, lsr=3, dlsr=4)


@pytest.mark.parametrize("lost", [0, 17, -3])
def test_losses_are_found_in_what_a_listener_reports(lost: int) -> None:
    compound = bytes(RtcpRrPacket(ssrc=1, reports=[info(2, 9), info(SSRC, lost)])) + source_description(1, "him")
    assert losses(compound, SSRC) == Losses(0.25, lost)


def test_nothing_is_found_where_nothing_is_said() -> None:
    assert losses(source_description(SSRC, "x") + bytes(RtcpRrPacket(ssrc=1, reports=[info(2, 9)])), SSRC) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_harm(data: bytes) -> None:
    losses(b"\x81\xc9" + data, SSRC)


def test_ntp_time_is_32_bits_of_seconds_and_32_of_their_parts() -> None:
    assert ntp_time(0.5) == (2_208_988_800 << 32) + (1 << 31)
