"""Pages against the specification's arithmetic, written once more in the slowest way."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.icy.ogg import FIRST, LAST, OggStream, checksum, lacing


def slow_checksum(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04C11DB7 if crc & 0x80000000 else 0)) & 0xFFFFFFFF
    return crc


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_the_checksum_is_that_of_the_specification(data: bytes) -> None:
    assert checksum(data) == slow_checksum(data)


@pytest.mark.parametrize(("size", "table"), [(0, [0]), (254, [254]), (255, [255, 0]), (256, [255, 1]), (600, [255, 255, 90])])
def test_lacing(size: int, table: list[int]) -> None:
    assert list(lacing(bytes(size))) == table


def test_pages_are_numbered_and_sealed() -> None:
    stream = OggStream(0x1_0000_0007)
    first, second = stream.page([b"head"], 0, FIRST), stream.page([b"x" * 300, b"y"], 960, LAST)
    assert first[:6] == b"OggS\0\x02"
    assert second[5] == LAST
    assert int.from_bytes(second[6:14], "little") == 960
    assert [int.from_bytes(page[14:18], "little") for page in (first, second)] == [7, 7]
    assert [int.from_bytes(page[18:22], "little") for page in (first, second)] == [0, 1]
    assert second[26:30] == bytes([3, 255, 45, 1])
    for page in (first, second):
        assert int.from_bytes(page[22:26], "little") == slow_checksum(page[:22] + bytes(4) + page[26:])


def test_a_page_that_only_ends_the_stream() -> None:
    assert OggStream(1).page([], 5, LAST)[26] == 0


def test_refuses_more_segments_than_a_page_has() -> None:
    with pytest.raises(ValueError, match="256 segments"):
        OggStream(1).page([b""] * 256, 0)
