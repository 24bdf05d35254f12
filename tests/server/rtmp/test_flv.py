"""FLV bodies, byte by byte, and against what x264 really gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rtmp.amf0 import decode
from server.rtmp.flv import UnfitMedia, metadata, nal_units, picture, picture_header, sound, sound_header
from server.video.encoder import VideoEncoder
from tests.server.rtmp.programme import FORM, PPS, RENDITION, SPS


def test_the_pictures_header_is_the_decoders_configuration() -> None:
    record = b"\x01\x4d\x40\x1f\xff\xe1\x00\x05" + SPS + b"\x01\x00\x04" + PPS
    assert picture_header(FORM.extradata) == b"\x17\x00\x00\x00\x00" + record


def test_a_picture_is_its_units_with_their_lengths() -> None:
    annex_b = b"\0\0\0\1\x09\xf0" + b"\0\0\0\1" + SPS + b"\0\0\0\1" + PPS + b"\0\0\1\x06sei" + b"\0\0\1\x65key"
    assert picture(annex_b, keyframe=True) == b"\x17\x01\0\0\0" + b"\0\0\0\x04\x06sei" + b"\0\0\0\x04\x65key"
    assert picture(b"\0\0\1\x41p", keyframe=False) == b"\x27\x01\0\0\0\0\0\0\x02\x41p"


def test_sound() -> None:
    assert sound_header(b"\x11\x90") == b"\xaf\x00\x11\x90"
    assert sound(b"unit") == b"\xaf\x01unit"
    with pytest.raises(UnfitMedia):
        sound_header(b"")


@pytest.mark.parametrize("extradata", [b"", b"\0\0\1", b"\0\0\1" + SPS, b"\0\0\1" + PPS, b"\0\0\1\x67\0\0\1" + PPS])
def test_parameter_sets_that_are_none(extradata: bytes) -> None:
    with pytest.raises(UnfitMedia):
        picture_header(extradata)


@given(st.lists(st.binary(min_size=1, max_size=30).map(lambda body: body.replace(b"\0", b"\x03")), max_size=6), st.booleans())
def test_units_are_found_between_any_start_codes(units: list[bytes], long: bool) -> None:
    start = b"\0\0\0\1" if long else b"\0\0\1"
    assert nal_units(b"".join(start + unit for unit in units)) == [unit for unit in units if unit]


@given(st.binary(max_size=60))
def test_any_bytes_are_cut(data: bytes) -> None:
    assert sum(map(len, nal_units(data))) <= len(data)


def test_metadata_holds_all_that_servers_ask_for() -> None:
    name, about = decode(metadata(FORM, RENDITION, "Nuit d\u2019\u00e9t\u00e9", "B"))
    assert name == "onMetaData"
    assert isinstance(about, dict)
    assert about["title"] == "Nuit d\u2019\u00e9t\u00e9"
    assert (about["width"], about["height"], about["framerate"]) == (1280.0, 720.0, 30.0)
    assert (about["videocodecid"], about["audiocodecid"], about["audiosamplerate"]) == (7.0, 10.0, 48_000.0)


def test_what_x264_gives_is_taken() -> None:
    encoder = VideoEncoder(1_000, "veryfast")
    header = picture_header(encoder.extradata)
    assert header[5] == 1
    assert header[6] == 77, "Main profile"
    encoder.canvas.luma[:] = 100
    first, second = encoder.encode(96_000), encoder.encode(97_600)
    body = picture(first.data, first.keyframe)
    assert body[:5] == b"\x17\x01\0\0\0"
    at, kinds = 5, []
    while at < len(body):
        size = int.from_bytes(body[at : at + 4], "big")
        kinds.append(body[at + 4] & 31)
        at += 4 + size
    assert at == len(body)
    assert 5 in kinds, "an IDR picture"
    assert picture(second.data, second.keyframe)[0] == 0x27
