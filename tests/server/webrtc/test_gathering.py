"""Datagrams of 20, 40 and 60 ms on the grid of the clock."""

import pytest

from server.webrtc.gathering import LARGEST_PAYLOAD_BYTES, Gathering, Sound
from server.webrtc.opus_packets import unpacked

FRAMES = 960


def taken(gathering: Gathering, first: int, packets: list[bytes]) -> list[Sound]:
    return [sound for number, packet in enumerate(packets) for sound in gathering.take(first + number * FRAMES, packet)]


def packet(name: bytes, size: int = 300) -> bytes:
    return b"\xfc" + name * size


def test_at_20_ms_every_packet_goes_as_it_came() -> None:
    assert taken(Gathering(960, 960), 960, [b"a", b"b"]) == [Sound(960, 960, b"a"), Sound(1920, 1920, b"b")]


@pytest.mark.parametrize("count", [2, 3])
def test_packets_are_gathered_on_the_grid(count: int) -> None:
    sounds = taken(Gathering(count * FRAMES, FRAMES), count * FRAMES * 10, [packet(b"%d" % number) for number in range(2 * count)])
    assert [sound.position for sound in sounds] == [count * FRAMES * 10, count * FRAMES * 11]
    assert [sound.last_position - sound.position for sound in sounds] == [(count - 1) * FRAMES] * 2
    assert len(unpacked(sounds[0].payload).frames) == count


def test_what_begins_within_the_grid_goes_in_a_smaller_datagram() -> None:
    first, second = taken(Gathering(3 * FRAMES, FRAMES), 7 * FRAMES, [packet(b"x") for _ in range(5)])
    assert (first.position, first.last_position) == (7 * FRAMES, 8 * FRAMES)
    assert (second.position, second.last_position) == (9 * FRAMES, 11 * FRAMES)


def test_a_hole_is_not_joined_over() -> None:
    gathering = Gathering(3 * FRAMES, FRAMES)
    assert gathering.take(0, packet(b"a")) == []
    assert [sound.position for sound in gathering.take(30 * FRAMES, packet(b"b"))] == [0]
    assert [sound.position for sound in taken(gathering, 31 * FRAMES, [packet(b"c"), packet(b"d")])] == [30 * FRAMES]


def test_what_does_not_go_together_goes_alone() -> None:
    sounds = taken(Gathering(2 * FRAMES, FRAMES), 0, [packet(b"a"), b"\x78b"])
    assert [sound.payload for sound in sounds] == [packet(b"a"), b"\x78b"]
    assert [sound.position for sound in sounds] == [0, FRAMES]


def test_no_datagram_is_too_large_for_the_network() -> None:
    big = LARGEST_PAYLOAD_BYTES // 2
    assert len(taken(Gathering(2 * FRAMES, FRAMES), 0, [packet(b"a", big), packet(b"b", big)])) == 2


def test_bytes_that_are_no_opus_are_passed_on() -> None:
    assert [sound.payload for sound in taken(Gathering(2 * FRAMES, FRAMES), 0, [b"", packet(b"b")])] == [b"", packet(b"b")]
