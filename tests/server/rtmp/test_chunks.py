"""The chunk stream: messages come out as they went in, however the line cuts them, and a server cannot make us hold its weight."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rtmp.chunks import LARGEST_MESSAGE_BYTES, ChunkReader, ChunksBroken, ChunkWriter, Kind, Message


def read(data: bytes, sizes: list[int] | None = None) -> list[Message]:
    reader, found, at = ChunkReader(), list[Message](), 0
    for size in [*(sizes or []), len(data)]:
        found += reader.put(data[at : at + size])
        at += size
    return found


@given(
    st.lists(st.tuples(st.sampled_from([8, 9, 18, 20]), st.integers(0, 0xFFFFFFFF), st.binary(max_size=700)), max_size=6),
    st.integers(1, 300),
    st.lists(st.integers(0, 200), max_size=20),
)
def test_messages_come_through_however_they_are_cut(sent: list[tuple[int, int, bytes]], chunk_bytes: int, sizes: list[int]) -> None:
    writer = ChunkWriter()
    data = writer.cut(2, Kind.CHUNK_SIZE, 0, 0, chunk_bytes.to_bytes(4, "big"))
    writer.chunk_bytes = chunk_bytes
    for kind, milliseconds, body in sent:
        data += writer.cut(4, kind, 1, milliseconds, body)
    assert read(data, sizes) == [Message(kind, 1, milliseconds, body) for kind, milliseconds, body in sent]


def test_the_bytes_of_a_message_with_a_late_time() -> None:
    writer = ChunkWriter()
    cut = writer.cut(6, Kind.VIDEO, 1, 0x01020304, bytes(130))
    header = b"\x06\xff\xff\xff\x00\x00\x82\x09\x01\x00\x00\x00\x01\x02\x03\x04"
    assert cut == header + bytes(128) + b"\xc6\x01\x02\x03\x04" + bytes(2)
    assert read(cut) == [Message(9, 1, 0x01020304, bytes(130))]


def test_times_wrap_after_49_days() -> None:
    assert read(ChunkWriter().cut(6, 9, 1, 2**32 + 5, b"x"))[0].milliseconds == 5


def test_short_headers_refer_to_the_last_long_one() -> None:
    full = b"\x03\x00\x00\x0a\x00\x00\x02\x14\x01\x00\x00\x00ab"
    data = full + b"\x43\x00\x00\x05\x00\x00\x01\x12c" + b"\x83\x00\x00\x02d" + b"\xc3e"
    assert read(data) == [Message(20, 1, 10, b"ab"), Message(18, 1, 15, b"c"), Message(18, 1, 17, b"d"), Message(18, 1, 19, b"e")]


def test_streams_with_large_numbers_and_messages_between_one_another() -> None:
    first = b"\x00\x06\x00\x00\x01\x00\x00\x82\x14\x00\x00\x00\x00" + b"a" * 128
    other = b"\x01\x10\x01\x00\x00\x02\x00\x00\x01\x14\x00\x00\x00\x00b"
    rest = b"\xc0\x06aa"
    assert [message.body for message in read(first + other + rest)] == [b"b", b"a" * 130]


def test_an_aborted_message_is_forgotten() -> None:
    begun = b"\x03\x00\x00\x00\x00\x00\x82\x14\x00\x00\x00\x00" + b"a" * 128
    abort = ChunkWriter().cut(2, Kind.ABORT, 0, 0, (3).to_bytes(4, "big"))
    again = b"\x03\x00\x00\x00\x00\x00\x01\x14\x00\x00\x00\x00z"
    assert [message.body for message in read(begun + abort + again)] == [b"z"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\xc3a", "never came"),
        (b"\x03\x00\x00\x00\x20\x00\x00\x14\x00\x00\x00\x00", "a message of"),
        (ChunkWriter().cut(2, Kind.CHUNK_SIZE, 0, 0, bytes(4)), "chunks of 0"),
        (ChunkWriter().cut(2, Kind.CHUNK_SIZE, 0, 0, b"\xff\xff\xff\xff"), "chunks of"),
        (ChunkWriter().cut(2, Kind.CHUNK_SIZE, 0, 0, b"\x01"), "without its number"),
        (b"\x03\x00\x00\x00\x00\x00\x82\x14\x00\x00\x00\x00" + bytes(128) + b"\x03" + bytes(11), "within another"),
        (b"".join(bytes([0, number]) + bytes(5) + b"\x01\x14" + bytes(5) for number in range(70)), "chunk streams"),
    ],
)
def test_what_cannot_be_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(ChunksBroken, match=why):
        read(data)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        for message in read(data):
            assert len(message.body) <= LARGEST_MESSAGE_BYTES
    except ChunksBroken:
        pass
