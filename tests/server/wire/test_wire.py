import pytest
from hypothesis import given
from hypothesis import strategies as some

from server.commands import Skip
from server.wire.wire import FRAME_LIMIT, Ask, Frames, Loop, Packets, WireBroken, frame, read_down, read_up

MESSAGES = [Packets("aac_64", 3, 2**40, [b"one", b"", b"three" * 100]), Loop("mp3_192", [b"x" * 5000]), Packets("opus_128", 0, 0, [])]


@given(cuts=some.lists(some.integers(min_value=1, max_value=3000), max_size=20))
def test_frames_survive_any_cutting(cuts: list[int]) -> None:
    stream = b"".join(map(frame, MESSAGES))
    frames, read, start = Frames(), [], 0
    for length in [*cuts, len(stream)]:
        read += [read_down(content) for content in frames.cut(stream[start : start + length])]
        start += length
    assert read == MESSAGES


def test_a_frame_beyond_the_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(WireBroken, match=str(FRAME_LIMIT + 1)):
        list(Frames().cut((FRAME_LIMIT + 1).to_bytes(4, "big")))


@pytest.mark.parametrize("content", [b"", b"\xc1", b"\x93\x01\x02\x03", frame(Ask(Skip("a")))[4:]])
def test_what_is_no_message_of_an_engine_is_refused(content: bytes) -> None:
    with pytest.raises(WireBroken):
        read_down(content)


def test_commands_go_up() -> None:
    (content,) = Frames().cut(frame(Ask(Skip("a", "entry"))))
    assert read_up(content) == Ask(Skip("a", "entry"))
    with pytest.raises(WireBroken):
        read_up(frame(MESSAGES[0])[4:])
