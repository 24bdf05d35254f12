import pytest

from server.hls.boxes import fragment, init_segment
from server.wire.wire import Rendition
from tests.server.hls.lint import boxes, decode_times

AAC = Rendition("aac_128", "aac", 128_000, 1024, bytes.fromhex("119056e500"))


def test_the_init_segment_tells_rate_channels_and_codec() -> None:
    found = boxes(init_segment(AAC))
    assert found["ftyp"][0].startswith(b"iso6")
    (description,) = found["stsd"]
    assert b"mp4a" in description
    assert description.endswith(bytes.fromhex("058080800511905 6e500".replace(" ", "")) + bytes.fromhex("068080800102"))
    assert int.from_bytes(found["mdhd"][0][12:16], "big") == 48_000
    assert int.from_bytes(found["trex"][0][12:16], "big") == 1024


@pytest.mark.parametrize("position", [0, 15_360, 2**32 - 2**32 % 15_360, 2**40])
def test_a_fragment_is_at_its_position(position: int) -> None:
    packets = [bytes([number]) * (number + 1) for number in range(15)]
    data = fragment(position // 15_360, position, packets)
    assert decode_times(data) == [(position, 15_360)]
    found = boxes(data)
    assert found["mdat"] == [b"".join(packets)]
    run = found["trun"][0]
    assert [int.from_bytes(run[at : at + 4], "big") for at in range(12, len(run), 4)] == [len(packet) for packet in packets]
    data_offset = int.from_bytes(run[8:12], "big")
    assert data[data_offset:] == b"".join(packets)


def test_the_sequence_number_turns_over() -> None:
    assert boxes(fragment(2**32 + 5, 0, [b"x"]))["mfhd"][0][4:] == (5).to_bytes(4, "big")
