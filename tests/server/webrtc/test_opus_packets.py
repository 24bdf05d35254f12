"""Opus packets against RFC 6716, and against a decoder that never heard of ours."""

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.webrtc.opus_packets import NoOpusPacket, OpusFrames, joined, packed, unpacked
from tests.server.encoded import encoded

frame_lists = st.lists(st.binary(max_size=1_275), min_size=1, max_size=48)
alike = st.integers(0, 1_275).flatmap(lambda size: st.lists(st.binary(min_size=size, max_size=size), min_size=1, max_size=48))
contents = st.integers(0, 63).map(lambda bits: bits << 2)


@given(contents, frame_lists | alike)
def test_what_was_packed_is_unpacked(toc: int, frames: list[bytes]) -> None:
    held = OpusFrames(toc, tuple(frames))
    assert unpacked(packed(held)) == held


@given(st.binary(max_size=400))
def test_any_bytes_are_a_packet_or_are_none(data: bytes) -> None:
    try:
        held = unpacked(data)
    except NoOpusPacket:
        return
    assert sum(map(len, held.frames)) < len(data)


@pytest.mark.parametrize(
    ("packet", "frames"),
    [
        (b"\xfc", (b"",)),
        (b"\xfcabc", (b"abc",)),
        (b"\xfdabcd", (b"ab", b"cd")),
        (b"\xfe\x01abc", (b"a", b"bc")),
        (b"\xff\x03aabbcc", (b"aa", b"bb", b"cc")),
        (b"\xff\x83\x01\x02abbccc", (b"a", b"bb", b"ccc")),
        (b"\xff\x43\x02aabbcc\0\0", (b"aa", b"bb", b"cc")),
        (b"\xff\xc2\xff\x01\x01abb" + bytes(255), (b"a", b"bb")),
    ],
)
def test_every_code_of_the_rfc_is_read(packet: bytes, frames: tuple[bytes, ...]) -> None:
    assert unpacked(packet) == OpusFrames(0xFC, frames)


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"\xfdabc",
        b"\xfe",
        b"\xfe\xfc",
        b"\xfe\x05abc",
        b"\xff",
        b"\xff\x00",
        b"\xff\x31",
        b"\xff\x42\x09ab",
        b"\xff\x83\x05",
        b"\xff\x42\xff",
    ],
)
def test_a_broken_packet_is_none(packet: bytes) -> None:
    with pytest.raises(NoOpusPacket):
        unpacked(packet)


def test_a_length_of_two_bytes_is_the_rfcs() -> None:
    long = bytes(1_275)
    assert packed(OpusFrames(0, (long, b"x")))[1:3] == b"\xff\xff"
    assert packed(OpusFrames(0, (bytes(252), b"x")))[1:3] == b"\xfc\x00"


def test_packets_of_two_kinds_are_not_joined() -> None:
    assert joined([b"\xfcab", b"\x78ab"]) is None


@pytest.mark.parametrize("count", [2, 3])
def test_a_decoder_hears_the_same_in_fewer_packets(count: int) -> None:
    _, packets = encoded("opus", 1.2)
    together = [joined(packets[start : start + count]) for start in range(0, len(packets) - count + 1, count)]
    heard, before = _decoded([packet for packet in together if packet]), _decoded(packets[: len(together) * count])
    assert len(together) == len(packets) // count
    assert heard.shape == before.shape
    assert np.array_equal(heard, before)


def _decoded(packets) -> np.ndarray:  # type: ignore[no-untyped-def]
    decoder = av.CodecContext.create("libopus", "r")
    decoder.sample_rate, decoder.layout = 48_000, "stereo"
    return np.concatenate([frame.to_ndarray() for packet in packets for frame in decoder.decode(av.Packet(packet))], axis=1)
