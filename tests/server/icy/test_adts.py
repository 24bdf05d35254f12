"""The seven bytes, bit by bit, and as FFmpeg reads them."""

import io

import av
import pytest

from server.icy.adts import Adts
from tests.server.encoded import encoded


def test_says_what_the_configuration_says() -> None:
    header = int.from_bytes(Adts(bytes.fromhex("1190"), 1_024).header(371), "big")  # AAC-LC, 48 kHz, stereo
    fields = {"sync": (44, 12), "profile": (38, 2), "rate": (34, 4), "channels": (30, 3), "length": (13, 13), "fullness": (2, 11)}
    read = {name: header >> shift & (1 << bits) - 1 for name, (shift, bits) in fields.items()}
    assert read == {"sync": 0xFFF, "profile": 1, "rate": 3, "channels": 2, "length": 378, "fullness": 0x7FF}


@pytest.mark.parametrize("config", ["", "11", "2990", "1790", "1180"])
def test_refuses_what_adts_cannot_say(config: str) -> None:
    with pytest.raises(ValueError, match="ADTS"):
        Adts(bytes.fromhex(config), 1_024)


def test_refuses_a_unit_past_thirteen_bits() -> None:
    with pytest.raises(ValueError, match="too long"):
        Adts(bytes.fromhex("1190"), 1_024).header(8_190)


def test_every_unit_is_found_again() -> None:
    rendition, packets = encoded("aac", 2.0)
    chunk = Adts(rendition.header, rendition.packet_frames).frame(0, list(packets))
    assert [chunk.data[offset : offset + 2] for offset in chunk.offsets] == [b"\xff\xf1"] * len(packets)
    with av.open(io.BytesIO(chunk.data), format="aac") as container:
        stream = container.streams.audio[0]
        assert (stream.rate, stream.channels) == (48_000, 2)
        assert sum(frame.samples for frame in container.decode(stream)) == len(packets) * 1_024


def test_a_position_has_a_byte() -> None:
    chunk = Adts(bytes.fromhex("1190"), 1_024).frame(10_240, [b"a" * 10, b"b" * 20, b"c"])
    assert [chunk.offset_of(position) for position in (0, 10_240, 10_241, 11_264, 12_288, 12_289, 99_999)] == [0, 0, 17, 17, 44, 52, 52]
    assert chunk.end == 10_240 + 3 * 1_024
